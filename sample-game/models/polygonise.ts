// Turns a sculpture into a triangle mesh: naive surface nets (Gibson, "Constrained Elastic Surface Nets", 1998), vertices
// pulled onto the surface, then simplified with colour and normal kept. Knows nothing of files.

import { MeshoptSimplifier } from "meshoptimizer";
import type { Sculpture } from "./sculpture.ts";

export interface PolygoniseOptions {
  /** Grid cells along the longest side. */
  cells?: number;
  /** Triangles to simplify to. */
  triangles?: number;
}

export const DEFAULTS: Required<PolygoniseOptions> = { cells: 120, triangles: 5000 };

/** Positions and normals [n * 3], linear colours [n * 3], triangles. */
export interface Mesh {
  positions: Float32Array;
  normals: Float32Array;
  colors: Float32Array;
  indices: Uint32Array;
}

/** Meshes the zero surface; the lowest point is moved to y = 0. */
export async function polygonise(sculpture: Sculpture, options: PolygoniseOptions = {}): Promise<Mesh> {
  const { cells, triangles } = { ...DEFAULTS, ...options };
  const net = surfaceNet(sculpture, cells);
  return standOnGround(await simplify(paintVertices(sculpture, net), triangles));
}

interface Net {
  positions: Float32Array;
  indices: Uint32Array;
  cell: number;
}

const FACES = [
  [1, 2],
  [2, 0],
  [0, 1],
] as const;

function surfaceNet(sculpture: Sculpture, cells: number): Net {
  const [min, max] = sculpture.bounds;
  const cell = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]) / cells;
  const origin = min.map((v) => v - 2 * cell);
  const size = [0, 1, 2].map((i) => Math.ceil((max[i] - min[i]) / cell) + 5);
  const step = [1, size[0], size[0] * size[1]];
  const values = sampleGrid(sculpture, origin, size, cell);
  const corners = Array.from(
    { length: 8 },
    (_, i) => (i & 1) * step[0] + ((i >> 1) & 1) * step[1] + (i >> 2) * step[2],
  );

  const vertexOf = new Int32Array(values.length).fill(-1);
  const positions: number[] = [];
  for (let z = 0; z < size[2] - 1; z++) {
    for (let y = 0; y < size[1] - 1; y++) {
      for (let x = 0; x < size[0] - 1; x++) {
        const at = x + y * step[1] + z * step[2];
        let crossings = 0;
        const sum = [0, 0, 0];
        for (let a = 0; a < 8; a++) {
          for (let axis = 0; axis < 3; axis++) {
            const b = a | (1 << axis);
            if (b === a) continue;
            const va = values[at + corners[a]];
            const vb = values[at + corners[b]];
            if (va < 0 === vb < 0) continue;
            const t = va / (va - vb);
            for (let i = 0; i < 3; i++) sum[i] += ((a >> i) & 1) + (i === axis ? t : 0);
            crossings++;
          }
        }
        if (crossings === 0) continue;
        vertexOf[at] = positions.length / 3;
        positions.push(...[x, y, z].map((v, i) => origin[i] + (v + sum[i] / crossings) * cell));
      }
    }
  }

  const indices: number[] = [];
  for (let z = 1; z < size[2] - 1; z++) {
    for (let y = 1; y < size[1] - 1; y++) {
      for (let x = 1; x < size[0] - 1; x++) {
        const at = x + y * step[1] + z * step[2];
        for (let axis = 0; axis < 3; axis++) {
          const inside = values[at] < 0;
          if (inside === values[at + step[axis]] < 0) continue;
          const [u, v] = FACES[axis].map((i) => step[i]);
          const quad = [vertexOf[at - u - v], vertexOf[at - v], vertexOf[at], vertexOf[at - u]];
          if (!inside) quad.reverse();
          indices.push(quad[0], quad[1], quad[2], quad[0], quad[2], quad[3]);
        }
      }
    }
  }
  return { positions: new Float32Array(positions), indices: new Uint32Array(indices), cell };
}

