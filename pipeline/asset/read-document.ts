// Opens a .glb or .gltf with everything it refers to and parses it. The only file of this room that touches the disk; it
// interprets nothing of the scene, but turns every way a file can be broken into a message that names it.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { type Document, Logger, NodeIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS } from "@gltf-transform/extensions";
import draco3d from "draco3dgltf";
import { MeshoptDecoder } from "meshoptimizer";
import { AnimusError } from "../errors.ts";

const GLB_MAGIC = 0x46546c67;

/** What to do about files that people drop in and that are not glTF. */
const HINTS: Readonly<Record<string, string>> = {
  ".fbx": "Open it in Blender and export it as glTF Binary (.glb).",
  ".obj": "Open it in Blender and export it as glTF Binary (.glb).",
  ".dae": "Open it in Blender and export it as glTF Binary (.glb).",
  ".stl": "Open it in Blender and export it as glTF Binary (.glb).",
  ".blend": "Export it from Blender as glTF Binary (.glb).",
  ".usdz": "Convert it to glTF Binary (.glb), with Blender for instance.",
  ".vrm": "Rename it to .glb: a VRM file is a GLB.",
  ".ply": "Only meshes can be exported; splats play with attachSplatsAsync of animus3d/splats.",
  ".spz": "Only meshes can be exported; splats play with attachSplatsAsync of animus3d/splats.",
  ".splat": "Only meshes can be exported; splats play with attachSplatsAsync of animus3d/splats.",
};

export interface ReadDocument {
  document: Document;
  /** SHA-256 (hex) over the file and every file it refers to. */
  hash: string;
}

/** @throws AnimusError "input" for anything that is not a readable glTF 2.0 file with all its parts. */
export async function readDocument(file: string): Promise<ReadDocument> {
  const extension = extname(file).toLowerCase();
  if (extension !== ".glb" && extension !== ".gltf") {
    const hint = HINTS[extension] ?? "Use a glTF 2.0 model: .glb, or .gltf with its .bin and textures.";
    throw new AnimusError("input", `${basename(file)} is not a glTF model.`, { file, hint });
  }
  const bytes = await readMain(file);
  if (extension === ".glb" && (bytes.length < 20 || bytes.readUInt32LE(0) !== GLB_MAGIC)) {
    throw new AnimusError("input", `${basename(file)} is not a GLB: its first bytes are not "glTF".`, {
      file,
      hint: "Export it again as glTF Binary (.glb); a text glTF must be named .gltf.",
    });
  }
  const io = new NodeIO().setLogger(new Logger(Logger.Verbosity.SILENT)).registerExtensions(ALL_EXTENSIONS);
  try {
    const parts = await io.readAsJSON(file);
    const json = parts.json as GltfJson;
    checkExtensions(file, json);
    checkHierarchy(file, json);
    if (json.extensionsUsed?.includes("KHR_draco_mesh_compression")) {
      io.registerDependencies({ "draco3d.decoder": await draco3d.createDecoderModule() });
    }
    await MeshoptDecoder.ready;
    io.registerDependencies({ "meshopt.decoder": MeshoptDecoder });
    const hash = createHash("sha256").update(bytes);
    for (const uri of Object.keys(parts.resources).sort()) hash.update(`\0${uri}\0`).update(parts.resources[uri]);
    return { document: await io.readJSON(parts), hash: hash.digest("hex") };
  } catch (error) {
    if (error instanceof AnimusError) throw error;
    throw explain(file, error);
  }
}

async function readMain(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const message =
      code === "ENOENT" ? `${file} does not exist.` : `${file} cannot be read (${code ?? (error as Error).message}).`;
    throw new AnimusError("input", message, { file, hint: "Check the path and its permissions.", cause: error });
  }
}

interface GltfJson {
  extensionsUsed?: string[];
  extensionsRequired?: string[];
  nodes?: { children?: number[] }[];
}

function checkExtensions(file: string, json: GltfJson): void {
  const known = new Set(ALL_EXTENSIONS.map((extension) => extension.EXTENSION_NAME));
  for (const name of json.extensionsRequired ?? []) {
    if (known.has(name)) continue;
    throw new AnimusError("input", `${basename(file)} requires the glTF extension ${name}, which is not supported.`, {
      file,
      hint: "Export the model again without that extension.",
    });
  }
}

/** Every node has at most one parent and none is its own ancestor (glTF 2.0, 3.5.2). */
function checkHierarchy(file: string, json: GltfJson): void {
  const nodes = json.nodes ?? [];
  const parents = new Int32Array(nodes.length).fill(-1);
  const fail = (index: number): never => {
    throw new AnimusError("input", `${basename(file)}: the node hierarchy is not a tree (node ${index}).`, {
      file,
      hint: "Export the model again; every node may have one parent only.",
    });
  };
  nodes.forEach((node, index) => {
    for (const child of node.children ?? []) {
      if (child === index || !(child in nodes) || parents[child] !== -1) fail(child);
      parents[child] = index;
    }
  });
  for (let index = 0; index < nodes.length; index++) {
    let steps = 0;
    for (let at = parents[index]; at !== -1; at = parents[at]) if (++steps > nodes.length) fail(index);
  }
}

function explain(file: string, error: unknown): AnimusError {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" && path) {
    return new AnimusError("input", `${basename(file)} refers to ${path}, which does not exist.`, {
      file,
      hint: "Put the .bin and texture files beside the model under the names it uses, or export it as one .glb.",
      cause: error,
    });
  }
  return new AnimusError("input", `${basename(file)} is not a valid glTF 2.0 file: ${message ?? String(error)}`, {
    file,
    hint: "Check it with the Khronos glTF validator, or export it again.",
    cause: error,
  });
}
