// Which files make up a model: the file itself and, for glTF, the buffers and textures that it refers to. Reads just enough to
// find and hash them; whether the model is any good is the importer's business.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { AnimusError } from "../errors.ts";

/** File extensions, in lower case, of the models that can be animated. */
export const MODEL_EXTENSIONS = [".glb", ".gltf", ".ply", ".splat", ".spz"] as const;

/** True for a model a person dropped, false for anything else and for what the product writes itself. */
export function isModelFile(path: string): boolean {
  const lower = path.toLowerCase();
  return MODEL_EXTENSIONS.some((extension) => lower.endsWith(extension)) && !isOutputFile(lower);
}

/** True for files that a build or an export writes. */
export function isOutputFile(path: string): boolean {
  return /(?:\.motion\.glb|\.animus(?:-packed)?\.glb|\.preview\.png|(?:^|[\\/])\.[^\\/]+\.[0-9a-f]{16}\.checkpoint|(?:^|[\\/])manifest\.json)$/i.test(
    path,
  );
}

export interface ModelFiles {
  /** SHA-256 (hex) over the names and bytes of the model and of every file it refers to. */
  hash: string;
  /** Absolute paths, the model first. */
  files: string[];
}

/** @throws AnimusError "input" where the model or a file it refers to cannot be read, or it is visibly no glTF. */
export async function readModelFiles(model: string): Promise<ModelFiles> {
  const bytes = await read(model, model);
  const uris = externalUris(bytes, model);
  const hash = createHash("sha256").update(bytes);
  const files = [model];
  for (const uri of uris) {
    const file = join(dirname(model), uri);
    hash.update(`\0${uri}\0`).update(await read(file, model));
    files.push(file);
  }
  return { hash: hash.digest("hex"), files };
}

async function read(file: string, model: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw file === model
      ? new AnimusError("input", `The model ${file} cannot be read.`, {
          file,
          hint: "Check the path and the permissions.",
          cause,
        })
      : new AnimusError("input", `The model refers to ${file}, which cannot be read.`, {
          file: model,
          hint: "Put the file where the model expects it, or export one self-contained .glb.",
          cause,
        });
  }
}

/** Relative URIs of buffers and images in order; none for files that are not glTF. */
function externalUris(bytes: Buffer, model: string): string[] {
  const extension = extname(model).toLowerCase();
  if (extension !== ".glb" && extension !== ".gltf") return [];
  const gltf = parseJson(extension === ".glb" ? glbJson(bytes, model) : bytes.toString("utf8"), model);
  const entries = [gltf?.buffers, gltf?.images].flatMap((list) => (Array.isArray(list) ? list : []));
  const uris = entries.map((entry) => entry?.uri).filter((uri): uri is string => typeof uri === "string");
  return uris.filter((uri) => !/^[a-z][a-z0-9+.-]*:/i.test(uri)).map(decode);
}

/** Text of the JSON chunk (glTF 2.0, section 4.4: 12-byte header with the file's length, then length, type, data). */
function glbJson(bytes: Buffer, model: string): string {
  if (bytes.length < 20 || bytes.toString("latin1", 0, 4) !== "glTF")
    throw broken(model, "it does not begin like a GLB file");
  const length = bytes.readUInt32LE(8);
  if (length > bytes.length) throw broken(model, `it is cut off, ${bytes.length} of ${length} bytes are there`);
  return bytes.toString("utf8", 20, 20 + bytes.readUInt32LE(12));
}

// biome-ignore lint/suspicious/noExplicitAny: any JSON may stand in a file that claims to be glTF.
function parseJson(text: string, model: string): any {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw broken(model, "its JSON part cannot be parsed", cause);
  }
}

function broken(model: string, what: string, cause?: unknown): AnimusError {
  const message = `${basename(model)} is not a readable glTF model: ${what}.`;
  return new AnimusError("input", message, { file: model, hint: "Export it again as .glb.", cause });
}

function decode(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