/** Distances at the grid's corners; a block whose centre is far from the surface is filled with that distance. */
function sampleGrid(sculpture: Sculpture, origin: number[], size: number[], cell: number): Float32Array {
  const values = new Float32Array(size[0] * size[1] * size[2]);
  const BLOCK = 6;
  for (let bz = 0; bz < size[2]; bz += BLOCK) {
    for (let by = 0; by < size[1]; by += BLOCK) {
      for (let bx = 0; bx < size[0]; bx += BLOCK) {
        const middle = sculpture.distance(
          origin[0] + (bx + BLOCK / 2) * cell,
          origin[1] + (by + BLOCK / 2) * cell,
          origin[2] + (bz + BLOCK / 2) * cell,
        );
        const far = Math.abs(middle) > BLOCK * 1.8 * cell;
        for (let z = bz; z < Math.min(bz + BLOCK, size[2]); z++) {
          for (let y = by; y < Math.min(by + BLOCK, size[1]); y++) {
            for (let x = bx; x < Math.min(bx + BLOCK, size[0]); x++) {
              values[x + size[0] * (y + size[1] * z)] = far
                ? middle
                : sculpture.distance(origin[0] + x * cell, origin[1] + y * cell, origin[2] + z * cell);
            }
          }
        }
      }
    }
  }
  return values;
}

function gradient(sculpture: Sculpture, [x, y, z]: number[], e: number): [number, number, number] {
  return [
    (sculpture.distance(x + e, y, z) - sculpture.distance(x - e, y, z)) / (2 * e),
    (sculpture.distance(x, y + e, z) - sculpture.distance(x, y - e, z)) / (2 * e),
    (sculpture.distance(x, y, z + e) - sculpture.distance(x, y, z - e)) / (2 * e),
  ];
}

/** Pulls every vertex onto the surface by Newton steps of at most half a cell, then takes normal and colour there. */
function paintVertices(sculpture: Sculpture, { positions, indices, cell }: Net): Mesh {
  const normals = new Float32Array(positions.length);
  const colors = new Float32Array(positions.length);
  for (let v = 0; v < positions.length; v += 3) {
    const p = [...positions.subarray(v, v + 3)];
    let g = gradient(sculpture, p, cell * 0.4);
    for (let round = 0; round < 2; round++) {
      const length2 = Math.max(g[0] ** 2 + g[1] ** 2 + g[2] ** 2, 0.05);
      const d = sculpture.distance(p[0], p[1], p[2]) / length2;
      for (let i = 0; i < 3; i++) p[i] -= Math.min(Math.max(d * g[i], -cell / 2), cell / 2);
      g = gradient(sculpture, p, cell * 0.4);
    }
    const length = Math.hypot(...g) || 1;
    positions.set(p, v);
    normals.set(
      g.map((c) => c / length),
      v,
    );
    colors.set(sculpture.colour(p[0], p[1], p[2]), v);
  }
  return { positions, normals, colors, indices };
}

function standOnGround(mesh: Mesh): Mesh {
  let lowest = Infinity;
  for (let v = 1; v < mesh.positions.length; v += 3) lowest = Math.min(lowest, mesh.positions[v]);
  for (let v = 1; v < mesh.positions.length; v += 3) mesh.positions[v] -= lowest;
  return mesh;
}

async function simplify(mesh: Mesh, triangles: number): Promise<Mesh> {
  await MeshoptSimplifier.ready;
  const count = mesh.positions.length / 3;
  const attributes = new Float32Array(count * 6);
  for (let v = 0; v < count; v++) {
    attributes.set(mesh.colors.subarray(v * 3, v * 3 + 3), v * 6);
    attributes.set(mesh.normals.subarray(v * 3, v * 3 + 3), v * 6 + 3);
  }
  const weights = [0.6, 0.6, 0.6, 0.15, 0.15, 0.15];
  const [kept] = MeshoptSimplifier.simplifyWithAttributes(
    mesh.indices,
    mesh.positions,
    3,
    attributes,
    6,
    weights,
    null,
    triangles * 3,
    1,
  );
  const slot = new Int32Array(count).fill(-1);
  const order: number[] = [];
  const indices = kept.map((old) => {
    if (slot[old] < 0) slot[old] = order.push(old) - 1;
    return slot[old];
  });
  const pick = (values: Float32Array) =>
    Float32Array.from(order.flatMap((v) => [...values.subarray(v * 3, v * 3 + 3)]));
  return { positions: pick(mesh.positions), normals: pick(mesh.normals), colors: pick(mesh.colors), indices };
}
