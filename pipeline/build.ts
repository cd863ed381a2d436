// The whole story on one screen: asset -> splats and handles -> distilled motion -> motion field on disk.

import { importAsset } from "./asset/import-asset.ts";
import { normalisation } from "./asset/normalise.ts";
import type { ClipSpec } from "./clip-spec.ts";
import { promptLoops } from "./distill/choose-loop.ts";
import { distill } from "./distill/distill.ts";
import { type DistillSettings, PRESET_SETTINGS, stageWork } from "./distill/settings.ts";
import { assetField } from "./encode/asset-field.ts";
import { motionClip } from "./encode/motion-clip.ts";
import { renderPreview } from "./encode/render-preview.ts";
import { upsertClip } from "./encode/upsert-clip.ts";
import { prepareFolder, readMotionField, writeOutputs } from "./encode/write-outputs.ts";
import { throwIfCancelled } from "./errors.ts";
import type { ClipMetrics, EventSink, JobId, JobOutputs } from "./events.ts";
import { trackMotion } from "./motion/track.ts";
import { prepareAsset } from "./prepare.ts";
import { createProgress } from "./progress.ts";
import { createCpuRenderer } from "./render/cpu-renderer.ts";
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
  /** Overrides of the preset's settings, for experiments and tests. */
  settings?: Partial<DistillSettings>;
}

export interface BuildResult {
  outputs: JobOutputs;
  metrics: ClipMetrics;
  seconds: number;
}

/**
 * Builds one clip and writes it beside the clips that the asset's motion file already holds.
 * @throws AnimusError; the files on disk are then as they were.
 */
export async function buildClip(options: BuildOptions): Promise<BuildResult> {
  const { id, clip, teacher, signal, events } = options;
  const begun = performance.now();
  const warn = (message: string) => events({ type: "warning", message, ...id });
  const settings = { ...PRESET_SETTINGS[clip.preset], method: clip.method, ...options.settings };
  const progress = createProgress(id, stageWork(settings), events);

  progress.stage("import");
  await prepareFolder(options.out);
  const asset = await importAsset(options.asset, { onWarning: warn });

  progress.stage("prepare");
  const space = normalisation(asset);
  const { splats, handles, binding } = prepareAsset(asset, space);
  throwIfCancelled(signal);

  const { width, height, frames } = teacher.manifest;
  const renderer = createCpuRenderer(splats, { width, height }, { threads: options.threads });
  const scene = { splats, handles, binding: binding.splats };
  const loop = clip.loop ?? promptLoops(clip.prompt);
  try {
    const { motion, truncated } = await distill({
      ...scene,
      prompt: clip.prompt,
      loop,
      seed: clip.seed,
      teacher,
      renderer,
      settings,
      signal,
      onStage: (stage) => progress.stage(stage),
      onProgress: (fraction, loss) => progress.advance(fraction, loss),
    });
    if (truncated) warn(`The prompt is longer than the teacher reads; its end is ignored: "${clip.prompt}"`);

    progress.stage("encode");
    const count = Math.max(2, Math.round(clip.seconds * clip.fps));
    const field = assetField(asset, handles, space, binding.vertices);
    const encoded = motionClip(trackMotion(motion, handles, space, count), field, asset.primitives, {
      ...clip,
      loop,
      teacher: `${teacher.manifest.name} ${teacher.manifest.version}`,
    });
    const preview = await renderPreview(scene, motion, frames, options.threads);
    throwIfCancelled(signal);
    const existing = await readMotionField(options.out, asset.name, warn);
    const seconds = (performance.now() - begun) / 1000;
    const outputs = await writeOutputs({
      out: options.out,
      asset,
      field: upsertClip(existing, { ...field, clips: [encoded] }, options.keep),
      clip: clip.name,
      preview,
      key: options.key,
      seconds,
      onWarning: warn,
    });
    events({ type: "preview", file: outputs.preview, ...id });
    return { outputs, metrics: encoded.metrics, seconds };
  } finally {
    await renderer.dispose();
  }
}
