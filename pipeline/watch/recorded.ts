// What earlier builds left in an output folder, to tell which clips are up to date. A manifest that is missing or broken, or a
// motion file that it does not vouch for, simply records nothing.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { MANIFEST_FILE, readManifest } from "../encode/manifest.ts";
import type { ClipMetrics, JobOutputs } from "../events.ts";

export interface RecordedClip {
  key: string;
  prompt: string;
  metrics: ClipMetrics;
  seconds: number;
  outputs: JobOutputs;
}

export interface RecordedAsset {
  /** SHA-256 (hex) of the motion file, as recorded. */
  motionHash: string;
  motion: string;
  clips: Map<string, RecordedClip>;
}

/** Where the outputs of a model go: beside it, or at the same place under `out`. */
export function outputFolder(root: string, model: string, out: string | null): string {
  return out === null ? dirname(model) : resolve(out, relative(resolve(root), dirname(model)));
}

/** Name of an asset in its outputs: the model's file name without extension. */
export function assetName(model: string): string {
  return basename(model, extname(model));
}

/** @returns null where nothing valid is recorded, or the motion file is not the recorded one. */
export async function readRecorded(folder: string, name: string): Promise<RecordedAsset | null> {
  const { assets } = await readManifest(folder);
  const entry = Object.hasOwn(assets, name) ? assets[name] : null;
  if (!entry) return null;
  const motion = resolve(folder, entry.motion.file);
  const bytes = await readFile(motion).catch(() => null);
  if (bytes === null || createHash("sha256").update(bytes).digest("hex") !== entry.motion.hash) return null;
  const manifest = join(folder, MANIFEST_FILE);
  const clips = new Map<string, RecordedClip>();
  for (const [clip, { key, prompt, metrics, seconds, preview }] of Object.entries(entry.clips)) {
    const outputs = { motion, manifest, preview: resolve(folder, preview) };
    clips.set(clip, { key, prompt, metrics: metrics as Record<string, number> & ClipMetrics, seconds, outputs });
  }
  return { motionHash: entry.motion.hash, motion, clips };
}
