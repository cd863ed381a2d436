// Actors and crowds without a graphics device: what happens to what plays when the files on the server change.

import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import "@babylonjs/loaders/glTF/2.0/index.js";
import "@babylonjs/core/Culling/ray.js";
import "@babylonjs/core/Lights/Shadows/shadowGeneratorSceneComponent.js";
import { FreeCamera } from "@babylonjs/core/Cameras/freeCamera.js";
import { Ray } from "@babylonjs/core/Culling/ray.core.js";
import { NullEngine } from "@babylonjs/core/Engines/nullEngine.js";
import { DirectionalLight } from "@babylonjs/core/Lights/directionalLight.js";
import { ShadowGenerator } from "@babylonjs/core/Lights/Shadows/shadowGenerator.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import { Scene } from "@babylonjs/core/scene.js";
import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import { Actor } from "../../sample-game/scene/actor.ts";
import { Crowds } from "../../sample-game/scene/crowd.ts";
import type { ListedAsset } from "../../sample-game/server/listing.ts";
import { type FieldOptions, makeField } from "../plugin/make-field.ts";
import { makeModel } from "../plugin/make-model.ts";
import { FileRequest } from "./file-request.ts";

let engine: NullEngine;
let scene: Scene;
let shadows: ShadowGenerator;
let server: Server;
let model: Uint8Array;
/** What the server gives at each path; everything else is not there. */
const files = new Map<string, Uint8Array>();

