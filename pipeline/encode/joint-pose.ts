// The pose in which an encoded clip ends, as control values that another motion of the same handles can begin from: its last frame, or
// the first one where it loops, and how it moves there.

import type { FieldClip, MotionField } from "../../runtime/field.ts";
import { halfToFloat } from "../../runtime/half.ts";
import type { Normalisation } from "../asset/asset.ts";
import type { HeldPose } from "../motion/held-ends.ts";

/**
 * @param seconds of one pass of the motion that begins there.
 * @returns transforms of the handles alone; the root's part is zero, as it is folded into them.
 */
export function jointPose(
  field: Pick<MotionField, "handleCount" | "scale">,
  clip: FieldClip,
  { scale }: Normalisation,
  seconds: number,
): HeldPose {
  const { frames, fps, loop } = clip;
  const last = loop ? 0 : frames - 1;
  const lengths = field.scale * scale;
  const values = controlRow(field, clip, last, last, lengths);
  const row = (frame: number) => controlRow(field, clip, (frame + frames) % frames, last, lengths);
  const change = new Float64Array(values.length);
  // Second-order differences: across a loop's seam, or from a one-shot's last three frames.
  const [weights, from] = loop ? [[-0.5, 0, 0.5], -1] : [[0.5, -2, 1.5], frames - 3];
  if (frames >= 3) {
    weights.forEach((weight, i) => {
      const other = row(from + i);
      for (let c = 0; c < change.length; c++) change[c] += weight * fps * seconds * other[c];
    });
  }
  return { values, change };
}

/** Axis-angles and translations of one frame; rotations are told on the side of `reference`, so that frames can be subtracted. */
function controlRow(
  { handleCount }: Pick<MotionField, "handleCount">,
  { texels }: FieldClip,
  frame: number,
  reference: number,
  lengths: number,
): Float64Array {
  const out = new Float64Array((handleCount + 1) * 6);
  const texel = (of: number, handle: number, i: number) => halfToFloat(texels[(of * handleCount + handle) * 8 + i]);
  for (let k = 0; k < handleCount; k++) {
    // Of the two quaternions of a rotation the one of less than half a turn at the reference, its neighbours beside it.
    const sign = texel(reference, k, 3) < 0 ? -1 : 1;
    const q = [0, 1, 2, 3].map((i) => sign * texel(frame, k, i));
    const sine = Math.hypot(q[0], q[1], q[2]);
    const angle = 2 * Math.atan2(sine, q[3]);
    for (let i = 0; i < 3; i++) {
      out[k * 6 + i] = sine > 1e-9 ? (q[i] / sine) * angle : 0;
      out[k * 6 + 3 + i] = texel(frame, k, 4 + i) * lengths;
    }
  }
  return out;
}
