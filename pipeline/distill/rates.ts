// Learning rates: of every control value, and their course over the steps.

import type { Motion } from "../motion/motion.ts";
import type { DistillSettings } from "./settings.ts";

/** Learning rate of every control value, layout of `Motion.values`. @param factor of those of handles. */
export function parameterRates(
  motion: Motion,
  { rates: { handleRotation, handleTranslation, rootRotation, rootTranslation } }: Pick<DistillSettings, "rates">,
  factor = 1,
): Float64Array {
  const row = (motion.handles + 1) * 6;
  return Float64Array.from(motion.values, (_, i) => {
    const rotation = i % 6 < 3;
    if (i % row >= motion.handles * 6) return rotation ? rootRotation : rootTranslation;
    return factor * (rotation ? handleRotation : handleTranslation);
  });
}

/** Linear warm-up, flat, then linear decay to a tenth. */
export function rateScale(
  step: number,
  iterations: number,
  { warmup, decayAfter }: Pick<DistillSettings, "warmup" | "decayAfter">,
): number {
  const share = step / iterations;
  const decay = share < decayAfter ? 1 : 1 - (0.9 * (share - decayAfter)) / (1 - decayAfter);
  return Math.min(1, (step + 1) / warmup) * decay;
}
