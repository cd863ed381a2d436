// What a person asks of one clip, after the sidecar's defaults are filled in. The watcher and the command line make these,
// `build` carries them out.

export const PRESETS = ["draft", "standard", "final"] as const;
export type PresetName = (typeof PRESETS)[number];

export interface ClipSpec {
  /** Unique within the asset: letters, digits, "-" and "_". */
  name: string;
  prompt: string;
  /** Seconds of one pass. */
  seconds: number;
  /** Frames per second of the encoded clip. */
  fps: number;
  /** null: decided from the prompt ("walks" loops, "falls over" does not). */
  loop: boolean | null;
  seed: number;
  preset: PresetName;
}

export const CLIP_DEFAULTS = {
  seconds: 1.2,
  fps: 30,
  loop: null,
  seed: 0,
  preset: "draft",
} as const satisfies Partial<ClipSpec>;
