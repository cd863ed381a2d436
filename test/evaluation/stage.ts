// One body before the evaluation's cameras: rest renders, true clips, samples. Pictures are kept to 8 bits, as the teacher's and
// the judge's training pictures are, so that what comes from the cache is what was first made.

import { createRig, type Rig } from "../../pipeline/distill/rig.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import type { Camera, Renderer, Splats } from "../../pipeline/render/renderer.ts";
import { predictionsOfGuided } from "../../pipeline/teacher/guidance.ts";
import { sampleClip } from "../../pipeline/teacher/sample-clip.ts";
import type { Teacher } from "../../pipeline/teacher/teacher.ts";
import { bodySplats } from "./body-splats.ts";
import type { Cache } from "./cache.ts";
import { createPoser } from "./posed-splats.ts";
import type { Body } from "./true-case.ts";

export interface Look {
  /** Radians; the first view, the others evenly around. */
  azimuth: number;
  elevation: number;
}

export interface SampleSettings extends Look {
  guidance: number;
  steps: number;
}

export interface Stage {
  splats: Splats;
  rig: Rig;
  /** True clip of tracks [frames * points * 3]. */
  film(tracks: Float32Array, frames: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export async function createStage(
  body: Body,
  { width, height, views }: Teacher["manifest"],
  look: Look,
): Promise<Stage> {
  const splats = bodySplats(body);
  const renderer: Renderer = createCpuRenderer(splats, { width, height }, { threads: 0 });
  const cameras: Camera[] = Array.from({ length: views }, (_, view) => ({
    azimuth: look.azimuth + (view * 2 * Math.PI) / views,
    elevation: look.elevation,
  }));
  const pose = createPoser(splats, body.area);
  const rig = await createRig(renderer, splats, cameras);
  return {
    splats,
    rig,
    film: async (tracks, frames) => fromBytes(toBytes(await renderer.render(pose(tracks, frames), cameras))),
    dispose: () => renderer.dispose(),
  };
}

/** A sample of the teacher for a body and a prompt, from the cache where it was drawn before. */
export async function sampleOf(
  teacher: Teacher,
  stage: Stage,
  { body, prompt, seed }: { body: Body; prompt: string; seed: number },
  settings: SampleSettings,
  cache: Cache,
): Promise<Float32Array> {
  const { guidance, steps, azimuth, elevation } = settings;
  const { weightsHash } = teacher.manifest;
  const way = predictionsOfGuided(teacher.manifest, guidance) === 1 ? ["one prediction a step"] : [];
  const key = [weightsHash, body.setHash, body.name, prompt, seed, guidance, steps, azimuth, elevation, ...way];
  const bytes = await cache.remember("sample", key, async () => {
    const text = await teacher.encodeText(prompt);
    return toBytes(
      await sampleClip(teacher, stage.rig, text, { guidance, steps, seed: seedOf(body.name, prompt, seed) }),
    );
  });
  return fromBytes(bytes);
}

/** A number of its own for every case and seed: the same noise everywhere would make all samples err alike. */
function seedOf(name: string, prompt: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const sign of `${name} ${prompt}`) hash = Math.imul(hash ^ sign.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}

function toBytes(clip: Float32Array): Uint8Array {
  return Uint8Array.from(clip, (value) => Math.round(Math.min(1, Math.max(-1, value)) * 127.5 + 127.5));
}

function fromBytes(bytes: Uint8Array): Float32Array {
  return Float32Array.from(bytes, (value) => value / 127.5 - 1);
}
