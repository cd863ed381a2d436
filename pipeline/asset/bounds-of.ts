// The box of everything that triangles use, and the refusal of models whose size no arithmetic can work with.

import { basename } from "node:path";
import { AnimusError } from "../errors.ts";
import type { Bounds, Primitive } from "./asset.ts";

/** @throws AnimusError "input" where the box is empty, endless, or far from the origin for its size. */
export function boundsOf(file: string, primitives: readonly Primitive[]): Bounds {
  const min: Bounds["min"] = [Infinity, Infinity, Infinity];
  const max: Bounds["max"] = [-Infinity, -Infinity, -Infinity];
  for (const { positions, indices } of primitives) {
    for (const vertex of indices) {
      for (let c = 0; c < 3; c++) {
        const value = positions[vertex * 3 + c];
        if (value < min[c]) min[c] = value;
        if (value > max[c]) max[c] = value;
      }
    }
  }
  const size = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
  const magnitude = Math.max(...min.map(Math.abs), ...max.map(Math.abs));
  if (!(size > 1e-12) || size > 1e12 || size < magnitude * 1e-5) {
    throw new AnimusError("input", `${basename(file)} has no usable size: its bounds are [${min}] to [${max}].`, {
      file,
      hint: "Scale the model to a sensible size around the origin and apply its transforms before exporting.",
    });
  }
  return { min, max };
}
