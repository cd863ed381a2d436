// The arithmetic floor of the teacher bench: counts by hand on a tiny network, the shipped graph, and the peak's own graph.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { EMBEDDED } from "../../pipeline/teacher/load-teacher.ts";
import { nodeRuntime } from "../../pipeline/teacher/ort-node.ts";
import { countMultiplyAdds, total, totalOfGradient } from "./multiply-adds.ts";
import { initialiserShapes, productChain } from "./onnx-file.ts";

test("counts a network of one block by hand", () => {
  const shapes = new Map([
    ["time_position", [2, 1, 4]],
    ["space_position", [1, 3, 4]],
    ["blocks.0.qkv.weight", [12, 4]],
    ["blocks.0.out.weight", [4, 4]],
    ["blocks.0.out.bias", [4]],
    ["head.enter.weight", [5, 2, 3, 3]],
  ]);
  const count = countMultiplyAdds(shapes, { views: 2, frames: 4, pixels: 9, textTokens: 1, rank: 2 });
  const tokens = 2 * 2 * 3 + 1;
  assert.equal(count.linear, tokens * (48 + 16));
  assert.equal(count.attention, 2 * tokens * tokens * 4);
  assert.equal(count.lora, tokens * 2 * (12 + 4 + 4 + 4));
  assert.equal(count.convolution, 2 * 4 * 9 * 90);
  assert.equal(total(count), count.linear + count.attention + count.lora + count.convolution);
  assert.equal(totalOfGradient(count), total(count) * 2 + count.attention + count.lora);
});

test("refuses a matrix that it has no rule for", () => {
  const shapes = new Map([
    ["time_position", [2, 1, 4]],
    ["space_position", [1, 3, 4]],
    ["novelty.weight", [4, 4]],
  ]);
  const options = { views: 1, frames: 4, pixels: 9, textTokens: 1, rank: 2 };
  assert.throws(() => countMultiplyAdds(shapes, options), /novelty\.weight/);
});

test("reads every weight of the shipped graph", async () => {
  const { graphs, weights } = JSON.parse(await readFile(join(EMBEDDED, "teacher.json"), "utf8"));
  const shapes = initialiserShapes(await readFile(join(EMBEDDED, graphs.denoise)));
  const half = [...shapes].filter(([name]) => name.startsWith("half."));
  const numbers = half.reduce((sum, [, shape]) => sum + shape.reduce((size, n) => size * n, 1), 0);
  const { length } = await readFile(join(EMBEDDED, weights));
  assert.ok(2 * numbers <= length && length < 2 * numbers + 64 * half.length, `${numbers} weights in ${length} bytes`);
});

test("multiplies matrices as often as told", async () => {
  const directory = await mkdtemp(join(tmpdir(), "products-"));
  try {
    await writeFile(join(directory, "a.onnx"), productChain(64, 3));
    const session = await (await nodeRuntime("cpu", 1)).open({ directory, graph: "a.onnx", weights: "" });
    const column = { data: new Float32Array(64).fill(1), shape: [64, 1] };
    // A = column row; each further product scales by 64 * 2 / 64: the chain of three gives A * 2^3.
    const row = { data: new Float32Array(64).fill(2 / 64), shape: [1, 64] };
    const { most } = await session.run({ column, row });
    await session.release();
    assert.ok(Math.abs(most!.data[0]! - 2 ** 4 / 64) < 1e-6, `${most!.data[0]}`);
  } finally {
    await rm(directory, { recursive: true });
  }
});
