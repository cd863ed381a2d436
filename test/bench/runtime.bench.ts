// What a motion costs a game: bytes against other ways of storing the same clip, milliseconds to read, pose and replace it, how exact it
// is, and a crowd of it in a browser (runtime-drawn.ts; `--device cpu` leaves that out, `--device webgpu` takes the machine's own). The sample fox is the model.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FreeCamera } from "@babylonjs/core/Cameras/freeCamera.js";
import { NullEngine } from "@babylonjs/core/Engines/nullEngine.js";
import { LoadAssetContainerAsync } from "@babylonjs/core/Loading/sceneLoader.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import { Scene } from "@babylonjs/core/scene.js";
import { NodeIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS } from "@gltf-transform/extensions";
import "@babylonjs/loaders/glTF/2.0/index.js";
import { importAsset } from "../../pipeline/asset/import-asset.ts";
import { readDocument } from "../../pipeline/asset/read-document.ts";
import { PRESET_SETTINGS } from "../../pipeline/distill/settings.ts";
import { animateDocument } from "../../pipeline/export/animated-gltf.ts";
import { Motion } from "../../plugin/motion.ts";
import { decodeMotionField } from "../../runtime/decode.ts";
import { deformPositions } from "../../runtime/deform.ts";
import { poseMatrices, samplePose } from "../../runtime/sample.ts";
import { useSoftwareAdapter } from "../device/test-gpu.ts";
import type { Bench } from "./harness.ts";
import { browserBench, dawnBench } from "./runtime-drawn.ts";
import { splineErrors } from "./spline-error.ts";

const MODEL = join(import.meta.dirname, "../../sample-game/assets/fox/fox.glb");
const RUNS = { warmup: 10, runs: 50 };

export default async function runtimeBench(bench: Bench): Promise<void> {
  const modelBytes = new Uint8Array(await readFile(MODEL));
  const bytes = new Uint8Array(await readFile(MODEL.replace(".glb", ".motion.glb")));
  const field = decodeMotionField(bytes);
  const [clip] = field.clips;
  const vertices = field.bindings.reduce((sum, binding) => sum + binding.vertexCount, 0);
  const subject = `fox, ${vertices} vertices, ${field.handleCount} handles, ${clip.rows} rows`;
  const size = (metric: string, value: number, unit: string, detail: string) =>
    bench.record({ metric: `runtime.${metric}`, value, unit, detail: `${subject}; ${detail}` });

  const binding = field.bindings.reduce(
    (sum, { indices, weights }) => sum + indices.byteLength + weights.byteLength,
    0,
  );
  const texture = vertices * clip.rows * 16;
  size("bytes.file", bytes.length, "B", "the .motion.glb as it ships");
  size("bytes.clip", clip.texels.byteLength, "B", "texels of one clip");
  size(
    "ratio.vertex-texture.with-weights",
    texture / (clip.texels.byteLength + binding),
    "x",
    "half-float positions and normals a vertex and row, against texels and binding",
  );
  size("ratio.vertex-texture.clip", texture / clip.texels.byteLength, "x", "the same against the texels alone");
  size(
    "ratio.baked-matrices",
    (field.handleCount * 64 * clip.rows) / clip.texels.byteLength,
    "x",
    "Babylon's baked vertex animation in float32, against the texels",
  );
  const { document } = await readDocument(MODEL);
  animateDocument(document, field, MODEL);
  const skinned = await new NodeIO().registerExtensions(ALL_EXTENSIONS).writeBinary(document);
  size(
    "ratio.gltf",
    (skinned.length - modelBytes.length) / bytes.length,
    "x",
    "what a skinned, animated glTF adds to the model, against the file",
  );

  const time = async (metric: string, detail: string, fn: () => unknown) =>
    bench.record({
      metric: `runtime.${metric}`,
      value: await bench.median(fn, RUNS),
      unit: "ms",
      detail: `${subject}; ${detail}`,
    });
  const asset = await importAsset(MODEL);
  await time("decode", "bytes to field", () => decodeMotionField(bytes));
  await time("pose", "a pose and its matrices", () => poseMatrices(field, samplePose(field, clip, 0.37)));
  await time("first-pose", "bytes to vertices moved on the CPU", () => {
    const fresh = decodeMotionField(bytes);
    const matrices = poseMatrices(fresh, samplePose(fresh, fresh.clips[0], 0.37));
    for (const [i, one] of fresh.bindings.entries()) deformPositions(one, matrices, asset.primitives[i].positions);
  });

  const engine = new NullEngine();
  const scene = new Scene(engine);
  new FreeCamera("camera", Vector3.Zero(), scene);
  const container = await LoadAssetContainerAsync(modelBytes, scene, {
    pluginExtension: ".glb",
    pluginOptions: { gltf: { skipMaterials: true } },
  });
  container.addAllToScene();
  const motion = new Motion(field, scene);
  const player = motion.attach(container.rootNodes[0], { autoUpdate: false });
  player.clip(clip.name).start(true);
  player.update(0.3);
  await time("hot-reload", "bytes to the new motion playing, phase kept, no graphics device", () =>
    motion.replace(bytes),
  );
  await time("player-frame", "a player's share of a frame, no graphics device", () => player.update(1 / 60));
  engine.dispose();

  const errors = splineErrors(asset, field, clip, PRESET_SETTINGS.draft.knots);
  const exact = `${subject}; distance of vertices from the spline in double precision`;
  for (const [name, share] of [
    ["p50", 0.5],
    ["p99", 0.99],
    ["max", 1],
  ] as const) {
    const value = 100 * errors[Math.min(errors.length - 1, Math.floor(share * errors.length))];
    bench.record({ metric: `runtime.error.${name}`, value, unit: "% of the diagonal", detail: exact });
  }
  const { device } = bench.flags;
  if (device === undefined || device === "browser") await browserBench(bench, MODEL, field);
  // The emulation is for trying this out; it is chosen by name alone.
  if (device === "webgpu-software") useSoftwareAdapter();
  if (device?.startsWith("webgpu")) await dawnBench(bench, MODEL, field);
}
