// The triangles of recorded bodies, where the evaluation set has them (evaluation_meshes.py): on them handles are placed and points
// bound as the product does with a model. Found by nearness alone, neighbours would join two legs that stand close together.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { AnimusError } from "../../pipeline/errors.ts";
import { bindAsset } from "../../pipeline/motion/bind.ts";
import type { Binding, Handles } from "../../pipeline/motion/handles.ts";
import { placeHandles } from "../../pipeline/motion/place-handles.ts";
import { surfaceGraph } from "../../pipeline/motion/surface-graph.ts";
import type { Splats } from "../../pipeline/render/renderer.ts";
import { readSetFiles } from "./set-files.ts";

/** Rest triangles in the space of the body's points. */
export interface BodyMesh {
  /** [vertices * 3] */
  positions: Float32Array;
  /** [triangles * 3] */
  triangles: Uint32Array;
  /** Triangle that each of the body's points lies on, [points]. */
  pointTriangles: Uint32Array;
  /** SHA-256 (hex) of the files that it came from. */
  hash: string;
}

interface MeshEntry {
  name: string;
  vertices: number;
  triangles: number;
  positions: number;
  corners: number;
  pointTriangles: number;
}

/** Files of the recorded and of the built bodies' meshes, and what writes them. */
const WRITERS = { meshes: "evaluation_meshes.py", "built-meshes": "evaluation_built.py" } as const;

/**
 * Meshes by the bodies' names; none where the folder has none.
 * @throws AnimusError "input", as readSetFiles.
 */
export async function readBodyMeshes(
  folder: string,
  stem: keyof typeof WRITERS,
): Promise<ReadonlyMap<string, BodyMesh>> {
  if (!existsSync(join(folder, `${stem}.json`))) return new Map();
  const { file, set, hash, bytes, floats } = await readSetFiles<MeshEntry, never>(folder, stem, WRITERS[stem]);
  const indices = (what: string, offset: number, length: number, end: number) => {
    const from = bytes(what, offset, length * 4);
    const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
    return Uint32Array.from({ length }, (_, i) => {
      const index = view.getUint32(4 * i, true);
      if (index < end) return index;
      throw new AnimusError("input", `${what}: there is no ${index} of ${end}.`, { file });
    });
  };
  const meshes = set.assets.map(({ name, vertices, triangles, ...at }): [string, BodyMesh] => [
    name,
    {
      positions: floats(`${name} positions`, at.positions, vertices * 3),
      triangles: indices(`${name} corners`, at.corners, triangles * 3, vertices),
      pointTriangles: indices(`${name} triangles of points`, at.pointTriangles, set.points, triangles),
      hash,
    },
  ]);
  return new Map(meshes);
}

/** Handles on the mesh, and how they move the points that `splats` holds: those of `kept`, all where left out. */
export function rigMesh(
  mesh: BodyMesh,
  splats: Splats,
  count: number,
  kept?: Uint32Array,
): { handles: Handles; binding: Binding } {
  const { positions, triangles: indices } = mesh;
  const body = { primitives: [{ positions, indices, vertexCount: positions.length / 3 }] };
  const graph = surfaceGraph(body, { centre: [0, 0, 0], scale: 1, diagonal: 1 });
  const handles = placeHandles(graph, { count });
  const triangles = kept ? kept.map((point) => mesh.pointTriangles[point]) : mesh.pointTriangles;
  const none = new Float32Array(0);
  const samples = { splats, triangles, primitives: new Uint32Array(splats.count), albedo: none, barycentrics: none };
  return { handles, binding: bindAsset(graph, handles, samples).splats };
}
