// What a clip's author left open, decided: whether it loops, how soft the body is, how many windows it takes.

import type { ClipSpec } from "./clip-spec.ts";
import { promptBody } from "./distill/choose-body.ts";
import { promptLoops } from "./distill/choose-loop.ts";
import { windowsOf } from "./distill/choose-windows.ts";
import { type DistillSettings, PRESET_SETTINGS, soften } from "./distill/settings.ts";

export interface ClipPlan {
  loop: boolean;
  windows: number;
  settings: DistillSettings;
}

/** @param overrides of the preset's settings. */
export function planClip(clip: ClipSpec, overrides: Partial<DistillSettings> = {}): ClipPlan {
  const preset = { ...PRESET_SETTINGS[clip.preset], method: clip.method };
  const body = clip.body ?? promptBody(clip.prompt);
  return {
    loop: clip.loop ?? promptLoops(clip.prompt),
    windows: windowsOf(clip),
    settings: { ...(body === "soft" ? soften(preset) : preset), ...overrides },
  };
}
