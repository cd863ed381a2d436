// Reads back what a build recorded in manifest.json, to tell which clips are up to date. The encode room writes that file; a
// manifest that is missing or broken simply records nothing.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
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
  const manifest = join(folder, "manifest.json");
  try {
    const { assets } = JSON.parse(await readFile(manifest, "utf8")) as { assets: Record<string, ManifestAsset> };
    const entry = Object.hasOwn(assets, name) ? assets[name]! : null;
    if (!entry) return null;
    const motion = resolve(folder, entry.motion.file);
    if (sha256(await readFile(motion)) !== entry.motion.hash) return null;
    const clips = new Map<string, RecordedClip>();
    for (const [clip, { key, prompt, metrics, seconds, preview }] of Object.entries(entry.clips)) {
      clips.set(clip, {
        key,
        prompt,
        metrics,
        seconds,
        outputs: { motion, manifest, preview: resolve(folder, preview) },
      });
    }
    return { motionHash: entry.motion.hash, motion, clips };
  } catch {
    return null;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The part of the manifest that is read here. */
interface ManifestAsset {
  motion: { file: string; hash: string };
  clips: Record<string, { key: string; prompt: string; metrics: ClipMetrics; seconds: number; preview: string }>;
}
