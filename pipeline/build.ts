// The whole story on one screen: asset -> splats and handles -> distilled motion -> motion field on disk.

import type { ClipSpec } from "./clip-spec.ts";
import type { ClipMetrics, EventSink, JobId, JobOutputs } from "./events.ts";
import type { Teacher } from "./teacher/teacher.ts";

export interface BuildOptions {
  /** Path of the model file. */
  asset: string;
  /** How events name the job. */
  id: JobId;
  clip: ClipSpec;
  /** Clips of an existing motion file of the same asset that stay in it; others are dropped. */
  keep: readonly string[];
  /** Hash of everything that decides the clip (watch/job-key.ts), recorded in manifest.json; equal keys need no new build. */
  key: string;
  /** Folder for `<asset>.motion.glb`, the preview and manifest.json; made if missing. */
  out: string;
  teacher: Teacher;
  /** Worker threads of the renderer. */
  threads: number;
  events: EventSink;
  signal?: AbortSignal;
}

export interface BuildResult {
  outputs: JobOutputs;
  metrics: ClipMetrics;
  seconds: number;
}

export async function buildClip(options: BuildOptions): Promise<BuildResult> {
  throw new Error(`Nothing builds ${options.asset} yet.`);
}
