// Looks at the shipped teacher through the product's own eyes: imports models, renders their rest frames, samples joint clips
// for prompts and writes a contact sheet (two of the views, eight of the frames a row).
//
//     node --import tsx sample-sheet.ts out.jpg tiger.glb="a tiger walking" robot.glb="a robot falling over" ...

import sharp from "sharp";
import { importAsset } from "../../asset/import-asset.ts";
import { sampleSplats } from "../../asset/sample-splats.ts";
import { createRandom, fillNormal } from "../../distill/random.ts";
import { createRig, type Rig } from "../../distill/rig.ts";
import { contactSheet, separateImages } from "../../render/contact-sheet.ts";
import { createCpuRenderer } from "../../render/cpu-renderer.ts";
import { loadTeacher } from "../load-teacher.ts";
import type { Teacher } from "../teacher.ts";

const GUIDANCE = 2;
const STEPS = 20;
const AZIMUTH = 0.6;
const ELEVATION = 0.2;
const SHOWN_VIEWS = [0, 1];
const SHOWN_FRAMES = [0, 2, 4, 6, 8, 10, 12, 15];

/** Integrates the flow from noise to a clip with classifier-free guidance, [views, 3, frames, height, width]. */
async function sampleClip(teacher: Teacher, rig: Rig, prompt: string, seed: number): Promise<Float32Array> {
  const text = await teacher.encodeText(prompt);
  const length = rig.rest.length * teacher.manifest.frames;
  let clip = fillNormal(new Float32Array(length), createRandom(seed));
  const shared = { rest: rig.rest, cameras: rig.cameras };
  for (let step = 0; step < STEPS; step++) {
    const [now, next] = [1 - step / STEPS, 1 - (step + 1) / STEPS];
    const clips = new Float32Array(length * 2);
    clips.set(clip);
    clips.set(clip, length);
    const conditions = [
      { text, ...shared },
      { text: null, ...shared },
    ];
    const pair = await teacher.predict({ clips, levels: [now, now], conditions, lora: null });
    clip = clip.map((value, i) => {
      const x0 = Math.min(1.1, Math.max(-1.1, pair[length + i] + GUIDANCE * (pair[i] - pair[length + i])));
      return (1 - next) * x0 + (next * (value - (1 - now) * x0)) / now;
    });
  }
  return clip;
}

const [out, ...cases] = process.argv.slice(2);
const teacher = await loadTeacher({ device: "cpu" });
const { width, height, frames, views } = teacher.manifest;
const images: Float32Array[] = [];
const labels: string[] = [];
for (const entry of cases) {
  const cut = entry.indexOf("=");
  const asset = await importAsset(entry.slice(0, cut));
  const prompt = entry.slice(cut + 1);
  const { splats } = sampleSplats(asset);
  const renderer = createCpuRenderer(splats, { width, height });
  const cameras = Array.from({ length: views }, (_, view) => ({
    azimuth: AZIMUTH + (view * 2 * Math.PI) / views,
    elevation: ELEVATION,
  }));
  const clip = await sampleClip(teacher, await createRig(renderer, splats, cameras), prompt, 0);
  await renderer.dispose();
  const pictures = separateImages(clip, { cameras: views, frames, width, height });
  for (const view of SHOWN_VIEWS) {
    // The prompt stands below the row's pictures, spread over as many cells as it takes.
    const words = prompt.match(/.{1,14}(\s|$)/g) ?? [prompt];
    SHOWN_FRAMES.forEach((frame, column) => {
      images.push(pictures[view * frames + frame]);
      labels.push(view === SHOWN_VIEWS[0] ? (words[column] ?? "").trim() : "");
    });
  }
  console.log(prompt);
}
await teacher.dispose();
const sheet = contactSheet(
  { width, height, images },
  { rows: images.length / SHOWN_FRAMES.length, columns: SHOWN_FRAMES.length, labels, scale: 2 },
);
await sharp(sheet.data, { raw: { width: sheet.width, height: sheet.height, channels: 4 } })
  .removeAlpha()
  .jpeg({ quality: 88 })
  .toFile(out);
