// Which mesh follows which binding, and what is said where none fits: Babylon.js without a graphics device.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import "@babylonjs/loaders/glTF/2.0/index.js";
import { NullEngine } from "@babylonjs/core/Engines/nullEngine.js";
import { LoadAssetContainerAsync } from "@babylonjs/core/Loading/sceneLoader.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import { Scene } from "@babylonjs/core/scene.js";
import { isMotionOf } from "../../plugin/hot-reload.ts";
import { matchMeshes } from "../../plugin/match-meshes.ts";
import { makeField } from "./make-field.ts";
import { makeModel } from "./make-model.ts";

const field = makeField();

describe("matchMeshes", () => {
  let engine: NullEngine;
  let scene: Scene;
  let root: Mesh;

  async function load(createInstances: boolean): Promise<Mesh> {
    const container = await LoadAssetContainerAsync(await makeModel(), scene, {
      pluginExtension: ".glb",
      pluginOptions: { gltf: { createInstances, skipMaterials: true } },
    });
    container.addAllToScene();
    return container.rootNodes[0] as Mesh;
  }

  before(() => {
    engine = new NullEngine();
  });
  after(() => engine.dispose());
  beforeEach(async () => {
    scene = new Scene(engine);
    root = await load(false);
  });

  const pairs = (matches: ReturnType<typeof matchMeshes>["matches"]) =>
    Object.fromEntries(matches.map(({ mesh, binding }) => [mesh.name, `${binding.nodeName}/${binding.primitive}`]));

  const ALL = {
    body_primitive0: "body/0",
    body_primitive1: "body/1",
    "left arm": "left arm/0",
    "right arm": "right arm/0",
  };

  test("two nodes of one mesh each find their own binding", () => {
    const { matches, warnings } = matchMeshes(root, field);
    assert.deepEqual(pairs(matches), ALL);
    assert.deepEqual(warnings, []);
  });

  test("so do clones, which carry no glTF pointers, and single meshes", () => {
    const copy = root.clone("copy", null) as Mesh;
    const { matches, warnings } = matchMeshes(copy, field);
    assert.deepEqual(matches.map(({ binding }) => binding.nodeName).sort(), ["body", "body", "left arm", "right arm"]);
    assert.deepEqual(warnings, []);
    const arm = root.getChildMeshes(false).find(({ name }) => name === "right arm")!;
    assert.deepEqual(pairs(matchMeshes(arm, field).matches), { "right arm": "right arm/0" });
  });

  test("moved vertices are told, and still move", () => {
    const arm = root.getChildMeshes(false).find(({ name }) => name === "left arm") as Mesh;
    arm.makeGeometryUnique();
    arm.setVerticesData(
      "position",
      arm.getVerticesData("position")!.map((value) => value * 1.01),
    );
    const { matches, warnings } = matchMeshes(root, field);
    assert.deepEqual(pairs(matches), ALL);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /"left arm".*the model changed. Build its motion again/);
  });

  test("an instance is refused with its remedy", async () => {
    root.dispose();
    const { matches, warnings } = matchMeshes(await load(true), field);
    assert.equal(matches.length, 3);
    assert.match(warnings.join(), /createInstances set to false/);
  });

  test("a model of other vertex counts gets no motion", () => {
    const changed = { ...field, bindings: field.bindings.map((b) => ({ ...b, vertexCount: b.vertexCount + 1 })) };
    const { matches, warnings } = matchMeshes(root, changed);
    assert.deepEqual(matches, []);
    assert.match(warnings[0], /No mesh of "__root__" fits the motion of "waver"/);
  });
});

test("isMotionOf compares path and name", () => {
  assert.equal(isMotionOf("/assets/fox/fox.motion.glb?v=3", "fox/fox.glb"), true);
  assert.equal(isMotionOf("http://localhost:1/assets/red%20fox.motion.glb", "red fox.gltf"), true);
  assert.equal(isMotionOf("/assets/50%fox.motion.glb", "50%fox.glb"), true);
  assert.equal(isMotionOf("/assets/arctic-fox.motion.glb", "fox.glb"), false);
  assert.equal(isMotionOf("/assets/b/fox.motion.glb", "a/fox.glb"), false);
});
