// The renderer and the teacher chosen together, and a whole build on a GPU: an emulated one, the teacher then on the CPU.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Backend, openBackend } from "../../pipeline/backend.ts";
import { type BuildOptions, buildClip } from "../../pipeline/build.ts";
import { CLIP_DEFAULTS } from "../../pipeline/clip-spec.ts";
import { decodeMotionField } from "../../runtime/decode.ts";
import { openTestGpu } from "../device/test-gpu.ts";
import { temporaryFolder } from "../watch/folder.ts";

const MODEL = join(import.meta.dirname, "../../sample-game/assets/fox/fox.glb");
const probe = await openTestGpu();
const skip = typeof probe === "string" ? probe : false;
if (typeof probe !== "string") probe.dispose();

const options = (backend: Backend, out: string): BuildOptions => ({
  asset: MODEL,
  id: { asset: "fox.glb", clip: "main" },
  clip: { ...CLIP_DEFAULTS, name: "main", prompt: "a fox running" },
  keep: [],
  key: "key",
  out,
  backend,
  events: () => {},
  splats: 400,
  settings: {
    iterations: 2,
    rigs: 1,
    warmup: 1,
    noises: 2,
    source: {
      clip: "static",
      weight: 1,
      factors: "trained",
      maxSteps: 1,
      rate: 2e-3,
      checkEvery: 1,
      minGain: 0,
    },
    rates: { handleRotation: 0.03, handleTranslation: 0.03, rootRotation: 0.03, rootTranslation: 0.03 },
  },
});

describe("a build on an emulated GPU", { skip }, () => {
  let backend: Backend;
  before(async () => {
    backend = await openBackend({ device: "webgpu", threads: 2, software: true });
  });
  after(() => backend.dispose());

  test("renders there, predicts on the CPU and writes a motion", async (context) => {
    assert.match(backend.description, /onnxruntime-node cpu; renderer on .*SwiftShader/i);
    const { outputs, metrics } = await buildClip(options(backend, await temporaryFolder(context)));
    assert.ok(metrics.pathLength > 0.001, JSON.stringify(metrics));
    const field = decodeMotionField(new Uint8Array(await readFile(outputs.motion)));
    assert.deepEqual(
      field.clips.map(({ name }) => name),
      ["main"],
    );
  });

  test("writes nothing once the GPU has reported an error", async (context) => {
    const out = await temporaryFolder(context);
    const gpu = await openBackend({ device: "webgpu", threads: 2, software: true });
    context.after(() => gpu.dispose());
    const events: BuildOptions["events"] = (event) => {
      // The adapter's memory runs out of sight of everybody who asks for some.
      if (event.type === "stage" && event.stage === "encode") gpu.gpu?.device.createBuffer({ size: 2 ** 50, usage: 8 });
    };
    await assert.rejects(buildClip({ ...options(gpu, out), events }), { code: "device", message: /reported an error/ });
    assert.equal(existsSync(join(out, "fox.motion.glb")), false);
  });
});
