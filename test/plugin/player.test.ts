// The life of a player without a graphics device: ends, leaks, new motions, crowds, thin instances and clones.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import "@babylonjs/loaders/glTF/2.0/index.js";
import { FreeCamera } from "@babylonjs/core/Cameras/freeCamera.js";
import { NullEngine } from "@babylonjs/core/Engines/nullEngine.js";
import { LoadAssetContainerAsync } from "@babylonjs/core/Loading/sceneLoader.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import { Scene } from "@babylonjs/core/scene.js";
import { Motion } from "../../plugin/motion.ts";
import { makeField } from "./make-field.ts";
import { makeModel } from "./make-model.ts";

const field = makeField();
const bytes = await makeModel();
let engine: NullEngine;
let scene: Scene;
let root: Mesh;

async function load(model: Uint8Array = bytes): Promise<Mesh> {
  const container = await LoadAssetContainerAsync(model, scene, {
    pluginExtension: ".glb",
    pluginOptions: { gltf: { createInstances: false, skipMaterials: true } },
  });
  container.addAllToScene();
  return container.rootNodes[0] as Mesh;
}

beforeEach(async () => {
  engine = new NullEngine();
  scene = new Scene(engine);
  scene.useConstantAnimationDeltaTime = true;
  new FreeCamera("camera", new Vector3(0, 1, -5), scene);
  root = await load();
});
afterEach(() => engine.dispose());

describe("the end of a clip", () => {
  for (const what of ["player", "model", "motion"] as const) {
    test(`may dispose of the ${what} inside a frame`, () => {
      const motion = new Motion(field, scene);
      const player = motion.attach(root);
      const hop = player.clip("hop").start(false, 50);
      let ends = 0;
      hop.onAnimationGroupEndObservable.addOnce(() => {
        ends++;
        ({ player, model: root, motion })[what].dispose();
      });
      for (let frame = 0; frame < 3; frame++) scene.render();
      assert.equal(ends, 1);
      assert.equal(player.isDisposed, true);
    });
  }

  test("that a new motion lacks may dispose of the player too", () => {
    const motion = new Motion(field, scene);
    const player = motion.attach(root);
    player
      .clip("hop")
      .start()
      .onAnimationGroupEndObservable.addOnce(() => player.dispose());
    motion.replace(makeField({ clips: ["wave"] }));
    assert.equal(player.isDisposed, true);
  });
});

test("a scene whose animations are off stands still", () => {
  const wave = new Motion(field, scene).attach(root).clip("wave").start(true);
  scene.animationsEnabled = false;
  scene.render();
  assert.equal(wave.getCurrentFrame(), 0);
  scene.animationsEnabled = true;
  scene.render();
  assert.ok(Math.abs(wave.time - 0.016) < 1e-9);
});

test("players and motions leave no observers, skeletons or textures behind", async () => {
  const counts = () => [
    scene.onDisposeObservable.observers.length,
    scene.onBeforeRenderObservable.observers.length,
    root.onDisposeObservable.observers.length,
    root.getChildMeshes(false).reduce((sum, mesh) => sum + mesh.onDisposeObservable.observers.length, 0),
    scene.skeletons.length,
    scene.textures.length,
    scene.geometries.length,
  ];
  // Observers are removed after a pause, lest a notification under way misses some.
  const settled = () => {
    scene.render();
    return new Promise((done) => setTimeout(done, 20));
  };
  await settled();
  const before = counts();
  for (let cycle = 0; cycle < 10; cycle++) {
    const motion = new Motion(field, scene);
    const player = motion.attach(root);
    player.createCrowd(3);
    scene.render();
    if (cycle % 2 === 0) player.dispose();
    motion.dispose();
  }
  await settled();
  assert.deepEqual(counts(), before);
});
