import assert from "node:assert/strict";
import { describe, test } from "node:test";
import sharp from "sharp";
import { previewSheet } from "../../pipeline/encode/preview.ts";

/** Plain images: red is the camera, green the frame, blue constant. */
function plainClip(cameras: number, frames: number, side: number) {
  const images = new Float32Array(cameras * 3 * frames * side * side);
  for (let camera = 0; camera < cameras; camera++) {
    for (let channel = 0; channel < 3; channel++) {
      for (let frame = 0; frame < frames; frame++) {
        const value = [camera / 4, frame / frames, 0.5][channel];
        const at = ((camera * 3 + channel) * frames + frame) * side * side;
        images.fill(2 * value - 1, at, at + side * side);
      }
    }
  }
  return { cameras, frames, width: side, height: side, images };
}

async function pixels(png: Uint8Array) {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return {
    info,
    at: (x: number, y: number) => [...data.subarray((y * info.width + x) * info.channels).subarray(0, 3)],
  };
}

describe("previewSheet", () => {
  test("lays cameras down and frames across", async () => {
    const options = { tile: 32, gap: 4, columns: 8, cameras: [0, 2], loop: true };
    const { info, at } = await pixels(await previewSheet(plainClip(4, 16, 12), options));
    assert.deepEqual([info.format, info.width, info.height], ["raw", 4 + 8 * 36, 4 + 2 * 36]);
    for (const [row, camera] of [0, 2].entries()) {
      for (let column = 0; column < 8; column++) {
        const expected = [camera / 4, (column * 2) / 16, 0.5].map((value) => Math.round(value * 255));
        assert.deepEqual(at(4 + column * 36 + 16, 4 + row * 36 + 16), expected, `row ${row}, column ${column}`);
      }
    }
    assert.deepEqual(at(1, 1), [250, 250, 250]);
  });

  test("shows both ends of a clip that does not loop", async () => {
    const { at } = await pixels(await previewSheet(plainClip(1, 15, 8), { tile: 16, gap: 0, loop: false }));
    assert.equal(at(8, 8)[1], 0);
    assert.equal(at(7 * 16 + 8, 8)[1], Math.round((14 / 15) * 255));
  });

  test("makes do with fewer cameras and frames; clamps colours", async () => {
    const clip = plainClip(1, 3, 8);
    clip.images.fill(1.7);
    const { info, at } = await pixels(await previewSheet(clip, { tile: 16, gap: 0 }));
    assert.deepEqual([info.width, info.height], [48, 16]);
    assert.deepEqual(at(20, 8), [255, 255, 255]);
  });

  test("refuses images of another size", async () => {
    await assert.rejects(previewSheet({ ...plainClip(1, 3, 8), frames: 4 }), /768 values was given 576/);
  });
});
