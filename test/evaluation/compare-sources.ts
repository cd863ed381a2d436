// The static source: one of the body's own, as the loop trains it, against one that is trained once on many bodies. Learns from the
// evaluation set's built bodies and asks about the recorded ones. `node --import tsx test/evaluation/compare-sources.ts [steps]`
// prints a line of JSON for each: squared errors of the still clip, by source and noise level, on a rig that nobody was trained on.

import { join } from "node:path";
import { openBackend } from "../../pipeline/backend.ts";
import { addNoise } from "../../pipeline/distill/noise.ts";
import { createRandom, fillNormal, shuffled } from "../../pipeline/distill/random.ts";
import { createRig, type Rig, spreadCameras, staticClip } from "../../pipeline/distill/rig.ts";
import { PRESET_SETTINGS } from "../../pipeline/distill/settings.ts";
import { trainStaticSource } from "../../pipeline/distill/source.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { randomLora, zeroLora } from "../../pipeline/teacher/lora.ts";
import type { Lora } from "../../pipeline/teacher/teacher.ts";
import { bodySplats } from "./body-splats.ts";
import { readEvaluationSet } from "./evaluation-set.ts";
import type { Body } from "./true-case.ts";

const LEVELS = [0.85, 0.95];
const NOISES = 2;
const steps = Number(process.argv[2] ?? 120);
const { source: own, elevations } = PRESET_SETTINGS.draft;

const set = await readEvaluationSet(join(import.meta.dirname, "../../.train/evaluation"));
const { teacher, dispose } = await openBackend({ device: "cpu", threads: 2, onNote: () => {} });
const { views, frames, width, height } = teacher.manifest;
const random = createRandom(11);

async function rigsOf(body: Body, count: number): Promise<Rig[]> {
  const splats = bodySplats(body);
  const renderer = createCpuRenderer(splats, { width, height }, { threads: 0 });
  const rigs: Rig[] = [];
  for (const cameras of spreadCameras(count, views, elevations, random)) {
    rigs.push(await createRig(renderer, splats, cameras));
  }
  await renderer.dispose();
  return rigs;
}

/** Squared error of the still clip, without a prompt. */
async function errorOf(rig: Rig, lora: Lora, level: number): Promise<number> {
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

const bodies = [...new Map(set.cases.map(({ body, built }) => [body.name, { body, built }])).values()];
const rigs: Rig[] = [];
const heldOut: Rig[] = [];
for (const { body, built } of bodies) {
  if (!built) continue;
  const [last, ...others] = await rigsOf(body, 3);
  heldOut.push(last);
  rigs.push(...others);
}
const mixed = shuffled(rigs.length, random).map((i) => rigs[i]);
const once = await trainStaticSource(teacher, mixed, heldOut[0], randomLora(teacher.manifest, random), random, {
  ...own,
  maxSteps: steps,
  checkEvery: 20,
  // All of the steps: the best check is kept.
  minGain: Number.NEGATIVE_INFINITY,
});
process.stderr.write(`one source for ${heldOut.length} bodies: ${once.steps} steps, ${JSON.stringify(once.heldOut)}\n`);

for (const { body, built } of bodies) {
  if (built) continue;
  const [checked, asked, ...trained] = await rigsOf(body, 5);
  const fresh = await trainStaticSource(teacher, trained, checked, randomLora(teacher.manifest, random), random, own);
  const further = await trainStaticSource(teacher, trained, checked, once.lora, random, own);
  const sources = { none: zeroLora(teacher.manifest), own: fresh.lora, once: once.lora, further: further.lora };
  const errors: Record<string, number[]> = {};
  for (const [name, lora] of Object.entries(sources)) {
    errors[name] = [];
    for (const level of LEVELS) errors[name].push(Number((await errorOf(asked, lora, level)).toPrecision(3)));
  }
  process.stdout.write(`${JSON.stringify({ body: body.name, levels: LEVELS, errors })}\n`);
}
await dispose();
