// A Gaussian-splat file becomes an Asset: one primitive whose vertices are the splats' centres, upright, with a surface guessed from
// who stands near whom. Its triangles join neighbours; they are there to measure by, never to draw.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { hashPositions } from "../../runtime/hash.ts";
import { AnimusError } from "../errors.ts";
import type { Asset, Primitive } from "./asset.ts";
import { boundsOf } from "./bounds-of.ts";
import { readPly } from "./read-ply.ts";
import { readSplat } from "./read-splat.ts";
import { readSpz } from "./read-spz.ts";
import { type SplatCloud, SplatFormatError } from "./splat-cloud.ts";
import { NEIGHBOURS, type SplatSurface, splatSurface, VISIBLE, visibleSplats } from "./splat-surface.ts";
import { toLinear } from "./surface-color.ts";

const READERS: Record<string, (bytes: Uint8Array) => SplatCloud> = {
  ".ply": readPly,
  ".splat": readSplat,
  ".spz": readSpz,
};

export const SPLAT_EXTENSIONS = Object.keys(READERS);

/** File to asset space. Training and .ply, .splat files keep scenes upside down (y points down), as cameras see them. */
const TURN = [-1, -1, 1];
/** Fewer visible splats than this are no surface. */
const FEWEST = 64;

export function isSplatFile(file: string): boolean {
  return SPLAT_EXTENSIONS.includes(extname(file).toLowerCase());
}

/** @throws AnimusError "input" for every file that cannot become an asset, saying what to do about it. */
export async function importSplats(file: string, maxVertices: number): Promise<Asset> {
  const bytes = await read(file);
  const cloud = decode(file, bytes);
  const fail = (what: string, hint: string) => new AnimusError("input", `${basename(file)} ${what}`, { file, hint });
  if (cloud.count > maxVertices) {
    throw fail(
      `has ${cloud.count} splats; at most ${maxVertices} can be animated.`,
      "Decimate it, in SuperSplat for instance.",
    );
  }
  const visible = visibleSplats(cloud);
  if (visible.length < FEWEST) {
    const found = `has ${visible.length} splats of opacity ${VISIBLE} or more; a surface needs ${FEWEST}.`;
    throw fail(found, "Export the object alone, with its opacities.");
  }
  // .spz is the one format that stores scenes upright.
  const turn = extname(file).toLowerCase() === ".spz" ? [1, 1, 1] : TURN;
  const surface = splatSurface(cloud, visible);
  const primitive = primitiveOf(cloud, surface, visible, turn);
  return {
    name: basename(file, extname(file)),
    file,
    hash: createHash("sha256").update(bytes).digest("hex"),
    primitives: [primitive],
    bounds: boundsOf(file, [primitive]),
    splats: surface,
  };
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    const message = code === "ENOENT" ? `${file} does not exist.` : `${file} cannot be read (${code}).`;
    throw new AnimusError("input", message, { file, hint: "Check the path and its permissions.", cause });
  }
}

function decode(file: string, bytes: Uint8Array): SplatCloud {
  try {
    return READERS[extname(file).toLowerCase()](bytes);
  } catch (cause) {
    if (!(cause instanceof SplatFormatError)) throw cause;
    const hint = "Export the splats again as .ply, from SuperSplat for instance; meshes must be .glb.";
    throw new AnimusError("input", `${basename(file)} ${cause.message}.`, { file, hint, cause });
  }
}

function primitiveOf(cloud: SplatCloud, surface: SplatSurface, visible: Uint32Array, turn: number[]): Primitive {
  const { count, positions } = cloud;
  const colors = new Float32Array(count * 4);
  for (let s = 0; s < count; s++) {
    for (let c = 0; c < 3; c++) colors[s * 4 + c] = toLinear(cloud.colors[s * 3 + c]);
    colors[s * 4 + 3] = cloud.opacities[s];
  }
  const upright = positions.map((value, i) => value * turn[i % 3]);
  return {
    node: 0,
    nodeName: "",
    mesh: 0,
    primitive: 0,
    vertexCount: count,
    positions: upright,
    normals: normalsOf(cloud, upright, turn),
    indices: trianglesOf(surface, visible),
    uvs: null,
    colors,
    material: {
      baseColorFactor: [1, 1, 1, 1],
      texture: null,
      wrap: ["clamp", "clamp"],
      alphaMode: "BLEND",
      alphaCutoff: VISIBLE,
      doubleSided: true,
    },
    positionsHash: hashPositions(positions),
    meshToAsset: Float32Array.of(turn[0], 0, 0, 0, 0, turn[1], 0, 0, 0, 0, turn[2], 0, 0, 0, 0, 1),
    skinned: false,
  };
}

/** Splats lie flat in the surface: the normal is the shortest axis, turned away from the middle of the cloud. */
function normalsOf({ count, scales, rotations }: SplatCloud, positions: Float32Array, turn: number[]): Float32Array {
  const middle = [0, 0, 0];
  for (let i = 0; i < positions.length; i++) if (Number.isFinite(positions[i])) middle[i % 3] += positions[i] / count;
  const normals = new Float32Array(count * 3);
  for (let s = 0; s < count; s++) {
    const [a, b, c] = scales.subarray(s * 3, s * 3 + 3);
    const axis = axisOf(rotations.subarray(s * 4, s * 4 + 4), a <= b && a <= c ? 0 : b <= c ? 1 : 2);
    let outwards = 0;
    for (let k = 0; k < 3; k++) {
      axis[k] *= turn[k];
      outwards += axis[k] * (positions[s * 3 + k] - middle[k]);
    }
    for (let k = 0; k < 3; k++) normals[s * 3 + k] = outwards < 0 ? -axis[k] : axis[k];
  }
  return normals;
}

/** One column of the rotation of a quaternion wxyz of any length; up where it has none. */
function axisOf(quaternion: Float32Array, column: number): number[] {
  const length = Math.hypot(...quaternion);
  if (!(length > 0 && length < Infinity)) return [0, 1, 0];
  const [w, x, y, z] = quaternion.map((value) => value / length);
  return [
    [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)],
    [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)],
    [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)],
  ][column];
}

/** Every visible splat with its node and a neighbour of that; a node with its two nearest neighbours. */
function trianglesOf({ nodes, nodeOf, neighbours }: SplatSurface, visible: Uint32Array): Uint32Array {
  const indices = new Uint32Array(visible.length * 3);
  visible.forEach((splat, t) => {
    const node = nodeOf[splat];
    const [first, second] = neighbours.subarray(node * NEIGHBOURS, node * NEIGHBOURS + 2);
    const others = nodes[node] === splat ? [first, second] : [node, first];
    indices.set([splat, nodes[others[0]], nodes[others[1]]], t * 3);
  });
  return indices;
}
