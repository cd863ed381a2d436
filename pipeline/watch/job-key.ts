// The identity of a job: two jobs with the same key give the same clip, so the second need not run.

import { createHash } from "node:crypto";
import { FORMAT_VERSION } from "../../runtime/field.ts";
import { CLIP_DEFAULTS, type ClipSpec } from "../clip-spec.ts";
import { PRESET_SETTINGS, settingsIdentity } from "../distill/settings.ts";
import { planClip } from "../plan-clip.ts";
import type { TeacherManifest } from "../teacher/manifest.ts";
import { buildOrder } from "./clip-chain.ts";

/** What of a teacher decides its answers. */
export type TeacherIdentity = Pick<TeacherManifest, "name" | "weightsHash">;

/** Keys of the clips of one sidecar by name; that of a clip holds its predecessor's. */
export function clipKeys(
  assetHash: string,
  clips: readonly ClipSpec[],
  teacher: TeacherIdentity,
): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const clip of buildOrder(clips)) {
    keys.set(clip.name, jobKey(assetHash, clip, teacher, clip.after === null ? null : (keys.get(clip.after) ?? null)));
  }
  return keys;
}

/**
 * @param assetHash hash over the model and its files (model-files.ts).
 * @param predecessor key of the clip that this one comes after.
 * @returns SHA-256 (hex) of asset, clip, the settings behind its preset, teacher and format version.
 */
export function jobKey(
  assetHash: string,
  clip: ClipSpec,
  teacher: TeacherIdentity,
  predecessor: string | null = null,
): string {
  const { name, prompt, seconds, fps, loop, seed, preset, method, rest, body } = clip;
  const { gait, windows } = planClip(clip);
  const parts = [
    assetHash,
    name,
    prompt,
    seconds,
    fps,
    loop,
    seed,
    settingsIdentity(PRESET_SETTINGS[preset], gait),
    method,
    teacher.name,
    teacher.weightsHash,
    FORMAT_VERSION,
    // Only where they were asked for: clips without them keep their keys.
    ...(rest === CLIP_DEFAULTS.rest && body === CLIP_DEFAULTS.body ? [] : [rest, body]),
    ...(windows > 1 ? [{ windows }] : []),
    ...(predecessor === null ? [] : [{ after: predecessor }]),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
