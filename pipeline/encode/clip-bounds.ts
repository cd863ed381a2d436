// The box that an asset never leaves while a clip plays, for culling and shadows.

import { deformPositions } from "../../runtime/deform.ts";
import type { FieldBounds, FieldClip, MotionField } from "../../runtime/field.ts";
import { sampleHandles } from "../../runtime/sample.ts";
import type { RestSurface } from "./rest-surface.ts";

/**
 * Box of all bound vertices at every frame and halfway between frames, grown by what the arcs in between can add.
 * @param surface one entry a binding; only `positions` is read.
 * @returns asset units.
 */
export function clipBounds(field: MotionField, clip: FieldClip, surface: readonly RestSurface[]): FieldBounds {
  const min = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const max = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let bulge = 0;
  surface.forEach(({ positions, indices }, p) => {
    // Vertices that no triangle uses are not seen, and may hold anything.
    const used = Uint32Array.from(new Set(indices));
    const at = (row: number, out: Float32Array) =>
      deformPositions(field.bindings[p], sampleHandles(field, clip, row / clip.fps), positions, out);
    let here = at(0, new Float32Array(positions.length));
    let middle = new Float32Array(positions.length) as Float32Array;
    let next = new Float32Array(positions.length) as Float32Array;
    const grow = (points: Float32Array) => {
      for (const vertex of used) {
        for (let axis = 0; axis < 3; axis++) {
          const value = points[vertex * 3 + axis];
          if (value < min[axis]) min[axis] = value;
          if (value > max[axis]) max[axis] = value;
        }
      }
    };
    grow(here);
    for (let row = 0; row + 1 < clip.rows; row++) {
      grow((middle = at(row + 0.5, middle)));
      grow((next = at(row + 1, next)));
      for (const vertex of used) {
        for (let i = vertex * 3; i < vertex * 3 + 3; i++) {
          bulge = Math.max(bulge, Math.abs(middle[i] - (here[i] + next[i]) / 2));
        }
      }
      [here, next] = [next, here];
    }
  });
  // Halving the step leaves a quarter of a parabola's bulge; half of it covers uneven turns, the rest float32 rounding.
  const margin = bulge / 2 + 1e-5 * field.scale;
  return {
    min: [min[0] - margin, min[1] - margin, min[2] - margin],
    max: [max[0] + margin, max[1] + margin, max[2] + margin],
  };
}
