// Manifests at fault: the message names the file, the key and what the key must be.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AnimusError } from "../../pipeline/errors.ts";
import { randomLora, zeroLora } from "../../pipeline/teacher/lora.ts";
import { parseManifest } from "../../pipeline/teacher/manifest.ts";

const good = {
  name: "test",
  version: "1.0.0",
  license: "CC0-1.0",
  views: 4,
  frames: 16,
  width: 48,
  height: 48,
  channels: 3,
  prediction: "x0",
  schedule: { type: "rectified-flow" },
  conditioning: { text: { encoder: "e", tokens: 16, width: 512 }, restFrame: true, camera: true },
  lora: {
    rank: 2,
    tensors: [
      { name: "qkv_down", shape: [3, 12, 2] },
      { name: "qkv_up", shape: [3, 2, 36] },
    ],
  },
  graphs: { denoise: "denoise.onnx", loraGradient: "lora-gradient.onnx" },
  weights: "weights.bin",
  weightsHash: "0".repeat(64),
};

const refused = (change: object, ...words: string[]) =>
  assert.throws(
    () => parseManifest(JSON.stringify({ ...good, ...change }), "here/teacher.json"),
    (error: AnimusError) =>
      error.code === "teacher" &&
      error.file === "here/teacher.json" &&
      words.every((word) => error.message.includes(word)),
  );

describe("teacher.json", () => {
  test("is read", () => assert.deepEqual(parseManifest(JSON.stringify(good), "teacher.json"), good));

  test("must be JSON", () => {
    assert.throws(
      () => parseManifest("{", "here/teacher.json"),
      (error: AnimusError) => error.code === "teacher",
    );
    assert.throws(
      () => parseManifest("null", "here/teacher.json"),
      (error: AnimusError) => error.code === "teacher",
    );
  });

  test("must have every key, of its kind", () => {
    refused({ views: 0 }, '"views"', "positive integer", "0");
    refused({ frames: undefined }, '"frames"', "missing");
    refused({ prediction: "epsilon" }, '"prediction"', '"x0"', "epsilon");
    refused({ schedule: {} }, '"schedule.type"', "rectified-flow");
    refused({ conditioning: { ...good.conditioning, text: null } }, '"conditioning.text.encoder"');
    refused({ weightsHash: "abc" }, '"weightsHash"', "SHA-256");
    refused({ lora: { rank: 2, tensors: [{ name: "a", shape: [] }] } }, '"lora.tensors"');
  });

  test("may say up to which scale the teacher answers guided clips at once", () => {
    const distilled = { ...good, guidance: [1, 16] };
    assert.deepEqual(parseManifest(JSON.stringify(distilled), "teacher.json"), distilled);
    for (const guidance of [16, [16], [2, 16], [1, 1], [1, "16"], [1, 4, 16], null]) {
      refused({ guidance }, '"guidance"', "[1, the largest scale], or left out");
    }
  });

  test("may name a static source and its hash", () => {
    const bringing = { ...good, staticSource: { file: "static-source.bin", hash: "0".repeat(64) } };
    assert.deepEqual(parseManifest(JSON.stringify(bringing), "teacher.json"), bringing);
    for (const staticSource of [
      "static-source.bin",
      null,
      {},
      { file: "static-source.bin" },
      { file: "x", hash: "abc" },
    ]) {
      refused({ staticSource }, '"staticSource"', "{ file, hash }");
    }
    refused({ staticSource: { ...bringing.staticSource, file: "../static-source.bin" } }, '"staticSource"');
  });

  test("must not reach outside its folder", () => {
    refused({ weights: "../weights.bin" }, '"weights"', "../weights.bin");
    refused({ graphs: { ...good.graphs, denoise: "/etc/passwd" } }, '"graphs.denoise"');
    refused({ graphs: { ...good.graphs, denoiseHalf: "../half.onnx" } }, '"graphs.denoiseHalf"');
    refused({ graphs: { ...good.graphs, denoiseCuda: "../cuda.onnx" } }, '"graphs.denoiseCuda"');
  });
});

describe("LoRA factors", () => {
  const manifest = parseManifest(JSON.stringify(good), "teacher.json");

  test("have the manifest's sizes", () => {
    assert.deepEqual(
      zeroLora(manifest).tensors.map((t) => t.length),
      [72, 216],
    );
  });

  test("begin with a zero product: reducing factors random with variance 1 / width, expanding ones zero", () => {
    const large = {
      ...manifest,
      lora: {
        rank: 8,
        tensors: [
          { name: "qkv_down", shape: [12, 384, 8] },
          { name: "qkv_up", shape: [1] },
        ],
      },
    };
    let seed = 1;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const [down, up] = randomLora(large, random).tensors;
    const variance = down!.reduce((sum, x) => sum + x * x, 0) / down!.length;
    assert.ok(Math.abs(variance * 384 - 1) < 0.05, `variance ${variance}`);
    assert.ok(up!.every((x) => x === 0));
  });
});
