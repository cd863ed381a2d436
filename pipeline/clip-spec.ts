// What a person asks of one clip, after the sidecar's defaults are filled in. The watcher and the command line make these,
// `build` carries them out.

export const PRESETS = ["draft", "standard", "final"] as const;
export type PresetName = (typeof PRESETS)[number];

/** How the motion is found: Motion Score Distillation, or plain Score Distillation Sampling, kept for comparison. */
export const METHODS = ["msd", "sds"] as const;
export type MethodName = (typeof METHODS)[number];

/** Where a clip stands in the rest pose, so that it joins what comes before or after. */
export const RESTS = ["none", "start", "end", "both"] as const;
export type Rest = (typeof RESTS)[number];

/** How much a body gives: limbs that keep their lengths, or jelly, cloth and fish. */
export const BODIES = ["rigid", "soft"] as const;
export type BodyName = (typeof BODIES)[number];

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
  method: MethodName;
  rest: Rest;
  /** null: decided from the prompt ("a jelly wobbling" is soft). */
  body: BodyName | null;
  /** Feet, or a body that falls, keep to the ground, where the model stands on it. null: decided from the prompt (falls do). */
  ground: boolean | null;
  /** Name of another clip of the asset, in whose last pose (a loop's first) this one begins; null for none. */
  after: string | null;
}

export const CLIP_DEFAULTS = {
  seconds: 1.6,
  fps: 30,
  loop: null,
  seed: 0,
  preset: "draft",
  method: "msd",
  rest: "none",
  body: null,
  ground: null,
  after: null,
} as const satisfies Partial<ClipSpec>;
