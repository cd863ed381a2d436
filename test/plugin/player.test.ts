// The life of a player without a graphics device: ends, leaks, new motions, crowds, thin instances and clones.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import "@babylonjs/loaders/glTF/2.0/index.js";
import { FreeCamera } from "@babylonjs/core/Cameras/freeCamera.js";
import { NullEngine } from "@babylonjs/core/Engines/nullEngine.js";
import { LoadAssetContainerAsync } from "@babylonjs/core/Loading/sceneLoader.js";
import { NodeMaterial } from "@babylonjs/core/Materials/Node/nodeMaterial.js";
import { Matrix, Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import { Logger } from "@babylonjs/core/Misc/logger.js";
import { Scene } from "@babylonjs/core/scene.js";
import { createAnimationGroup } from "../../plugin/animation-group.ts";
import { Motion } from "../../plugin/motion.ts";
import { INSTANCE_SETTINGS } from "../../plugin/own-instances.ts";
import { createSocket } from "../../plugin/socket.ts";
import { deformPositions, toMeshSpace } from "../../runtime/deform.ts";
import { sampleHandles } from "../../runtime/sample.ts";
import { makeField } from "./make-field.ts";
import { makeModel } from "./make-model.ts";
import { makeSkinned } from "./make-skinned.ts";

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

/** A motion of the model after its left arm was changed: that mesh fits no more. */
function withoutLeftArm(changes: (nodeName: string) => boolean = (name) => name === "left arm") {
  const other = makeField({ handles: [3, 3, 1] });
  other.bindings = other.bindings.map((binding) =>
    changes(binding.nodeName) ? { ...binding, positionsHash: "0".repeat(binding.positionsHash.length) } : binding,
  );
  return other;
}

describe("a new motion that does not fit every mesh", () => {
  const warnings: string[] = [];
  beforeEach(() => {
    warnings.length = 0;
    Logger.OnNewCacheEntry = (entry) => warnings.push(entry);
  });
  afterEach(() => {
    Logger.OnNewCacheEntry = () => {};
  });

  test("gives the odd mesh back whole and keeps the others", () => {
    const motion = new Motion(field, scene);
    const player = motion.attach(root);
    const arm = player.meshes.find(({ name }) => name === "left arm")!;
    const crowd = player.createCrowd(3);
    motion.replace(withoutLeftArm());
    assert.match(warnings.join(), /another shape of "left arm"/);
    assert.equal(player.meshes.length, 3);
    assert.equal(player.crowd, crowd);
    assert.deepEqual(
      player.meshes.map((mesh) => mesh.thinInstanceCount),
      [3, 3, 3],
    );
    assert.equal(arm.thinInstanceCount, 0);
    assert.equal(Object.hasOwn(arm, "intersects"), false);
    assert.deepEqual([arm.bakedVertexAnimationManager, arm.skeleton], [null, null]);
    scene.render();
  });

  test("ends the crowd where no mesh is left, and no other can be made", () => {
    const motion = new Motion(field, scene);
    const player = motion.attach(root);
    const meshes = player.meshes;
    player.createCrowd(3);
    motion.replace(withoutLeftArm(() => true));
    assert.deepEqual([player.meshes, player.crowd], [[], null]);
    assert.ok(meshes.every((mesh) => mesh.thinInstanceCount === 0 && !Object.hasOwn(mesh, "intersects")));
    scene.render();
    assert.throws(() => player.createCrowd(3), /has no mesh that the motion moves/);
  });
});

describe("crowds", () => {
  test("the end of an older crowd leaves the newer one alone", () => {
    const player = new Motion(field, scene).attach(root);
    const [older, newer] = [player.createCrowd(2), player.createCrowd(5)];
    older.dispose();
    assert.equal(player.crowd, newer);
    assert.equal(player.meshes[0].thinInstanceCount, 5);
    newer.dispose();
    newer.dispose();
    assert.equal(player.crowd, null);
    assert.equal(player.meshes[0].thinInstanceCount, 0);
  });

  test("a clip that does not loop holds its end, either way", () => {
    const player = new Motion(field, scene).attach(root, { autoUpdate: false });
    const crowd = player.createCrowd(3).set(0, { clip: "hop" }).set(1, { clip: "hop", speed: -1 });
    player.update(0.5);
    assert.ok(Math.abs(crowd.phase(0) - 0.75) < 1e-6 && Math.abs(crowd.phase(1) - 0.25) < 1e-6);
    player.update(0.6);
    assert.deepEqual([crowd.phase(0), crowd.phase(1)], [1, 0]);
    assert.ok(Math.abs(crowd.phase(2) - 0.1) < 1e-6, "the loop goes on");
  });
});

describe("thin instances that a mesh had before", () => {
  const settingsOf = (mesh: Mesh) => {
    const storage = mesh as unknown as { _userThinInstanceBuffersStorage?: { data: Record<string, Float32Array> } };
    return storage._userThinInstanceBuffersStorage?.data[INSTANCE_SETTINGS];
  };

  test("all follow the row of their mesh, and so do later ones", () => {
    const arm = root.getChildMeshes(false).find(({ name }) => name === "right arm") as Mesh;
    engine.getCaps().instancedArrays = true;
    arm.thinInstanceAdd([Matrix.Identity(), Matrix.Translation(9, 0, 0)]);
    const motion = new Motion(field, scene);
    const player = motion.attach(root);
    const { x: row } = arm.bakedVertexAnimationManager!.animationParameters;
    assert.ok(row > 0, "the arm has a space of its own");
    assert.deepEqual([...settingsOf(arm)!], [row, row, 0, 0, row, row, 0, 0]);
    arm.thinInstanceAdd(Matrix.Translation(0, 20, 0));
    player.clip("wave").start(true);
    scene.render();
    assert.equal(settingsOf(arm)!.length, 12);
    const { minimum, maximum } = arm.getBoundingInfo().boundingBox;
    assert.ok(maximum.x > 9 && maximum.y > 20 && minimum.x < 1, "the bounds hold every instance");
    assert.throws(() => player.createCrowd(2), /"right arm" has thin instances of its own/);
    motion.dispose();
    assert.equal(settingsOf(arm), undefined);
    assert.equal(arm.thinInstanceCount, 3);
  });
});

describe("one mesh, several players", () => {
  test("a second player takes the place of the first", () => {
    const [first, second] = [new Motion(field, scene).attach(root), new Motion(field, scene).attach(root)];
    assert.deepEqual([first.isDisposed, second.isDisposed], [true, false]);
    assert.equal(second.meshes.length, 4);
    first.dispose();
    assert.ok(second.meshes.every((mesh) => mesh.bakedVertexAnimationManager !== null && mesh.skeleton !== null));
    second.dispose();
    const kinds = (mesh: Mesh) => mesh.getVerticesDataKinds().filter((kind) => kind.startsWith("matrices"));
    assert.ok(second.meshes.every((mesh) => mesh.bakedVertexAnimationManager === null && kinds(mesh).length === 0));
  });

  test("a clone of a playing model is released with it", () => {
    const player = new Motion(field, scene).attach(root);
    const copy = root.clone("copy", null) as Mesh;
    player.dispose();
    for (const mesh of copy.getChildMeshes(false) as Mesh[]) {
      if (mesh.getTotalVertices() === 0) continue;
      assert.deepEqual([mesh.bakedVertexAnimationManager, mesh.skeleton], [null, null]);
      assert.deepEqual(
        mesh.getVerticesDataKinds().filter((kind) => kind.startsWith("matrices")),
        [],
      );
    }
    scene.render();
  });

  describe("with a skin", async () => {
    const skinned = await makeSkinned();
    const bodyOf = (model: Mesh) => model.getChildMeshes(false).find((mesh) => mesh.getTotalVertices() > 0) as Mesh;

    for (const gone of ["player", "model"] as const) {
      test(`a clone outlives its ${gone} and has its skin again`, async () => {
        const model = await load(skinned.bytes);
        const skeleton = bodyOf(model).skeleton;
        const player = new Motion(skinned.field, scene).attach(model);
        const copy = bodyOf(model).clone("copy", null) as Mesh;
        copy.parent = null;
        ({ player, model })[gone].dispose();
        assert.equal(copy.getTotalVertices(), skinned.positions.length / 3);
        assert.equal(copy.skeleton, skeleton);
        assert.ok(copy.isVerticesDataPresent("matricesWeights"));
        assert.equal(copy.bakedVertexAnimationManager, null);
        scene.render();
        copy.dispose();
      });
    }

    test("a clone of a playing model plays by itself", async () => {
      const model = await load(skinned.bytes);
      const motion = new Motion(skinned.field, scene);
      const first = motion.attach(model);
      const second = motion.attach(bodyOf(model).clone("copy", null) as Mesh);
      assert.equal(second.meshes.length, 1);
      first.dispose();
      assert.notEqual(second.meshes[0].bakedVertexAnimationManager, null);
      assert.equal(second.meshes[0].getTotalVertices(), skinned.positions.length / 3);
      scene.render();
      const body = second.meshes[0];
      second.dispose();
      assert.equal(body.skeleton, bodyOf(model).skeleton);
      assert.equal(body.geometry, bodyOf(model).geometry);
    });

    test("a second player bakes the rest pose anew", async () => {
      const model = await load(skinned.bytes);
      const motion = new Motion(skinned.field, scene);
      const first = motion.attach(model);
      const rest = [...bodyOf(model).getVerticesData("position")!];
      const second = motion.attach(model);
      assert.deepEqual([first.isDisposed, second.meshes.length], [true, 1]);
      assert.deepEqual([...bodyOf(model).getVerticesData("position")!], rest);
      second.dispose();
      assert.equal(bodyOf(model).skeleton?.bones.length, 2);
    });
  });
});

test("a mesh with a NodeMaterial is told that it will show the rest pose", () => {
  const warnings: string[] = [];
  Logger.OnNewCacheEntry = (entry) => warnings.push(entry);
  const mesh = root.getChildMeshes(false).find(({ name }) => name === "left arm")!;
  mesh.material = new NodeMaterial("nodes", scene);
  new Motion(field, scene).attach(root);
  Logger.OnNewCacheEntry = () => {};
  assert.match(
    warnings.join("\n"),
    /"left arm" has a NodeMaterial, which shows the rest pose.*animus export --to gltf/,
  );
});

describe("a socket", () => {
  test("goes with the vertex it is nearest to, also through a new motion, and ends with its node", () => {
    const motion = new Motion(field, scene);
    const player = motion.attach(root, { autoUpdate: false });
    const arm = player.meshes.findIndex(({ name }) => name === "left arm");
    const vertex = 5;
    const rest = Float32Array.from(player.meshes[arm].getVerticesData("position")!);
    const toAsset = Matrix.FromArray(player.bindings[arm].meshToAsset);
    const at = Vector3.TransformCoordinates(Vector3.FromArray(rest, vertex * 3), toAsset);
    const hand = createSocket(player, at, "hand");
    const apart = (clip: string, frame: number) => {
      player.rest();
      player.clip(clip).goToFrame(frame);
      player.update(0);
      const data = motion.field.clips.find(({ name }) => name === clip)!;
      const matrices = toMeshSpace(player.bindings[arm], sampleHandles(motion.field, data, frame / data.fps));
      const moved = Vector3.FromArray(deformPositions(player.bindings[arm], matrices, rest), vertex * 3);
      const world = Vector3.TransformCoordinates(moved, player.meshes[arm].computeWorldMatrix(true));
      hand.computeWorldMatrix(true);
      return Vector3.Distance(hand.absolutePosition, world);
    };
    const before = hand.absolutePosition.clone();
    for (const frame of [0, 3.3, 8, 12]) assert.ok(apart("wave", frame) < 1e-4, `${apart("wave", frame)} at ${frame}`);
    assert.ok(Vector3.Distance(before, hand.absolutePosition) > 0.02, "the socket stands still");
    motion.replace(makeField({ handles: [5, 6, 2], frames: 24, strength: 0.6, clips: ["wave"] }));
    assert.ok(apart("wave", 7) < 1e-4, `${apart("wave", 7)} in the new motion`);
    assert.ok(player.onPoseObservable.hasObservers());
    hand.dispose();
    assert.equal(player.onPoseObservable.hasObservers(), false);
  });
});

test("a real AnimationGroup drives a clip, and Babylon's own tools with it", () => {
  const player = new Motion(field, scene).attach(root);
  const group = createAnimationGroup(player, "wave");
  assert.deepEqual([group.from, group.to], [0, 16]);
  group.start(true);
  // The time of the first frame starts the group.
  for (let i = 0; i < 6; i++) scene.render();
  const frame = player.clip("wave").getCurrentFrame();
  assert.ok(frame > 0.5 && frame < 3, `frame ${frame}`);
  assert.equal(player.clip("wave").isPlaying, false);
  group.goToFrame(10);
  scene.render();
  assert.ok(Math.abs(player.clip("wave").getCurrentFrame() - 10) < 1);
  group.stop();
  const held = player.clip("wave").getCurrentFrame();
  scene.render();
  assert.equal(player.clip("wave").getCurrentFrame(), held);
  group.dispose();
  assert.throws(() => createAnimationGroup(player, "fly"), /has no clip "fly"/);
});
