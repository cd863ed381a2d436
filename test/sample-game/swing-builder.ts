// A builder for the game's test: real import, handles, bindings, encoding and outputs, but the motion is a formula instead of a
// teacher's. A prompt that speaks of jumping hops, every other one sways; "slowly" reports progress before it goes on.

import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { importAsset } from "../../pipeline/asset/import-asset.ts";
import { normalisation } from "../../pipeline/asset/normalise.ts";
import { sampleSplats } from "../../pipeline/asset/sample-splats.ts";
import type { BuildOptions, BuildResult } from "../../pipeline/build.ts";
import { assetField } from "../../pipeline/encode/asset-field.ts";
import { motionClip } from "../../pipeline/encode/motion-clip.ts";
import { upsertClip } from "../../pipeline/encode/upsert-clip.ts";
import { readMotionField, writeOutputs } from "../../pipeline/encode/write-outputs.ts";
import { throwIfCancelled } from "../../pipeline/errors.ts";
import { bindAsset } from "../../pipeline/motion/bind.ts";
import { placeHandles } from "../../pipeline/motion/place-handles.ts";
import { surfaceGraph } from "../../pipeline/motion/surface-graph.ts";
import type { HandleTrack } from "../../pipeline/motion/track.ts";
import type { MotionField } from "../../runtime/field.ts";

const HANDLES = 16;

export async function swingBuilder(options: BuildOptions): Promise<BuildResult> {
  const { clip, events, id, keep, key, out, signal } = options;
  const started = performance.now();
  events({ type: "stage", ...id, stage: "import" });
  const asset = await importAsset(options.asset);
  const space = normalisation(asset);
  const graph = surfaceGraph(asset, space);
  const handles = placeHandles(graph, { count: HANDLES });
  const bindings = bindAsset(graph, handles, sampleSplats(asset, { count: 64 })).vertices;
  if (/slowly/.test(clip.prompt)) {
    events({ type: "progress", ...id, stage: "distill", fraction: 0.42, etaSeconds: 83, loss: 0.1 });
    await sleep(3000, undefined, signal ? { signal } : {}).catch(() => {});
  }
  throwIfCancelled(signal);

  const base = assetField(asset, handles, space, bindings);
  const frames = Math.round(clip.seconds * clip.fps);
  const track = /jump/.test(clip.prompt) ? hop(base, frames) : sway(base, frames);
  const teacher = "formula";
  const made = motionClip(track, base, asset.primitives, { ...clip, loop: clip.loop ?? true, teacher });
  const field = upsertClip(await readMotionField(out, asset.name), { ...base, clips: [made] }, keep);
  const preview = await sharp({ create: { width: 8, height: 8, channels: 3, background: "orange" } })
    .png()
    .toBuffer();
  const seconds = (performance.now() - started) / 1000;
  const outputs = await writeOutputs({ out, asset, field, clip: clip.name, preview, key, seconds });
  return { outputs, metrics: made.metrics, seconds };
}

type Place = (x: number, y: number, z: number, phase: number) => [number, number, number];

/** The whole body goes up by two fifths of its diagonal and comes back. */
const hop = (field: MotionField, frames: number) =>
  track(field, frames, (_x, _y, _z, phase) => [0, 0.4 * field.scale * Math.sin(phase / 2) ** 2, 0]);

/** What is high up goes sideways. */
const sway = (field: MotionField, frames: number) =>
  track(field, frames, (_x, y, _z, phase) => [0.35 * (y - field.bounds.min[1]) * Math.sin(phase), 0, 0]);

/** Translations by a formula of rest place and phase (0..2 pi); no rotation. */
function track(field: MotionField, frames: number, place: Place): HandleTrack {
  const { handleCount, handles } = field;
  const rotations = new Float32Array(frames * handleCount * 4);
  const translations = new Float32Array(frames * handleCount * 3);
  for (let i = 0; i < frames * handleCount; i++) {
    const [x, y, z] = handles.subarray((i % handleCount) * 3, (i % handleCount) * 3 + 3);
    rotations[i * 4 + 3] = 1;
    translations.set(place(x, y, z, (Math.floor(i / handleCount) / frames) * 2 * Math.PI), i * 3);
  }
  return { frames, handles: handleCount, rotations, translations };
}
