// Looks at the shipped teacher through the product's own eyes: imports models, renders their rest frames, samples joint clips
// for prompts and writes a contact sheet (two of the views, eight of the frames a row).
//
//     node --import tsx sample-sheet.ts out.jpg tiger.glb="a tiger walking" robot.glb="a robot falling over" ...

import sharp from "sharp";
import { importAsset } from "../../asset/import-asset.ts";
import { sampleSplats } from "../../asset/sample-splats.ts";
import { createRig } from "../../distill/rig.ts";
import { contactSheet, separateImages } from "../../render/contact-sheet.ts";
import { createCpuRenderer } from "../../render/cpu-renderer.ts";
import { loadTeacher } from "../load-teacher.ts";
import { sampleClip } from "../sample-clip.ts";

const AZIMUTH = 0.6;
const ELEVATION = 0.2;
const SHOWN_VIEWS = [0, 1];
const SHOWN_FRAMES = [0, 2, 4, 6, 8, 10, 12, 15];

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
  const rig = await createRig(renderer, splats, cameras);
  const clip = await sampleClip(teacher, rig, await teacher.encodeText(prompt));
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
