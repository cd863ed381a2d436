// Runs in the page: loads an exported model with Babylon's glTF loader and with three.js', plays its clips and returns where the
// vertices are.

import "@babylonjs/loaders/glTF/2.0/index.js";
import { LoadAssetContainerAsync } from "@babylonjs/core/Loading/sceneLoader.js";
import { Vector3 as BabylonVector } from "@babylonjs/core/Maths/math.vector.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import { Scene } from "@babylonjs/core/scene.js";
import { AnimationMixer, type Object3D, Vector3 } from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { motionOf, registerMotionFieldExtension, unregisterMotionFieldExtension } from "../../plugin/gltf-extension.ts";
import { samplePose } from "../../runtime/sample.ts";
import { createEngine } from "../browser/engine.ts";
import { createReference } from "../plugin/reference.ts";
import { compare, createStage } from "../plugin/stage.ts";
import { NAMES } from "../plugin/theatre.ts";

interface Question {
  url: string;
  clip: string;
  /** Seconds. */
  times: number[];
}

/** Per time, per mesh: world positions, [vertices * 3]. Meshes in the order of their vertex counts and names. */
type Answer = { meshes: { name: string; positions: number[] }[] }[];

let engine: Awaited<ReturnType<typeof createEngine>> | null = null;

async function inBabylon({ url, clip, times }: Question): Promise<Answer> {
  engine ??= await createEngine(64);
  const scene = new Scene(engine);
  scene.useRightHandedSystem = true;
  const container = await LoadAssetContainerAsync(url, scene);
  container.addAllToScene();
  const group = scene.animationGroups.find(({ name }) => name === clip);
  if (group === undefined) throw new Error(`No animation "${clip}" among ${scene.animationGroups.map((g) => g.name)}.`);
  for (const other of scene.animationGroups) other.stop();
  group.start(false);
  group.pause();
  const answer = times.map((time) => {
    group.goToFrame(time * group.targetedAnimations[0].animation.framePerSecond);
    for (const node of scene.transformNodes) node.computeWorldMatrix(true);
    for (const skeleton of scene.skeletons) skeleton.prepare(true);
    const meshes = scene.meshes
      .filter((mesh) => mesh.skeleton !== null)
      .map((mesh) => {
        const local = mesh.getPositionData(true, false)!;
        const world = mesh.computeWorldMatrix(true);
        const positions: number[] = [];
        for (let i = 0; i < local.length; i += 3) {
          positions.push(...BabylonVector.TransformCoordinates(BabylonVector.FromArray(local, i), world).asArray());
        }
        return { name: mesh.name, positions };
      });
    return { meshes };
  });
  scene.dispose();
  return answer;
}

async function inThree({ url, clip, times }: Question): Promise<Answer> {
  const { scene, animations } = await new GLTFLoader().loadAsync(url);
  const found = animations.find(({ name }) => name === clip);
  if (found === undefined) throw new Error(`No animation "${clip}" among ${animations.map(({ name }) => name)}.`);
  const mixer = new AnimationMixer(scene);
  mixer.clipAction(found).play();
  return times.map((time) => {
    mixer.setTime(time);
    scene.updateMatrixWorld(true);
    const meshes: Answer[number]["meshes"] = [];
    scene.traverse((object: Object3D) => {
      if (!object.isSkinnedMesh) return;
      const positions: number[] = [];
      for (let i = 0; i < object.geometry.attributes.position.count; i++) {
        const p = object.getVertexPosition(i, new Vector3()).applyMatrix4(object.matrixWorld);
        positions.push(p.x, p.y, p.z);
      }
      meshes.push({ name: object.name, positions });
    });
    return { meshes };
  });
}

/** A packed model loaded by the extension, twice registered, against vertices moved by the CPU sampler; and what is left after. */
async function packed({ url, plain }: { url: string; plain: string }) {
  engine ??= await createEngine(128);
  const [left, right] = [createStage(engine, 128), createStage(engine, 128)];
  // Babylon keeps a scene's table of reflections once a PBR material asked for it.
  const owned = ({ scene }: typeof left) => ({
    meshes: scene.meshes.length,
    textures: scene.textures.filter((texture) => texture !== scene.environmentBRDFTexture).length,
  });
  const before = owned(left);
  registerMotionFieldExtension();
  registerMotionFieldExtension();
  const root = await left.load(url);
  const motion = motionOf(root.getChildMeshes(false)[0]);
  if (motion === null) throw new Error("The packed motion was not found.");
  const none = motionOf(await right.load(plain)) === null;
  const reference = createReference(right.scene.rootNodes.find(({ name }) => name === "__root__") as Mesh, NAMES);
  const rest = await right.pixels();
  const player = motion.attach(root, { autoUpdate: false });
  const data = motion.field.clips[1];
  player.clip(data.name).goToFrame(5);
  player.update(0);
  reference.pose(motion.field, samplePose(motion.field, data, 5 / data.fps));
  const same = compare(await left.pixels(), await right.pixels());
  const moved = compare(await left.pixels(), rest);
  root.dispose(false, true);
  const gone = player.isDisposed && motion.players.length === 0;
  const after = owned(left);
  const skeletons = left.scene.skeletons.length;
  unregisterMotionFieldExtension();
  const without = motionOf(await left.load(url));
  return { none, same, moved, gone, before, after, skeletons, unregistered: without === null };
}

Object.assign(globalThis, { inBabylon, inThree, packed });
