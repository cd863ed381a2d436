// Lays rendered images out in a labelled grid, for previews and for people who want to see what the renderer sees. Pure: the
// encode room turns the result into a file.

import { AnimusError } from "../errors.ts";
import { drawText, GLYPH_HEIGHT } from "./glyphs.ts";

export interface ContactSheetOptions {
  rows: number;
  columns: number;
  /** Text under each cell, in reading order; drawn in capitals, cut where the cell ends. */
  labels?: readonly string[];
  /** Whole number of screen pixels a side for each pixel of an image. */
  scale?: number;
  /** Pixels between cells and around them. */
  gap?: number;
}

export const CONTACT_SHEET_DEFAULTS = { scale: 2, gap: 4 } as const;

/** Equally large images: planar RGB, -1..1, as the renderer gives them. */
export interface ImageStack {
  width: number;
  height: number;
  /** Each [3, height, width]. */
  images: readonly Float32Array[];
}

/** An 8-bit picture, rows from the top, 4 bytes a pixel. */
export interface RgbaImage {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

const PAPER = 255;
const INK = 60;
const LABEL_MARGIN = 3;

/**
 * Draws the images row by row; cells without an image stay blank.
 *
 * @example
 * const { data, width, height } = contactSheet({ width: 48, height: 48, images }, { rows: 4, columns: 16 });
 *
 * @throws AnimusError (internal) where there are more images than cells or one has the wrong size.
 */
export function contactSheet({ width, height, images }: ImageStack, options: ContactSheetOptions): RgbaImage {
  const { rows, columns, labels, scale, gap } = { ...CONTACT_SHEET_DEFAULTS, ...options };
  if (images.length > rows * columns) {
    throw new AnimusError("internal", `${images.length} images do not fit into ${rows} x ${columns} cells.`);
  }
  const cellWidth = width * scale + gap;
  const cellHeight = height * scale + gap + (labels ? GLYPH_HEIGHT + LABEL_MARGIN : 0);
  const sheet: RgbaImage = {
    width: columns * cellWidth + gap,
    height: rows * cellHeight + gap,
    data: new Uint8ClampedArray((columns * cellWidth + gap) * (rows * cellHeight + gap) * 4).fill(PAPER),
  };
  images.forEach((image, cell) => {
    if (image.length !== 3 * width * height) {
      throw new AnimusError(
        "internal",
        `Image ${cell} has ${image.length} numbers where 3 x ${height} x ${width} are needed.`,
      );
    }
    const left = gap + (cell % columns) * cellWidth;
    const top = gap + Math.floor(cell / columns) * cellHeight;
    for (let y = 0; y < height * scale; y++) {
      for (let x = 0; x < width * scale; x++) {
        const pixel = Math.floor(y / scale) * width + Math.floor(x / scale);
        const to = ((top + y) * sheet.width + left + x) * 4;
        for (let c = 0; c < 3; c++) sheet.data[to + c] = (image[c * width * height + pixel] + 1) * 127.5;
      }
    }
    const label = labels?.[cell];
    if (label) drawText(sheet, label, left, top + height * scale + LABEL_MARGIN, width * scale, INK);
  });
  return sheet;
}

/**
 * Cuts a renderer's result into its images, camera by camera and frame by frame.
 * @param result [cameras, 3, frames, height, width]
 */
export function separateImages(
  result: Float32Array,
  { cameras, frames, width, height }: { cameras: number; frames: number; width: number; height: number },
): Float32Array[] {
  const plane = width * height;
  return Array.from({ length: cameras * frames }, (_, index) => {
    const image = new Float32Array(3 * plane);
    for (let c = 0; c < 3; c++) {
      const offset = ((Math.floor(index / frames) * 3 + c) * frames + (index % frames)) * plane;
      image.set(result.subarray(offset, offset + plane), c * plane);
    }
    return image;
  });
}
