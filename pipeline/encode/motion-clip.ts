// A finished motion -> one clip of a motion field: half-float texels, bounds and metrics. What is measured is what was
// rounded, because that is what plays.

import type { FieldClip, MotionField } from "../../runtime/field.ts";
import { floatToHalf, HALF_MAX } from "../../runtime/half.ts";
import { AnimusError } from "../errors.ts";
import type { ClipMetrics } from "../events.ts";
import type { Grounding } from "../motion/soles.ts";
import type { HandleTrack } from "../motion/track.ts";
import { clipBounds } from "./clip-bounds.ts";
import { measureClip } from "./measure-clip.ts";
import type { RestSurface } from "./rest-surface.ts";

export interface ClipOptions {
  name: string;
  prompt: string;
  fps: number;
  loop: boolean;
  seed: number;
  preset: string;
  /** Name of the teacher that the motion was distilled from. */
  teacher: string;
  /** What keeps to the ground: its metrics are added. */
  grounding?: Grounding | null;
}

/** Handle transforms over one pass; a loop without its repeated first frame. Scales are 1 where absent, [frames * handles]. */
export type EncodableTrack = HandleTrack & { scales?: Float32Array };

export type EncodedClip = FieldClip & { metrics: ClipMetrics & Record<string, number> };

/**
 * @param field the asset's field (`assetField`); its clips are not looked at.
 * @param surface rest triangles in asset space, one entry a binding, as in `Asset.primitives`.
 * @throws AnimusError "internal" where a transform is not finite or leaves the range of half floats.
 */
export function motionClip(
  track: EncodableTrack,
  field: MotionField,
  surface: readonly RestSurface[],
  options: ClipOptions,
): EncodedClip {
  if (track.handles !== field.handleCount || track.frames < 1) {
    throw new AnimusError(
      "internal",
      `A track of ${track.frames} frames and ${track.handles} handles cannot be encoded.`,
    );
  }
  const { name, prompt, fps, loop, seed, preset, teacher } = options;
  const clip: FieldClip = {
    name,
    prompt,
    fps,
    loop,
    seed,
    preset,
    teacher,
    frames: track.frames,
    duration: (loop ? track.frames : track.frames - 1) / fps,
    rows: loop ? track.frames + 1 : track.frames,
    texels: writeTexels(track, field.scale, loop, name),
    bounds: { min: [0, 0, 0], max: [0, 0, 0] },
    metrics: {},
  };
  clip.bounds = clipBounds(field, clip, surface);
  return { ...clip, metrics: { ...measureClip(field, clip, surface, options.grounding) } };
}

function writeTexels(track: EncodableTrack, scale: number, loop: boolean, name: string): Uint16Array {
  const { frames, handles, rotations, translations, scales } = track;
  const rows = loop ? frames + 1 : frames;
  const texels = new Uint16Array(rows * handles * 8);
  const quaternion = new Float64Array(4);
  for (let k = 0; k < handles; k++) {
    const previous = new Float64Array([0, 0, 0, 1]);
    for (let row = 0; row < rows; row++) {
      const from = (row % frames) * handles + k;
      const length = Math.hypot(...rotations.subarray(from * 4, from * 4 + 4));
      let dot = 0;
      for (let c = 0; c < 4; c++) {
        quaternion[c] = rotations[from * 4 + c] / length;
        dot += quaternion[c] * previous[c];
      }
      const at = (row * handles + k) * 8;
      for (let c = 0; c < 4; c++) {
        previous[c] = dot < 0 ? -quaternion[c] : quaternion[c];
        texels[at + c] = half(previous[c], name, row, k);
      }
      for (let c = 0; c < 3; c++) texels[at + 4 + c] = half(translations[from * 3 + c] / scale, name, row, k);
      texels[at + 7] = half(scales?.[from] ?? 1, name, row, k);
    }
  }
  return texels;
}

function half(value: number, clip: string, row: number, handle: number): number {
  if (!(Math.abs(value) <= HALF_MAX)) {
    throw new AnimusError("internal", `Clip "${clip}": the transform of handle ${handle} in frame ${row} is ${value}.`);
  }
  return floatToHalf(value);
}
