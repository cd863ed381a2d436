// Trains the static source that the teacher's folder brings along: low-rank factors with which the teacher predicts bodies standing still,
// learnt by the loop's own trainStaticSource from bodies that the teacher was trained on, each in views of its own.
// Usage: node --import tsx train-source.ts BODIES FOLDER [steps]
// BODIES: what source_bodies.py writes. FOLDER: the exported teacher; gets static-source.bin and the field `staticSource` of teacher.json.

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SIGMA_PER_SPACING } from "../../asset/sample-splats.ts";
import { openBackend } from "../../backend.ts";
import { createRandom, shuffled } from "../../distill/random.ts";
import { createRig, spreadCameras } from "../../distill/rig.ts";
import { PRESET_SETTINGS } from "../../distill/settings.ts";
import { trainStaticSource } from "../../distill/source.ts";
import { createCpuRenderer } from "../../render/cpu-renderer.ts";
import type { Splats } from "../../render/renderer.ts";
import { shade } from "../../render/shading.ts";
import { randomLora } from "../lora.ts";
import { encodeStaticSource } from "../static-source.ts";

const SEED = 11;
/** Bodies that are not trained on: the best of the checks on these is written. */
const HELD_OUT = 12;
const RATE = 2e-3;
const CHECK_EVERY = 20;
const DECAY_AFTER = 0.5;
/** Wider than what trains on one asset: the loop asks up to 0.98, an inversion and a refinement below 0.4. */
const LEVELS = [0.3, 0.99] as const;
const FILE = "static-source.bin";

interface StillBody {
  name: string;
  /** Surface area, normalised units squared. */
  area: number;
  /** Byte offsets of f32, f32 and u8, three a point. */
  positions: number;
  normals: number;
  colours: number;
}

function splatsOf({ area, ...at }: StillBody, data: Buffer, count: number): Splats {
  const floats = (offset: number) =>
    Float32Array.from({ length: count * 3 }, (_, i) => data.readFloatLE(offset + 4 * i));
  const normals = floats(at.normals);
  const albedo = Float32Array.from(data.subarray(at.colours, at.colours + count * 3), (value) => value / 255);
  const sigmas = new Float32Array(count).fill(SIGMA_PER_SPACING * Math.sqrt(area / count));
  return { count, positions: floats(at.positions), normals, colors: shade(albedo, normals), sigmas };
}

const [set, folder, steps = 200] = process.argv.slice(2).map((word, i) => (i === 2 ? Number(word) : word)) as [
  string?,
  string?,
  number?,
];
if (!set || !folder || !(steps > 0)) throw new Error("Usage: train-source.ts BODIES FOLDER [steps]");
const { points, bodies } = JSON.parse(await readFile(join(set, "bodies.json"), "utf8")) as {
  points: number;
  bodies: StillBody[];
};
const data = await readFile(join(set, "bodies.bin"));
const { teacher, dispose } = await openBackend({ device: "cpu", threads: 2, directory: folder });
const { views, width, height } = teacher.manifest;
const random = createRandom(SEED);

// Bodies in random order, one rig of each; the rigs' turns and elevations are spread over all of them.
const chosen = shuffled(bodies.length, random).slice(0, HELD_OUT + steps);
const cameras = spreadCameras(chosen.length, views, PRESET_SETTINGS.draft.elevations, random);
const rigs = [];
for (const [i, body] of chosen.entries()) {
  const splats = splatsOf(bodies[body], data, points);
  const renderer = createCpuRenderer(splats, { width, height }, { threads: 0 });
  rigs.push(await createRig(renderer, splats, cameras[i]));
  await renderer.dispose();
}
const begun = performance.now();
const [heldOut, trained] = [rigs.slice(0, HELD_OUT), rigs.slice(HELD_OUT)];
const found = await trainStaticSource(teacher, trained, heldOut, randomLora(teacher.manifest, random), random, {
  maxSteps: steps,
  rate: RATE,
  checkEvery: CHECK_EVERY,
  decayAfter: DECAY_AFTER,
  levels: LEVELS,
  // All of the steps: the best check is kept.
  minGain: Number.NEGATIVE_INFINITY,
  onStep: (step, loss) => process.stderr.write(`${step} ${loss.toExponential(2)}\n`),
});
await dispose();

const bytes = encodeStaticSource(found.lora);
await writeFile(join(folder, FILE), bytes);
const manifest = join(folder, "teacher.json");
const staticSource = { file: FILE, hash: createHash("sha256").update(bytes).digest("hex") };
const told = { ...JSON.parse(await readFile(manifest, "utf8")), staticSource };
await writeFile(manifest, `${JSON.stringify(told, null, 2)}\n`);
const seconds = Math.round((performance.now() - begun) / 1000);
const used = `${trained.length} rigs of as many bodies, ${heldOut.length} held out, seed ${SEED}, ${seconds} s`;
process.stderr.write(`${used}: step ${found.steps} is the best, ${JSON.stringify(found.heldOut)}\n`);
