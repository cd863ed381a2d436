// Contact sheets of clips for people: rows of frames with their labels, written as JPEG.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { contactSheet, separateImages } from "../../pipeline/render/contact-sheet.ts";

export interface SheetRow {
  /** Below the first view's pictures, spread over as many cells as it takes. */
  label: string;
  /** [views, 3, frames, size, size], -1..1. */
  clip: Float32Array;
}

export interface SheetShape {
  views: number;
  frames: number;
  size: number;
}

const SHOWN_VIEWS = 2;
const COLUMNS = 8;
/** Letters that one cell holds at the sheet's scale. */
const LETTERS = 23;

/** Writes `<folder>/<name>.jpg`: a row a clip, two views beside each other, eight frames a view. @returns the file. */
export async function writeSheet(folder: string, name: string, rows: readonly SheetRow[], shape: SheetShape) {
  const { frames, size } = shape;
  const shown = Array.from({ length: COLUMNS }, (_, i) => Math.floor((i * frames) / COLUMNS));
  const images: Float32Array[] = [];
  const labels: string[] = [];
  for (const { label, clip } of rows) {
    const pictures = separateImages(clip, { cameras: shape.views, frames, width: size, height: size });
    for (let view = 0; view < SHOWN_VIEWS; view++) {
      shown.forEach((frame, column) => {
        images.push(pictures[view * frames + frame]);
        const at = (view * COLUMNS + column) * LETTERS;
        labels.push(label.slice(at, at + LETTERS));
      });
    }
  }
  const sheet = contactSheet(
    { width: size, height: size, images },
    { rows: rows.length, columns: SHOWN_VIEWS * COLUMNS, labels, scale: 2, gap: 2 },
  );
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name.replace(/[^\w-]+/g, "_")}.jpg`);
  await sharp(sheet.data, { raw: { width: sheet.width, height: sheet.height, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality: 88 })
    .toFile(file);
  return file;
}
