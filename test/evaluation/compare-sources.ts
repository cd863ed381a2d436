// The static source: what the teacher brings along, against factors of the body's own and against shipped ones trained further on it.
// `node --import tsx test/evaluation/compare-sources.ts` asks about the recorded bodies of the evaluation set, with `--built` about the
// built ones, none of which the factors were trained on. Prints a line of JSON for each: squared errors of the still clip, by source and
// noise level, on a rig that nothing was trained on.

import { join } from "node:path";
import { openBackend } from "../../pipeline/backend.ts";
import { addNoise } from "../../pipeline/distill/noise.ts";
import { createRandom, fillNormal } from "../../pipeline/distill/random.ts";
import { createRig, type Rig, spreadCameras, staticClip } from "../../pipeline/distill/rig.ts";
import { PRESET_SETTINGS } from "../../pipeline/distill/settings.ts";
import { trainStaticSource } from "../../pipeline/distill/source.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { randomLora } from "../../pipeline/teacher/lora.ts";
import type { Lora } from "../../pipeline/teacher/teacher.ts";
import { bodySplats } from "./body-splats.ts";
import { readEvaluationSet } from "./evaluation-set.ts";
import type { Body } from "./true-case.ts";

const LEVELS = [0.85, 0.95];
const NOISES = 2;
const SEED = 11;
/** Training on the body's own rigs: from shipped or new factors, steps, rate, rigs. */
const TRAINED = {
  own: { shipped: false, maxSteps: 6, rate: 2e-3, rigs: 3 },
  further3: { shipped: true, maxSteps: 3, rate: 2e-3, rigs: 3 },
  further6: { shipped: true, maxSteps: 6, rate: 2e-3, rigs: 3 },
  gently12: { shipped: true, maxSteps: 12, rate: 5e-4, rigs: 6 },
};

const built = process.argv.includes("--built");
const set = await readEvaluationSet(join(import.meta.dirname, "../../.train/evaluation"));
const { teacher, dispose } = await openBackend({ device: "cpu", threads: 2, onNote: () => {} });
const { views, frames, width, height } = teacher.manifest;
if (!teacher.staticSource) throw new Error("The teacher brings no static source along: train-source.ts makes one.");
const shipped: Lora = teacher.staticSource;

async function rigsOf(body: Body, count: number): Promise<Rig[]> {
  const splats = bodySplats(body);
  const renderer = createCpuRenderer(splats, { width, height }, { threads: 0 });
  const rigs: Rig[] = [];
  for (const cameras of spreadCameras(count, views, PRESET_SETTINGS.draft.elevations, createRandom(SEED))) {
    rigs.push(await createRig(renderer, splats, cameras));
  }
  await renderer.dispose();
  return rigs;
}

/** Squared error of the still clip, without a prompt. */
async function errorOf(rig: Rig, lora: Lora | null, level: number): Promise<number> {
  const clip = staticClip(rig, frames);
  const conditions = [{ text: null, rest: rig.rest, cameras: rig.cameras }];
  let sum = 0;
  for (let draw = 0; draw < NOISES; draw++) {
    const noise = fillNormal(new Float32Array(clip.length), createRandom(5, draw));
    const clips = addNoise(clip, noise, level);
    const prediction = await teacher.predict({ clips, levels: [level], conditions, lora });
    for (let i = 0; i < clip.length; i++) sum += (prediction[i] - clip[i]) ** 2;
  }
  return sum / (clip.length * NOISES);
}

const bodies = new Map(set.cases.filter((one) => one.built === built).map(({ body }) => [body.name, body]));
for (const body of bodies.values()) {
  const [checked, asked, ...rigs] = await rigsOf(body, 8);
  const sources: Record<string, Lora | null> = { none: null, shipped };
  for (const [name, { shipped: begun, rigs: count, ...options }] of Object.entries(TRAINED)) {
    const random = createRandom(SEED, 1);
    const initial = begun ? shipped : randomLora(teacher.manifest, random);
    // All of the steps, the best check of them.
    const all = { ...options, checkEvery: 3, minGain: Number.NEGATIVE_INFINITY };
    sources[name] = (await trainStaticSource(teacher, rigs.slice(0, count), [checked], initial, random, all)).lora;
  }
  const errors: Record<string, number[]> = {};
  for (const [name, lora] of Object.entries(sources)) {
    errors[name] = [];
    for (const level of LEVELS) errors[name].push(Number((await errorOf(asked, lora, level)).toPrecision(3)));
  }
  process.stdout.write(`${JSON.stringify({ body: body.name, levels: LEVELS, errors })}\n`);
}
await dispose();
