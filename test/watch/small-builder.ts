// A builder for the tests of the watch room. It reads the real model and writes real outputs through the encode room, but its
// motion is one handle standing still: no teacher is needed. Builds can be held back, to be caught in the middle.

import { basename, extname } from "node:path";
import sharp from "sharp";
import type { Backend } from "../../pipeline/backend.ts";
import type { BuildOptions, BuildResult } from "../../pipeline/build.ts";
import { upsertClip } from "../../pipeline/encode/upsert-clip.ts";
import { readMotionField, writeOutputs } from "../../pipeline/encode/write-outputs.ts";
import { throwIfCancelled } from "../../pipeline/errors.ts";
import { predecessorPose } from "../../pipeline/predecessor.ts";
import { readModelFiles } from "../../pipeline/watch/model-files.ts";
import { FORMAT_VERSION, type MotionField } from "../../runtime/field.ts";

export interface SmallBuilder {
  build: (options: BuildOptions) => Promise<BuildResult>;
  backend: () => Promise<Backend>;
  /** Every call: "asset (clip): prompt", followed by how it ended. */
  calls: {
    job: string;
    keep: readonly string[];
    after: string | null;
    end: "running" | "done" | "aborted" | "failed";
  }[];
  /** Most builds that ever ran at once. */
  mostAtOnce: number;
  /** While set, builds stop before they write until it is released or they are aborted. */
  hold(): () => void;
}

export function smallBuilder(): SmallBuilder {
  let gate: Promise<void> | null = null;
  let running = 0;
  const builder: SmallBuilder = {
    calls: [],
    mostAtOnce: 0,
    // The builder never asks it anything.
    backend: async () => ({ description: "none" }) as Backend,
    hold() {
      let release = () => {};
      gate = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        gate = null;
        release();
      };
    },
    async build(options) {
      const { id, clip, keep } = options;
      const call: SmallBuilder["calls"][number] = {
        job: `${id.asset} (${clip.name}): ${clip.prompt}`,
        keep,
        after: options.predecessor?.clip ?? null,
        end: "running",
      };
      builder.calls.push(call);
      builder.mostAtOnce = Math.max(builder.mostAtOnce, ++running);
      try {
        const result = await build(options, gate);
        call.end = "done";
        return result;
      } catch (error) {
        call.end = options.signal?.aborted ? "aborted" : "failed";
        throw error;
      } finally {
        running--;
      }
    },
  };
  return builder;
}

async function build(options: BuildOptions, gate: Promise<void> | null): Promise<BuildResult> {
  const { asset: file, clip, keep, key, out, id, events, signal, predecessor } = options;
  const { hash } = await readModelFiles(file);
  // The real check: the predecessor must lie in the file, as it was meant.
  const space = { centre: [0, 0, 0] as [number, number, number], scale: 1, diagonal: 1 };
  if (predecessor) await predecessorPose(predecessor, clip.name, basename(file, extname(file)), out, space, 1);
  events({ type: "stage", ...id, stage: "distill" });
  events({ type: "progress", ...id, stage: "distill", fraction: 0.5, etaSeconds: 1, loss: 0.25 });
  // Aborted already, the signal would not tell again.
  throwIfCancelled(signal);
  if (gate) await Promise.race([gate, new Promise((wake) => signal?.addEventListener("abort", wake))]);
  throwIfCancelled(signal);

  const asset = { name: basename(file, extname(file)), file, hash };
  const metrics = { pathLength: 0, jitter: 0, stretch: 0, loopSeam: 0 };
  const field = upsertClip(await readMotionField(out, asset.name), stillField(options, hash, metrics), keep);
  const preview = await sharp({ create: { width: 4, height: 4, channels: 3, background: "teal" } })
    .png()
    .toBuffer();
  const outputs = await writeOutputs({ out, asset, field, clip: clip.name, preview, key, seconds: 0.5 });
  return { outputs, metrics, seconds: 0.5 };
}

function stillField({ clip }: BuildOptions, hash: string, metrics: Record<string, number>): MotionField {
  const bounds: MotionField["bounds"] = { min: [0, 0, 0], max: [1, 1, 1] };
  const { name, prompt, fps, seed, preset } = clip;
  // One frame of one handle: quaternion 0 0 0 1, translation 0 0 0, scale 1, as half floats.
  const texels = Uint16Array.from([0, 0, 0, 0x3c00, 0, 0, 0, 0x3c00]);
  return {
    version: FORMAT_VERSION,
    asset: { name: "still", hash },
    generator: "test",
    scale: 1,
    handleCount: 1,
    handles: new Float32Array(3),
    bounds,
    bindings: [],
    clips: [
      {
        name,
        prompt,
        fps,
        seed,
        preset,
        frames: 1,
        rows: 1,
        loop: false,
        duration: 0,
        texels,
        bounds,
        teacher: "none",
        metrics,
      },
    ],
  };
}
