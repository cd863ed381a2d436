// The identity of a job: two jobs with the same key give the same clip, so the second need not run.

import { createHash } from "node:crypto";
import { FORMAT_VERSION } from "../../runtime/field.ts";
import { CLIP_DEFAULTS, type ClipSpec } from "../clip-spec.ts";
import { PRESET_SETTINGS, settingsIdentity, sourceHash } from "../distill/settings.ts";
import { planClip } from "../plan-clip.ts";
import type { Predecessor } from "../predecessor.ts";
import type { TeacherManifest } from "../teacher/manifest.ts";
import { buildOrder } from "./clip-chain.ts";

/** What of a teacher decides its answers. */
export type TeacherIdentity = Pick<TeacherManifest, "name" | "weightsHash" | "staticSource">;

export interface KeyedClip {
  clip: ClipSpec;
  /** It holds its predecessor's. */
  key: string;
  predecessor: Predecessor | null;
}

/** The clips of one sidecar in the order in which they must be built. */
export function keyedClips(assetHash: string, clips: readonly ClipSpec[], teacher: TeacherIdentity): KeyedClip[] {
  const keys = new Map<string, string>();
  return buildOrder(clips).map((clip) => {
    const predecessor = clip.after === null ? null : { clip: clip.after, key: keys.get(clip.after)! };
    const key = jobKey(assetHash, clip, teacher, predecessor?.key);
    keys.set(clip.name, key);
    return { clip, key, predecessor };
  });
}

/**
 * @param assetHash hash over the model and its files (model-files.ts).
 * @param predecessor key of the clip that this one comes after.
 * @returns SHA-256 (hex) of asset, clip, the settings behind its preset, teacher and format version.
 */
export function jobKey(assetHash: string, clip: ClipSpec, teacher: TeacherIdentity, predecessor?: string): string {
  const { name, prompt, seconds, fps, loop, seed, preset, method, rest, body } = clip;
  const plan = planClip(clip);
  const { windows } = plan;
  const settings = PRESET_SETTINGS[preset];
  const source = sourceHash({ ...settings, method }, teacher);
  const parts = [
    assetHash,
    name,
    prompt,
    seconds,
    fps,
    loop,
    seed,
    settingsIdentity(settings, plan),
    method,
    teacher.name,
    teacher.weightsHash,
    FORMAT_VERSION,
    ...(source === undefined ? [] : [{ source }]),
    // Only where they were asked for: clips without them keep their keys.
    ...(rest === CLIP_DEFAULTS.rest && body === CLIP_DEFAULTS.body ? [] : [rest, body]),
    ...(windows > 1 ? [{ windows }] : []),
    ...(predecessor === undefined ? [] : [{ after: predecessor }]),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
