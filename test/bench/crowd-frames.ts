// A model as a crowd of ours and as one of Babylon's stock baked vertex animation, measured in turns. Runs in a page, and in Node on
// Dawn; the engine is the caller's.

import "@babylonjs/loaders/glTF/2.0/index.js";
import { BakedVertexAnimationManager } from "@babylonjs/core/BakedVertexAnimation/bakedVertexAnimationManager.js";
import { Skeleton } from "@babylonjs/core/Bones/skeleton.js";
import { FreeCamera } from "@babylonjs/core/Cameras/freeCamera.js";
import type { AbstractEngine } from "@babylonjs/core/Engines/abstractEngine.js";
import { HemisphericLight } from "@babylonjs/core/Lights/hemisphericLight.js";
import { LoadAssetContainerAsync } from "@babylonjs/core/Loading/sceneLoader.js";
import { RenderTargetTexture } from "@babylonjs/core/Materials/Textures/renderTargetTexture.js";
// The material of meshes without one.
import "@babylonjs/core/Materials/standardMaterial.js";
import { Matrix, Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import "@babylonjs/core/Meshes/thinInstanceMesh.js";
import { Scene } from "@babylonjs/core/scene.js";
import { LoadMotionFieldAsync } from "../../plugin/motion.ts";
import { INSTANCE_SETTINGS } from "../../plugin/own-instances.ts";
import { floatTexture } from "../../plugin/pose-texture.ts";
import { type Space, spaceIndex, writeSpace } from "../../plugin/spaces.ts";
import { decodeMotionField } from "../../runtime/decode.ts";
import { sampleHandles } from "../../runtime/sample.ts";

/** Width and height of the pictures. */
export const SIZE = 256;

export interface CrowdSetup {
  engine: AbstractEngine;
  /** Bytes of a GLB, and of a motion of it with two clips. */
  model: Uint8Array;
  motion: Uint8Array;
  count: number;
  /** Measurements of each crowd, and frames of each. */
  runs: number;
  batch: number;
}

/**
 * A scene with a camera on a picture of its own, and the model in it.
 * @param model bytes of a GLB
 * @param plain leave its materials away: PBR fetches a table as an image, which Node cannot
 */
export async function stage(engine: AbstractEngine, model: Uint8Array, plain = false) {
  const scene = new Scene(engine);
  scene.useConstantAnimationDeltaTime = true;
  const camera = new FreeCamera("camera", new Vector3(0, 14, -26), scene);
  camera.setTarget(new Vector3(0, 0, 2));
  // A canvas cannot be read once it is presented.
  camera.outputRenderTarget = new RenderTargetTexture("picture", SIZE, scene, { generateMipMaps: false });
  new HemisphericLight("sky", Vector3.Up(), scene);
  const container = await LoadAssetContainerAsync(model, scene, {
    pluginExtension: ".glb",
    pluginOptions: { gltf: { skipMaterials: plain } },
  });
  container.addAllToScene();
  return { scene, root: container.rootNodes[0] as Mesh };
}

/** Milliseconds of a frame: the mean of `batch` of them and the wait until the graphics device is done with the last. */
export async function frame(scene: Scene, batch = 1): Promise<number> {
  const engine = scene.getEngine();
  const begun = performance.now();
  for (let i = 0; i < batch; i++) {
    engine.beginFrame();
    scene.render();
    engine.endFrame();
  }
  await pictureOf(scene).readPixels(0, 0, null, true, false, 0, 0, 1, 1);
  return (performance.now() - begun) / batch;
}

function pictureOf(scene: Scene): RenderTargetTexture {
  return scene.activeCamera!.outputRenderTarget!;
}

/** Share of the picture that is not its first pixel's colour, the background's. */
async function drawnShare(scene: Scene): Promise<number> {
  const data = (await pictureOf(scene).readPixels()) as Uint8Array;
  const pixels = new Uint32Array(new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice().buffer);
  return pixels.filter((pixel) => pixel !== pixels[0]).length / pixels.length;
}

/** A square of places, the same for both crowds. */
function places(count: number): Matrix[] {
  const side = Math.ceil(Math.sqrt(count));
  return Array.from({ length: count }, (_, i) => {
    return Matrix.Translation(((i % side) - side / 2) * 0.8, 0, (Math.floor(i / side) - side / 2) * 0.8);
  });
}

async function ours({ engine, model, motion: bytes, count }: CrowdSetup) {
  const { scene, root } = await stage(engine, model, true);
  const motion = await LoadMotionFieldAsync(bytes, scene);
  const player = motion.attach(root);
  const crowd = player.createCrowd(count);
  const [first, second] = motion.clipNames;
  for (const [i, matrix] of places(count).entries()) {
    crowd.set(i, { clip: first, offset: (i * 0.618) % 1, speed: 0.8 + (i % 5) * 0.1, matrix });
    // A fade without end: every member blends two clips in every frame.
    crowd.set(i, { clip: second, offset: (i * 0.382) % 1, fade: 1e6 });
  }
  while (!crowd.isReady()) await new Promise((done) => setTimeout(done, 20));
  return scene;
}

/** As Babylon's documentation has it: a matrix for every bone and frame, the nearest frame shown, one clip. */
async function stock({ engine, model, motion, count }: CrowdSetup) {
  const { scene, root } = await stage(engine, model, true);
  const field = decodeMotionField(motion);
  const [clip] = field.clips;
  const meshes = root.getChildMeshes(false).filter((mesh) => mesh.getTotalVertices() > 0) as Mesh[];
  const [mesh] = meshes;
  const [binding] = field.bindings;
  const spaces: Space[] = [];
  spaceIndex(spaces, binding);
  const data = new Float32Array(clip.rows * field.handleCount * 16);
  const scratch = new Float32Array(field.handleCount * 12);
  for (let row = 0; row < clip.rows; row++) {
    writeSpace(spaces[0], sampleHandles(field, clip, row / clip.fps), scratch, data, row * field.handleCount * 16);
  }
  mesh.setVerticesData("matricesIndices", Float32Array.from(binding.indices), false, 4);
  mesh.setVerticesData(
    "matricesWeights",
    Float32Array.from(binding.weights, (weight) => weight / 65535),
    false,
    4,
  );
  mesh.skeleton = new Skeleton("bones", "bones", scene);
  mesh.numBoneInfluencers = 4;
  const manager = new BakedVertexAnimationManager(scene);
  manager.texture = floatTexture(data, field.handleCount * 4, clip.rows, scene);
  mesh.bakedVertexAnimationManager = manager;
  const matrices = new Float32Array(count * 16);
  const settings = new Float32Array(count * 4);
  const world = mesh.computeWorldMatrix(true);
  for (const [i, place] of places(count).entries()) {
    world
      .multiply(place)
      .multiply(Matrix.Invert(world))
      .copyToArray(matrices, i * 16);
    settings.set(
      [0, clip.frames - 1, (i * 0.618 * clip.frames) % clip.frames, clip.fps * (0.8 + (i % 5) * 0.1)],
      i * 4,
    );
  }
  mesh.thinInstanceSetBuffer("matrix", matrices, 16, true);
  mesh.thinInstanceSetBuffer(INSTANCE_SETTINGS, settings, 4, true);
  scene.onBeforeRenderObservable.add(() => {
    manager.time += 1 / 60;
  });
  return scene;
}

/** Milliseconds of every measurement of both crowds, taken in turns, and how much of each picture is drawn on. */
export async function crowdFrames(setup: CrowdSetup): Promise<Record<"ours" | "stock" | "shown", number[]>> {
  const scenes = [await ours(setup), await stock(setup)];
  const times: number[][] = [[], []];
  const shown: number[] = [];
  for (const scene of scenes) {
    await scene.whenReadyAsync();
    for (let i = 0; i < 3; i++) await frame(scene);
    shown.push(await drawnShare(scene));
  }
  for (let i = 0; i < setup.runs; i++) {
    for (const [s, scene] of scenes.entries()) times[s].push(await frame(scene, setup.batch));
  }
  for (const scene of scenes) scene.dispose();
  return { ours: times[0], stock: times[1], shown };
}
