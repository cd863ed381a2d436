// Contact sheets: where images, gaps and labels land, and how a renderer's result is cut up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { contactSheet, separateImages } from "../../pipeline/render/contact-sheet.ts";

const flat = (red: number, green: number, blue: number) =>
  Float32Array.from({ length: 12 }, (_, i) => [red, green, blue][Math.floor(i / 4)]);

test("images lie in reading order on white paper", () => {
  const images = [flat(-1, -1, -1), flat(1, -1, -1), flat(-1, 0, 1)];
  const sheet = contactSheet({ width: 2, height: 2, images }, { rows: 2, columns: 2, scale: 3, gap: 1 });
  assert.deepEqual([sheet.width, sheet.height], [15, 15]);
  const at = (x: number, y: number) => [...sheet.data.subarray((y * 15 + x) * 4, (y * 15 + x) * 4 + 4)];
  assert.deepEqual(at(0, 0), [255, 255, 255, 255]);
  assert.deepEqual(at(1, 1), [0, 0, 0, 255]);
  assert.deepEqual(at(6, 6), [0, 0, 0, 255]);
  assert.deepEqual(at(7, 6), [255, 255, 255, 255]);
  assert.deepEqual(at(8, 6), [255, 0, 0, 255]);
  assert.deepEqual(at(1, 8), [0, 128, 255, 255]);
  assert.deepEqual(at(10, 10), [255, 255, 255, 255]);
});

test("a label stands under its cell and is cut at the cell's edge", () => {
  const draw = (label: string) =>
    contactSheet(
      { width: 2, height: 2, images: [flat(1, 1, 1)] },
      { rows: 1, columns: 1, scale: 4, gap: 2, labels: [label] },
    );
  const dark = (label: string) => draw(label).data.filter((value, i) => i % 4 === 0 && value < 128).length;
  assert.equal(dark("l"), 7);
  assert.equal(dark("li"), 7 + 9);
  assert.equal(dark("lil"), 7 + 9);
  assert.equal(dark("\u00e9"), 0);
  assert.throws(
    () => contactSheet({ width: 2, height: 2, images: [flat(0, 0, 0), flat(0, 0, 0)] }, { rows: 1, columns: 1 }),
    /do not fit/,
  );
});

test("a result is cut camera by camera, frame by frame", () => {
  const result = Float32Array.from({ length: 2 * 3 * 4 * 6 }, (_, i) => i);
  const images = separateImages(result, { cameras: 2, frames: 4, width: 3, height: 2 });
  assert.equal(images.length, 8);
  assert.deepEqual([...images[5].subarray(0, 6)], [78, 79, 80, 81, 82, 83]);
  assert.equal(images[5][6], 72 + 24 + 6);
});
