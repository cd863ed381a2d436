// How well a moved asset keeps its looks: the colours of its own splats where they should be seen. Pure.

import { projectPoint } from "../../pipeline/render/camera.ts";
import type { Camera } from "../../pipeline/render/renderer.ts";

/** A splat counts as seen when nothing lies farther in front of it than this, normalised units. */
const BEHIND = 0.03;

/**
 * Peak signal to noise (dB) of the pictures at the centres of the seen splats against the splats' colours.
 * @param pictures [cameras, 3, frames, size, size], -1..1.
 * @param positions [frames * n * 3]; colors sRGB 0..1, [n * 3].
 */
export function appearancePsnr(
  pictures: Float32Array,
  { positions, colors, frames }: { positions: Float32Array; colors: Float32Array; frames: number },
  cameras: readonly Camera[],
  size: number,
): number {
  const n = colors.length / 3;
  let [square, count] = [0, 0];
  cameras.forEach((camera, view) => {
    for (let f = 0; f < frames; f++) {
      const nearest = new Float32Array(size * size).fill(Number.POSITIVE_INFINITY);
      const pixels = new Int32Array(n).fill(-1);
      const depths = new Float32Array(n);
      for (let p = 0; p < n; p++) {
        const at = (f * n + p) * 3;
        const { u, v, depth } = projectPoint(positions.subarray(at, at + 3), camera, { width: size, height: size });
        const [x, y] = [Math.floor(u), Math.floor(v)];
        if (x < 0 || y < 0 || x >= size || y >= size) continue;
        pixels[p] = y * size + x;
        depths[p] = depth;
        nearest[pixels[p]] = Math.min(nearest[pixels[p]], depth);
      }
      for (let p = 0; p < n; p++) {
        if (pixels[p] < 0 || depths[p] > nearest[pixels[p]] + BEHIND) continue;
        for (let c = 0; c < 3; c++) {
          const seen = (pictures[((view * 3 + c) * frames + f) * size * size + pixels[p]] + 1) / 2;
          square += (seen - colors[p * 3 + c]) ** 2;
          count++;
        }
      }
    }
  });
  return -10 * Math.log10(Math.max(1e-8, square / Math.max(1, count)));
}
