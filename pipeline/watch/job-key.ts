// The identity of a job: two jobs with the same key give the same clip, so the second need not run.

import { createHash } from "node:crypto";
import { FORMAT_VERSION } from "../../runtime/field.ts";
import { CLIP_DEFAULTS, type ClipSpec } from "../clip-spec.ts";
import { PRESET_SETTINGS } from "../distill/settings.ts";
import type { TeacherManifest } from "../teacher/manifest.ts";

/** What of a teacher decides its answers. */
export type TeacherIdentity = Pick<TeacherManifest, "name" | "weightsHash">;

/**
 * @param assetHash hash over the model and its files (model-files.ts).
 * @returns SHA-256 (hex) of asset, clip, the settings behind its preset, teacher and format version.
 */
export function jobKey(assetHash: string, clip: ClipSpec, teacher: TeacherIdentity): string {
  const { name, prompt, seconds, fps, loop, seed, preset, method, rest, body } = clip;
  const parts = [
    assetHash,
    name,
    prompt,
    seconds,
    fps,
    loop,
    seed,
    PRESET_SETTINGS[preset],
    method,
    teacher.name,
    teacher.weightsHash,
    FORMAT_VERSION,
    // Only where they were asked for: clips without them keep their keys.
    ...(rest === CLIP_DEFAULTS.rest && body === CLIP_DEFAULTS.body ? [] : [rest, body]),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