before(async () => {
  Object.assign(globalThis, { XMLHttpRequest: FileRequest });
  engine = new NullEngine();
  server = createServer(({ url = "" }, response) => {
    const bytes = files.get(url.split("?")[0]!);
    response.writeHead(bytes ? 200 : 404).end(bytes);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  model = await makeModel();
  files.set("/model.glb", model);
});

after(() => {
  server.close();
  engine.dispose();
});

beforeEach(() => {
  scene = new Scene(engine);
  scene.useConstantAnimationDeltaTime = true;
  new FreeCamera("camera", new Vector3(0, 0, -10), scene);
  shadows = new ShadowGenerator(16, new DirectionalLight("sun", Vector3.Down(), scene));
});

/** Puts a motion with clips of these names on the server; whether they loop is decided anew. */
function motionFile(
  names: Record<string, { motion: "wave" | "hop"; loop: boolean }>,
  options: Partial<FieldOptions> = {},
) {
  const field = makeField(options);
  const clips = Object.entries(names).map(([name, { motion, loop }]) => {
    const clip = field.clips.find((one) => one.name === motion)!;
    const frames = loop ? clip.rows - 1 : clip.rows;
    const duration = (clip.rows - 1) / clip.fps;
    return { ...clip, name, loop, frames, duration };
  });
  files.set("/motion.glb", encodeMotionField({ ...field, clips }));
}

function listed(name: string, clip: string, motionVersion: string, modelVersion = "1"): ListedAsset {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const clips = [{ name: clip, prompt: "a thing", built: true }];
  return {
    asset: `${name}.glb`,
    name,
    model: `${url}/model.glb`,
    modelVersion,
    motion: `${url}/motion.glb`,
    motionVersion,
    clips,
  };
}

function frames(count: number): void {
  for (let i = 0; i < count; i++) scene.render();
}

describe("an actor", () => {
  test("stops looping once its clip no longer loops, rests, and plays again", async () => {
    const actor = new Actor(scene, shadows, { x: 0, y: 0, z: 0, heading: 0 }, listed("thing", "move", "1"));
    /** How far below a point high above the model it is met, for `count` frames. */
    const heights = (count: number) =>
      Array.from({ length: count }, () => {
        frames(1);
        const ray = new Ray(actor.place.add(new Vector3(0, 10, 0)), Vector3.Down(), 20);
        const hit = scene.pickWithRay(ray, (mesh) => actor.meshes.includes(mesh));
        return hit?.distance ?? 0;
      });
    const spread = (values: number[]) => Math.max(...values) - Math.min(...values);

    motionFile({ move: { motion: "wave", loop: true } });
    await actor.update(actor.listed);
    assert.equal(actor.problem, null);
    assert.equal(actor.playing, "move");
    frames(150);
    const looping = spread(heights(30));
    assert.ok(looping > 0.01, `after two seconds it still moves: ${looping}`);

    motionFile({ move: { motion: "wave", loop: false } });
    await actor.update(listed("thing", "move", "2"));
    assert.ok(spread(heights(30)) > 0.01, "the new motion plays");
    frames(40);
    assert.equal(spread(heights(90)), 0, "it has come to its end");
    await sleep(1300);
    assert.ok(spread(heights(30)) > 0.01, "it plays again");

    motionFile({ move: { motion: "wave", loop: true } });
    await actor.update(listed("thing", "move", "3"));
    frames(150);
    assert.ok(spread(heights(30)) > 0.01, "it loops again");
    actor.dispose();
  });
});

describe("a crowd", () => {
  const crowdMeshes = () => scene.meshes.filter((mesh) => (mesh as Mesh).hasThinInstances);
  const heldTextures = () => new Set(crowdMeshes().map((mesh) => mesh.bakedVertexAnimationManager?.texture));

  beforeEach(() => {
    files.set("/model.glb", model);
    motionFile({ walk: { motion: "wave", loop: true } });
  });

  test("keeps its members when only the motion changes, and plays the new one", async () => {
    const crowds = new Crowds(scene, shadows);
    await crowds.show([listed("fox", "walk", "1")]);
    const meshes = crowdMeshes();
    const textures = heldTextures();
    assert.ok(meshes.length > 0);
    frames(2);
    motionFile({ walk: { motion: "wave", loop: true } }, { strength: 2 });
    await crowds.show([listed("fox", "walk", "2")]);
    assert.deepEqual(new Set(crowdMeshes()), new Set(meshes));
    for (const texture of heldTextures()) assert.ok(!textures.has(texture), "the new motion's poses");
    frames(2);
    await crowds.show([]);
    assert.equal(crowdMeshes().length, 0);
    assert.ok(meshes.every((mesh) => mesh.isDisposed()));
  });

  test("stays while another model cannot be loaded, and goes once it is", async () => {
    const crowds = new Crowds(scene, shadows);
    await crowds.show([listed("fox", "walk", "1")]);
    const meshes = crowdMeshes();
    files.delete("/model.glb");
    await crowds.show([listed("fox", "walk", "1", "2")]);
    assert.deepEqual(crowdMeshes(), meshes);
    files.set("/model.glb", model);
    await crowds.show([listed("fox", "walk", "1", "2")]);
    assert.equal(crowdMeshes().length, meshes.length);
    assert.ok(meshes.every((mesh) => mesh.isDisposed()));
  });

  test("that could not be loaded is tried again with the next listing", async () => {
    const crowds = new Crowds(scene, shadows);
    files.delete("/motion.glb");
    await crowds.show([listed("fox", "walk", "1")]);
    assert.equal(crowdMeshes().length, 0);
    motionFile({ walk: { motion: "wave", loop: true } });
    await crowds.show([listed("fox", "walk", "1")]);
    const meshes = crowdMeshes();
    assert.ok(meshes.length > 0);

    files.delete("/motion.glb");
    await crowds.show([listed("fox", "walk", "2")]);
    assert.deepEqual(crowdMeshes(), meshes, "the last motion plays on");
    const textures = heldTextures();
    motionFile({ walk: { motion: "wave", loop: true } }, { strength: 2 });
    await crowds.show([listed("fox", "walk", "2")]);
    assert.deepEqual(crowdMeshes(), meshes);
    for (const texture of heldTextures()) assert.ok(!textures.has(texture), "the new motion's poses");
  });
});
