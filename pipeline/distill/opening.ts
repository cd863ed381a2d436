// The opening of the loop: how many of its steps it has, and by which settings they go.

import { scaled } from "./regularisers.ts";
import type { DistillSettings, OpeningSettings } from "./settings.ts";

/**
 * @param begun what the motion is at the first step. A fall whose way is chosen (choose-fall.ts) knows where to go; a long clip's later windows
 * do not begin at rest, as everything does that the teacher shows at pure noise.
 */
export function openingSteps(
  { opening }: DistillSettings,
  iterations: number,
  begun: { loop: boolean; laidDown: boolean; windows: number },
): number {
  if (!opening || begun.loop || begun.laidDown || begun.windows > 1) return 0;
  return Math.round(opening.share * iterations);
}

/** What a step of the opening goes by. */
export function settingsOfOpening({
  opening,
  regularisers,
}: DistillSettings): Pick<DistillSettings, "regularisers"> & Pick<OpeningSettings, "levels" | "guidance"> {
  if (!opening) throw new Error("settings without an opening");
  const { levels, guidance, hold } = opening;
  return { levels, guidance, regularisers: scaled(regularisers, hold) };
}
