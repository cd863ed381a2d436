// What a clip's author left open, decided: whether it loops, how soft the body is, what keeps to the ground, how many windows it takes.

import type { ClipSpec } from "./clip-spec.ts";
import { promptBody } from "./distill/choose-body.ts";
import { promptGait } from "./distill/choose-gait.ts";
import { groundingOf } from "./distill/choose-ground.ts";
import { promptLoops } from "./distill/choose-loop.ts";
import { windowsOf } from "./distill/choose-windows.ts";
import { type DistillSettings, PRESET_SETTINGS, soften } from "./distill/settings.ts";
import type { Grounding } from "./motion/soles.ts";

export interface ClipPlan {
  loop: boolean;
  windows: number;
  grounding: Grounding | null;
  /** A gait on the ground that loops. */
  gait: boolean;
  settings: DistillSettings;
}

/** @param overrides of the preset's settings. */
export function planClip(clip: ClipSpec, overrides: Partial<DistillSettings> = {}): ClipPlan {
  const preset = { ...PRESET_SETTINGS[clip.preset], method: clip.method };
  const body = clip.body ?? promptBody(clip.prompt);
  const loop = clip.loop ?? promptLoops(clip.prompt);
  return {
    loop,
    windows: windowsOf(clip),
    grounding: groundingOf(clip, loop),
    gait: loop && promptGait(clip.prompt),
    settings: { ...(body === "soft" ? soften(preset) : preset), ...overrides },
  };
}
