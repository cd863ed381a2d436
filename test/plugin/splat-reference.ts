// Moves splats on the CPU, slowly and clearly: what the plugin's pass is compared with. Centres by linear blend skinning, covariances to
// F S F^T, F the linear part of the blended matrix.

import { deformPositions, toMeshSpace } from "../../runtime/deform.ts";
import type { MotionField } from "../../runtime/field.ts";
import { type HandlePose, poseMatrices } from "../../runtime/sample.ts";

export interface MovedSplats {
  /** [count * 3], file space. */
  centres: Float32Array;
  /** xx, xy, xz, yy, yz, zz of four times the covariance, as Babylon stores it; [count * 6]. */
  covariances: Float64Array;
}

/** @param file bytes of a .splat file @param pose null moves nothing */
export function moveSplats(file: Uint8Array<ArrayBuffer>, field: MotionField, pose: HandlePose | null): MovedSplats {
  const floats = new Float32Array(file.buffer);
  const count = file.length / 32;
  const rest = Float32Array.from({ length: count * 3 }, (_, i) => floats[Math.floor(i / 3) * 8 + (i % 3)]);
  const binding = field.bindings[0];
  const matrices = pose === null ? null : toMeshSpace(binding, poseMatrices(field, pose));
  const covariances = new Float64Array(count * 6);
  for (let s = 0; s < count; s++) {
    const scales = [3, 4, 5].map((c) => 2 * floats[s * 8 + c]);
    const turn = rotation([0, 1, 2, 3].map((c) => (file[s * 32 + 28 + c] - 127.5) / 127.5));
    let axes = turn.map((row) => row.map((value, c) => value * scales[c]));
    if (matrices !== null) {
      const linear = [0, 1, 2].map((r) => [0, 1, 2].map((c) => blended(s, r * 4 + c)));
      axes = linear.map((row) => [0, 1, 2].map((c) => row.reduce((sum, value, k) => sum + value * axes[k][c], 0)));
    }
    const entry = (r: number, c: number) => axes[r].reduce((sum, value, k) => sum + value * axes[c][k], 0);
    covariances.set([entry(0, 0), entry(0, 1), entry(0, 2), entry(1, 1), entry(1, 2), entry(2, 2)], s * 6);
  }
  function blended(splat: number, i: number): number {
    let sum = 0;
    for (let b = splat * 4; b < splat * 4 + 4; b++) {
      sum += (binding.weights[b] / 65535) * matrices![binding.indices[b] * 12 + i];
    }
    return sum;
  }
  return { centres: matrices === null ? rest : deformPositions(binding, matrices, rest), covariances };
}

/** Rows of the rotation of a quaternion wxyz of any length. */
function rotation(quaternion: number[]): number[][] {
  const length = Math.hypot(...quaternion);
  const [w, x, y, z] = quaternion.map((value) => value / length);
  return [
    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ];
}
