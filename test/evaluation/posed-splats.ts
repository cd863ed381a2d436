// True tracks of points as posed splats: each splat's linear part follows how its neighbours on the surface moved, so that discs turn
// with the body. Knows no handles.

import { PointGrid } from "../../pipeline/asset/point-grid.ts";
import type { SplatFrames, Splats } from "../../pipeline/render/renderer.ts";

/** Points within this many mean spacings that face the same way are neighbours. */
const REACH = 2.5;
/** A tangent that grows or shrinks beyond this factor tells of neighbours on other parts, not of the surface. */
const STRETCH = 2;

/** Makes what poses the splats of one body; `area` in normalised units squared. */
export function createPoser(splats: Splats, area: number): (tracks: Float32Array, frames: number) => SplatFrames {
  const { count, positions, normals } = splats;
  const neighbours = findNeighbours(splats, area);
  const tangents = Float32Array.from({ length: count * 6 });
  for (let p = 0; p < count; p++) tangents.set(tangentsOf(normals.subarray(3 * p, 3 * p + 3)), p * 6);

  return (tracks, frames) => {
    const linears = new Float32Array(frames * count * 9);
    for (let f = 0; f < frames; f++) {
      const now = tracks.subarray(f * count * 3, (f + 1) * count * 3);
      for (let p = 0; p < count; p++) {
        const basis = tangents.subarray(p * 6, p * 6 + 6);
        const [a, b] = movedTangents(positions, now, p, neighbours[p], basis);
        const normal = unit(cross(a, b));
        for (let i = 0; i < 3; i++) {
          for (let j = 0; j < 3; j++) {
            linears[(f * count + p) * 9 + i * 3 + j] =
              a[i] * basis[j] + b[i] * basis[3 + j] + normal[i] * normals[3 * p + j];
          }
        }
      }
    }
    return { frames, positions: tracks, linears };
  };
}

/** Where the tangents went: the least-squares map of the neighbours' offsets in the tangent plane; unmoved where it says nothing. */
function movedTangents(
  rest: Float32Array,
  now: Float32Array,
  p: number,
  neighbours: Uint32Array,
  basis: Float32Array,
): [number[], number[]] {
  let [uu, uv, vv] = [0, 0, 0];
  const [du, dv] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (const q of neighbours) {
    let [u, v] = [0, 0];
    for (let c = 0; c < 3; c++) {
      const offset = rest[3 * q + c] - rest[3 * p + c];
      u += offset * basis[c];
      v += offset * basis[3 + c];
    }
    uu += u * u;
    uv += u * v;
    vv += v * v;
    for (let c = 0; c < 3; c++) {
      const offset = now[3 * q + c] - now[3 * p + c];
      du[c] += offset * u;
      dv[c] += offset * v;
    }
  }
  const determinant = uu * vv - uv * uv;
  const still: [number[], number[]] = [[...basis.subarray(0, 3)], [...basis.subarray(3, 6)]];
  if (!(determinant > 1e-3 * (uu + vv) ** 2)) return still;
  const a = du.map((value, c) => (vv * value - uv * dv[c]) / determinant);
  const b = dv.map((value, c) => (uu * value - uv * du[c]) / determinant);
  const folded = Math.hypot(...cross(a, b)) < 1 / STRETCH ** 2;
  if (folded || [a, b].some((t) => Math.hypot(...t) > STRETCH)) return still;
  return [a, b];
}

function findNeighbours({ count, positions, normals }: Splats, area: number): Uint32Array[] {
  const reach = REACH * Math.sqrt(area / count);
  const grid = new PointGrid(positions, reach);
  return Array.from({ length: count }, (_, p) => {
    const found: number[] = [];
    const [nx, ny, nz] = normals.subarray(3 * p, 3 * p + 3);
    grid.within(positions[3 * p], positions[3 * p + 1], positions[3 * p + 2], reach, (q) => {
      const facing = normals[3 * q] * nx + normals[3 * q + 1] * ny + normals[3 * q + 2] * nz;
      if (q !== p && facing > 0.3) found.push(q);
    });
    return Uint32Array.from(found);
  });
}

/** Two unit tangents that make a right-handed frame with the unit normal. */
function tangentsOf([x, y, z]: Float32Array): number[] {
  const first = unit(Math.abs(y) < 0.9 ? cross([0, 1, 0], [x, y, z]) : cross([1, 0, 0], [x, y, z]));
  return [...first, ...cross([x, y, z], first)];
}

function cross(a: readonly number[], b: readonly number[]): number[] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(v: number[]): number[] {
  const length = Math.hypot(...v) || 1;
  return v.map((value) => value / length);
}
