// The picture of a clip that people look at: a contact sheet, cameras down, frames across. Images in, PNG bytes out.

import sharp from "sharp";
import { AnimusError } from "../errors.ts";

export interface PreviewOptions {
  /** Which cameras become rows; those that the images lack are left out. */
  cameras: readonly number[];
  /** Columns: frames spread evenly over the clip; fewer where it has fewer. */
  columns: number;
  /** Side of one picture on the sheet, pixels. */
  tile: number;
  /** Pixels between pictures and around the sheet, and their grey (0..255). */
  gap: number;
  background: number;
  loop: boolean;
}

export const PREVIEW_DEFAULTS: PreviewOptions = {
  cameras: [0, 1],
  columns: 8,
  tile: 144,
  gap: 4,
  background: 250,
  loop: true,
};

export interface ClipImages {
  cameras: number;
  frames: number;
  width: number;
  height: number;
  /** [cameras, 3, frames, height, width], -1..1, the layout of `Renderer.render`. */
  images: Float32Array;
}

export async function previewSheet(clip: ClipImages, options: Partial<PreviewOptions> = {}): Promise<Uint8Array> {
  const { cameras, columns, tile, gap, background, loop } = { ...PREVIEW_DEFAULTS, ...options };
  const expected = clip.cameras * 3 * clip.frames * clip.height * clip.width;
  if (clip.images.length !== expected) {
    throw new AnimusError("internal", `A preview of ${expected} values was given ${clip.images.length}.`);
  }
  const rows = cameras.filter((camera) => camera < clip.cameras);
  const frames = chooseFrames(clip.frames, columns, loop);
  const height = Math.round((tile * clip.height) / clip.width);
  const tiles = rows.flatMap((camera, row) =>
    frames.map(async (frame, column) => ({
      input: await sharp(toRgb(clip, camera, frame), { raw: { width: clip.width, height: clip.height, channels: 3 } })
        .resize(tile, height, { kernel: "cubic" })
        .png()
        .toBuffer(),
      left: gap + column * (tile + gap),
      top: gap + row * (height + gap),
    })),
  );
  const sheet = sharp({
    create: {
      width: gap + frames.length * (tile + gap),
      height: gap + rows.length * (height + gap),
      channels: 3,
      background: { r: background, g: background, b: background },
    },
  });
  return sheet
    .composite(await Promise.all(tiles))
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** A loop's last picture is not its first again; other clips show both ends. */
function chooseFrames(frames: number, columns: number, loop: boolean): number[] {
  const count = Math.min(frames, columns);
  return Array.from({ length: count }, (_, i) =>
    loop ? Math.floor((i * frames) / count) : count === 1 ? 0 : Math.round((i * (frames - 1)) / (count - 1)),
  );
}

/** One image as interleaved 8-bit RGB. */
function toRgb({ frames, width, height, images }: ClipImages, camera: number, frame: number): Uint8Array {
  const area = width * height;
  const out = new Uint8Array(area * 3);
  for (let channel = 0; channel < 3; channel++) {
    const from = ((camera * 3 + channel) * frames + frame) * area;
    for (let p = 0; p < area; p++) {
      out[p * 3 + channel] = Math.round(Math.min(1, Math.max(0, (images[from + p] + 1) / 2)) * 255);
    }
  }
  return out;
}
