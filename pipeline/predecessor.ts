// The clip that another one comes after: taken from the motion file that both share, and only in the version that was meant.

import type { Normalisation } from "./asset/asset.ts";
import { jointPose } from "./encode/joint-pose.ts";
import { readManifest } from "./encode/manifest.ts";
import { readMotionField } from "./encode/write-outputs.ts";
import { AnimusError } from "./errors.ts";
import type { HeldPose } from "./motion/held-ends.ts";

export interface Predecessor {
  clip: string;
  /** The key that it must have been built with (watch/job-key.ts). */
  key: string;
}

/**
 * @param asset name of the asset, `out` the folder of its outputs.
 * @param seconds of one pass of the clip that comes after.
 * @throws AnimusError "input" where the predecessor is not built as it was meant.
 */
export async function predecessorPose(
  { clip, key }: Predecessor,
  successor: string,
  asset: string,
  out: string,
  space: Normalisation,
  seconds: number,
): Promise<HeldPose> {
  const { assets } = await readManifest(out);
  const entry = Object.hasOwn(assets, asset) ? assets[asset] : null;
  const recorded = entry && Object.hasOwn(entry.clips, clip) ? entry.clips[clip] : null;
  const field = recorded?.key === key ? await readMotionField(out, asset) : null;
  const before = field?.clips.find(({ name }) => name === clip);
  if (!field || !before) {
    throw new AnimusError("input", `"${successor}" comes after "${clip}", which is not built.`, {
      hint: `See what was said about "${clip}", or leave "after" out.`,
    });
  }
  return jointPose(field, before, space, seconds);
}
