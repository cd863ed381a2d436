// The whole story on one screen: asset -> splats and handles -> distilled motion -> motion field on disk.

import { importAsset } from "./asset/import-asset.ts";
import { normalisation } from "./asset/normalise.ts";
import type { Backend } from "./backend.ts";
import type { ClipSpec } from "./clip-spec.ts";
import { distill } from "./distill/distill.ts";
import { valueCounts } from "./distill/phases.ts";
import { type DistillSettings, stageWork } from "./distill/settings.ts";
import { assetField } from "./encode/asset-field.ts";
import { motionClip } from "./encode/motion-clip.ts";
import { renderPreview } from "./encode/render-preview.ts";
import { upsertClip } from "./encode/upsert-clip.ts";
import { prepareFolder, readMotionField, writeOutputs } from "./encode/write-outputs.ts";
import { throwIfCancelled } from "./errors.ts";
import type { ClipMetrics, EventSink, JobId, JobOutputs } from "./events.ts";
import { openJobCheckpoint } from "./job-checkpoint.ts";
import { heldAtRest } from "./motion/held-ends.ts";
import { findBody, findSoles } from "./motion/soles.ts";
import { trackMotion } from "./motion/track.ts";
import { planClip } from "./plan-clip.ts";
import { type Predecessor, predecessorPose } from "./predecessor.ts";
import { prepareAsset } from "./prepare.ts";
import { createProgress } from "./progress.ts";

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
  /** The clip in whose last pose this one begins; it must be in the motion file. */
  predecessor?: Predecessor | null;
  /** Folder for `<asset>.motion.glb`, the preview and manifest.json; made if missing. */
  out: string;
  /** What renders and predicts. */
  backend: Backend;
  events: EventSink;
  signal?: AbortSignal;
  /** Overrides of the preset's settings, for experiments and tests. */
  settings?: Partial<DistillSettings>;
  /** Splats on the asset's surface, `SPLATS` where left out; for the same. */
  splats?: number;
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
  const { id, clip, backend, signal, events, predecessor } = options;
  const { teacher } = backend;
  const begun = performance.now();
  const warn = (message: string) => events({ type: "warning", message, ...id });
  const { loop, windows, grounding, settings } = planClip(clip, options.settings);
  const work = stageWork(settings, windows, teacher.manifest);
  const progress = createProgress(id, work, events);

  progress.stage("import");
  await prepareFolder(options.out);
  const asset = await importAsset(options.asset, { onWarning: warn });

  progress.stage("prepare");
  const space = normalisation(asset);
  const { splats, handles, binding } = prepareAsset(asset, space, options.splats);
  throwIfCancelled(signal);

  const { width, height, frames } = teacher.manifest;
  const scene = { splats, handles, binding: binding.splats };
  const renderer = await backend.createRenderer(scene, { width, height });
  const soles = grounding === "feet" ? findSoles(splats, scene.binding) : null;
  const falling = grounding === "fall" ? findBody(splats, scene.binding) : null;
  if (clip.ground && !soles && !falling) warn('The model does not stand on the ground: "ground" changes nothing.');
  const count = Math.max(2, Math.round(clip.seconds * clip.fps));
  const held = heldAtRest(clip.rest);
  if (predecessor) {
    const seconds = (loop ? count : count - 1) / clip.fps;
    held.start = await predecessorPose(predecessor, clip.name, asset.name, options.out, space, seconds);
  }
  const checkpoint = await openJobCheckpoint(options.out, asset.name, clip.name, options.key);
  try {
    const { motion, truncated } = await distill({
      ...scene,
      prompt: clip.prompt,
      loop,
      held,
      windows,
      soles,
      falling,
      seed: clip.seed,
      teacher,
      renderer,
      settings,
      signal,
      resume: await checkpoint.load(valueCounts(settings, handles.count, loop, windows, frames)),
      onCheckpoint: checkpoint.save,
      onStage: (stage) => progress.stage(stage),
      onProgress: (fraction, loss) => progress.advance(fraction, loss),
    });
    if (truncated) warn(`The prompt is longer than the teacher reads; its end is ignored: "${clip.prompt}"`);

    progress.stage("encode");
    const field = assetField(asset, handles, space, binding.vertices);
    const encoded = motionClip(trackMotion(motion, handles, space, count), field, asset.primitives, {
      ...clip,
      loop,
      grounding: (soles && settings.ground) || (falling && settings.landing) ? grounding : null,
      teacher: `${teacher.manifest.name} ${teacher.manifest.version}`,
    });
    const preview = await renderPreview(backend, scene, motion, frames);
    await backend.assertSound();
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
    await checkpoint.clear();
    events({ type: "preview", file: outputs.preview, ...id });
    return { outputs, metrics: encoded.metrics, seconds };
  } finally {
    await renderer.dispose();
  }
}
