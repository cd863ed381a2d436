// Runs in the page: the experiments of plugin.test.ts, each a function on `window` that returns numbers for the test to judge.

import { GPUPicker } from "@babylonjs/core/Collisions/gpuPicker.js";
import type { AbstractEngine } from "@babylonjs/core/Engines/abstractEngine.js";
import { Matrix, Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh.js";
import { CreateBox } from "@babylonjs/core/Meshes/Builders/boxBuilder.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode.js";
import { Logger } from "@babylonjs/core/Misc/logger.js";
// Adds scene.enableDepthRenderer.
import "@babylonjs/core/Rendering/depthRendererSceneComponent.js";
import { LoadMotionFieldAsync, Motion } from "../../plugin/motion.ts";
import type { Player } from "../../plugin/player.ts";
import { deformNormals, deformPositions } from "../../runtime/deform.ts";
import type { FieldClip } from "../../runtime/field.ts";
import { blendPoses, type HandlePose, sampleHandles, samplePose } from "../../runtime/sample.ts";
import { createEngine } from "../browser/engine.ts";
import { makeField } from "./make-field.ts";
import { createReference, type Reference } from "./reference.ts";
import { compare, createStage, type Difference, type Stage } from "./stage.ts";

const SIZE = 128;
/** The mesh of each binding, as Babylon's loader names it. */
const NAMES = ["body_primitive0", "body_primitive1", "left arm", "right arm"];

interface Theatre {
  engine: AbstractEngine;
  left: Stage;
  right: Stage;
  motion: Motion;
  player: Player;
  reference: Reference;
}

let opened: Promise<Theatre> | null = null;

function theatre(): Promise<Theatre> {
  opened ??= (async () => {
    const engine = await createEngine(SIZE);
    const left = createStage(engine, SIZE);
    const right = createStage(engine, SIZE);
    const model = await left.load("/waver.glb");
    const motion = await LoadMotionFieldAsync("/waver.motion.glb", left.scene);
    const player = motion.attach(model, { autoUpdate: false });
    const reference = createReference(await right.load("/waver.glb"), NAMES);
    return { engine, left, right, motion, player, reference };
  })();
  return opened;
}

interface Pair {
  picture: Difference;
  shadow: Difference;
}

/** Poses both stages with the motion as it is now and compares them. */
async function sameAs(stage: Theatre, pose: HandlePose | null): Promise<Pair> {
  stage.player.update(0);
  stage.reference.pose(stage.motion.field, pose);
  return {
    picture: compare(await stage.left.pixels(), await stage.right.pixels()),
    shadow: compare(await stage.left.shadowPixels(), await stage.right.shadowPixels()),
  };
}

function clipOf({ motion }: Theatre, name: string): FieldClip {
  const clip = motion.field.clips.find((one) => one.name === name);
  if (clip === undefined) throw new Error(`The motion has no clip "${name}".`);
  return clip;
}

/** Where rays through a grid of the picture meet the model: distances, and null where they miss. */
function pickGrid({ scene }: Stage): (number | null)[] {
  return Array.from({ length: 196 }, (_, i) => {
    const x = ((i % 14) + 0.5) * (SIZE / 14);
    const y = (Math.floor(i / 14) + 0.5) * (SIZE / 14);
    const hit = scene.pick(x, y);
    return hit.hit ? hit.distance : null;
  });
}

/** Whether the GPU's picking pass meets the model at some points of the picture. */
async function gpuPickGrid(stage: Stage, meshes: AbstractMesh[]): Promise<(boolean | null)[]> {
  const picker = new GPUPicker();
  picker.setPickingList(meshes);
  const grid: (boolean | null)[] = [];
  for (let i = 2; i < 196; i += 5) {
    let hit: boolean | null = null;
    const [x, y] = [((i % 14) + 0.5) * (SIZE / 14), (Math.floor(i / 14) + 0.5) * (SIZE / 14)];
    picker.pickAsync(x, y).then((info) => {
      hit = info?.mesh != null;
    });
    for (let frame = 0; hit === null && frame < 100; frame++) await stage.pixels();
    grid.push(hit);
  }
  picker.dispose();
  return grid;
}

const experiments = {
  /** Pictures of a clip at some frames against the CPU sampler, and against the rest pose. */
  async frames({ clip, frames }: { clip: string; frames: number[] }) {
    const stage = await theatre();
    const { player, motion, reference, right } = stage;
    reference.pose(motion.field, null);
    const rest = { picture: await right.pixels(), shadow: await right.shadowPixels() };
    const results = [];
    player.rest();
    for (const frame of frames) {
      player.clip(clip).goToFrame(frame);
      const data = clipOf(stage, clip);
      const same = await sameAs(stage, samplePose(motion.field, data, frame / data.fps));
      const moved = {
        picture: compare(await right.pixels(), rest.picture),
        shadow: compare(await right.shadowPixels(), rest.shadow),
      };
      results.push({ frame, same, moved });
    }
    return { meshes: player.meshes.map((mesh) => mesh.name), results };
  },

  /** scene.pick and the GPU's picking pass against rays through vertices moved on the CPU. */
  async picking() {
    const stage = await theatre();
    const { player, motion, reference, left, right } = stage;
    player.rest();
    await sameAs(stage, null);
    const rest = pickGrid(right);
    player.clip("hop").goToFrame(6);
    const data = clipOf(stage, "hop");
    await sameAs(stage, samplePose(motion.field, data, 6 / data.fps));
    const [shown, expected] = [pickGrid(left), pickGrid(right)];
    const gpu = {
      shown: await gpuPickGrid(left, player.meshes),
      expected: await gpuPickGrid(right, reference.meshes),
    };
    reference.pose(motion.field, null);
    return { rest, shown, expected, gpu };
  },

  /** The depth map of both stages in one pose. */
  async depth() {
    const { player, motion, left, right, reference } = await theatre();
    const data = motion.field.clips[0];
    player.rest();
    player.clip(data.name).goToFrame(5);
    player.update(0);
    const map = async ({ scene, camera, pixels }: Stage) => {
      const renderer = scene.enableDepthRenderer(camera, false, true);
      await pixels();
      const values = Float32Array.from((await renderer.getDepthMap().readPixels()) as Float32Array);
      scene.disableDepthRenderer(camera);
      return values;
    };
    const shown = await map(left);
    reference.pose(motion.field, samplePose(motion.field, data, 5 / data.fps));
    const expected = await map(right);
    reference.pose(motion.field, null);
    const rest = await map(right);
    const apart = (a: Float32Array, b: Float32Array) => {
      let count = 0;
      for (let i = 0; i < a.length; i += 4) if (Math.abs(a[i] - b[i]) > 5e-5) count++;
      return count / (a.length / 4);
    };
    const spread =
      Math.max(...expected.filter((_, i) => i % 4 === 0)) - Math.min(...expected.filter((_, i) => i % 4 === 0));
    return { same: apart(shown, expected), moved: apart(expected, rest), spread };
  },

  /** A crossfade from wave to hop, a quarter and three quarters through, and after its end. */
  async crossFade() {
    const stage = await theatre();
    const { player, motion } = stage;
    player.rest();
    const [wave, hop] = [clipOf(stage, "wave"), clipOf(stage, "hop")];
    player.clip("wave").start(true);
    player.update(0.2);
    player.crossFadeTo("hop", 0.4);
    const results = [];
    for (const [seconds, weight] of [
      [0.1, 0.25],
      [0.2, 0.75],
    ]) {
      player.update(seconds);
      const [a, b] = [player.clip("wave").time, player.clip("hop").time];
      const pose = blendPoses(samplePose(motion.field, wave, a), samplePose(motion.field, hop, b), weight);
      results.push(await sameAs(stage, pose));
    }
    player.update(0.15);
    const after = await sameAs(stage, samplePose(motion.field, hop, player.clip("hop").time));
    return { results, after, waveStarted: player.clip("wave").isStarted, hopTime: player.clip("hop").time };
  },

  /** Steps between pictures across the seam of a loop and elsewhere. */
  async seam() {
    const stage = await theatre();
    const { player, left } = stage;
    player.rest();
    const clip = player.clip("wave").start(true);
    const step = clip.duration / 32;
    let loops = 0;
    const observer = clip.onAnimationGroupLoopObservable.add(() => loops++);
    const pictures: Uint8Array[] = [];
    for (let i = 0; i < 38; i++) {
      player.update(i === 0 ? step * 28.5 : step);
      if (i < 8) pictures.push(await left.pixels());
    }
    clip.onAnimationGroupLoopObservable.remove(observer);
    const steps = pictures.slice(1).map((picture, i) => compare(picture, pictures[i]).mean);
    return { steps, loops };
  },

  /** Three thin instances with clips, phases and speeds of their own against three models moved on the CPU. */
  async crowd({ floatTargets }: { floatTargets: boolean }) {
    const stage = await theatre();
    const caps = stage.engine.getCaps();
    const able = caps.textureFloatRender;
    caps.textureFloatRender = able && floatTargets;
    const { player, motion, left, right, reference } = stage;
    player.rest();
    const [wave, hop] = [clipOf(stage, "wave"), clipOf(stage, "hop")];
    const crowd = player.createCrowd(3);
    caps.textureFloatRender = able;
    const places = [Matrix.Translation(-1.6, 0, 0.5), Matrix.Translation(1.7, 0.2, -0.4), Matrix.RotationY(0.8)];
    crowd.set(0, { clip: "wave", offset: 0.1, matrix: places[0] });
    crowd.set(1, { clip: "hop", offset: 0.25, speed: 0.5, matrix: places[1] });
    crowd.set(2, { clip: "wave", offset: 0.5, speed: -1, matrix: places[2] });
    while (!crowd.isReady()) await new Promise((done) => setTimeout(done, 20));
    player.update(0.25);
    crowd.set(2, { clip: "hop", speed: 1, fade: 0.4 });
    player.update(0.1);
    const phases = [0, 1, 2].map((i) => crowd.phase(i));

    const others = [await right.load("/waver.glb"), await right.load("/waver.glb")];
    const references = [reference, ...others.map((root) => createReference(root, NAMES))];
    const at = (clip: FieldClip, phase: number) => samplePose(motion.field, clip, phase * clip.duration);
    const faded = at(wave, 0.5 - 0.25 / wave.duration + 0.1 / wave.duration);
    const poses = [at(wave, phases[0]), at(hop, phases[1]), blendPoses(faded, at(hop, phases[2]), 0.25)];
    references.forEach((one, i) => {
      const holder = new TransformNode("place", right.scene);
      one.root.parent = holder;
      places[i].decomposeToTransformNode(holder);
      one.pose(motion.field, poses[i]);
    });
    const same = compare(await left.pixels(), await right.pixels());
    const shadow = compare(await left.shadowPixels(), await right.shadowPixels());
    crowd.set(1, { offset: 0.6 });
    player.update(0);
    const other = compare(await left.pixels(), await right.pixels());

    for (const root of others) root.parent?.dispose();
    const holder = reference.root.parent;
    reference.root.parent = null;
    holder?.dispose();
    crowd.dispose();
    const alone = await sameAs(stage, null);
    return { able, phases, same, shadow, other, alone, instances: player.meshes.map((mesh) => mesh.thinInstanceCount) };
  },

  /** Whether the bounds that culling sees hold every vertex of every frame. */
  async bounds() {
    const stage = await theatre();
    const { player, reference, motion } = stage;
    player.rest();
    let outside = 0;
    const size = { rest: 0, clip: 0 };
    player.update(0);
    size.rest = player.meshes[0].getBoundingInfo().diagonalLength;
    for (const name of ["wave", "hop"]) {
      const data = clipOf(stage, name);
      for (let frame = 0; frame <= player.clip(name).to; frame += 0.5) {
        player.rest();
        player.clip(name).goToFrame(frame);
        player.update(0);
        reference.pose(motion.field, samplePose(motion.field, data, frame / data.fps));
        for (const [i, mesh] of player.meshes.entries()) {
          const { minimumWorld: min, maximumWorld: max } = mesh.getBoundingInfo().boundingBox;
          const twin = reference.meshes[NAMES.indexOf(mesh.name)];
          const world = twin.computeWorldMatrix(true);
          const points = twin.getVerticesData("position")!;
          for (let v = 0; v < points.length; v += 3) {
            const p = Vector3.TransformCoordinates(Vector3.FromArray(points, v), world);
            const slack = 1e-3;
            if (p.x < min.x - slack || p.y < min.y - slack || p.z < min.z - slack) outside++;
            if (p.x > max.x + slack || p.y > max.y + slack || p.z > max.z + slack) outside++;
          }
          if (i === 0) size.clip = mesh.getBoundingInfo().diagonalLength;
        }
      }
    }
    return { outside, size };
  },

  /** Another motion in place of the playing one: other handles, frames and clips. */
  async replace() {
    const stage = await theatre();
    const { player, motion } = stage;
    const before = motion.field;
    player.rest();
    player.clip("hop").start();
    const wave = player.clip("wave").start(true, 1.5);
    player.update(0.3);
    const phase = wave.phase;
    motion.replace(makeField({ handles: [5, 6, 2], frames: 24, strength: 0.6, clips: ["wave", "spin"] }));
    const kept = { phase: player.clip("wave").phase, speed: wave.speedRatio, same: wave === player.clip("wave") };
    const data = clipOf(stage, "wave");
    const same = await sameAs(stage, samplePose(motion.field, data, phase * data.duration));
    player.update(0.1);
    const later = player.clip("wave").phase;
    const names = player.clips.map((clip) => clip.name);
    motion.replace(before);
    const back = await sameAs(stage, samplePose(before, clipOf(stage, "wave"), later * clipOf(stage, "wave").duration));
    return { phase, kept, same, later, names, back };
  },

  /** Waits for the next hot reload; the test sends the event. */
  async hotReload({ eventsUrl }: { eventsUrl: string }) {
    const { motion, player } = await theatre();
    player.rest();
    player.clip("wave").start(true);
    player.update(0.4);
    const before = { frames: motion.field.clips[0].frames, phase: player.clip("wave").phase };
    const replaced = new Promise<void>((done) => motion.onReplacedObservable.addOnce(() => done()));
    const failed = new Promise<string>((done) =>
      motion.onReloadErrorObservable.addOnce((error) => done(error.message)),
    );
    const stop = motion.connectHotReload(eventsUrl);
    await replaced;
    Object.assign(globalThis, { reloaded: true });
    const after = { frames: motion.field.clips[0].frames, phase: player.clip("wave").phase };
    const error = await failed;
    const kept = motion.field.clips[0].frames;
    stop();
    return { before, after, error, kept };
  },

  /** A skinned model at rest, moving and given back, against vertices that the pipeline baked. */
  async skinned(data: { field: string; positions: number[]; normals: number[] }) {
    const { left, right, player, reference } = await theatre();
    for (const mesh of [...player.meshes, ...reference.meshes]) mesh.setEnabled(false);
    const before = await left.load("/skinned.glb");
    const picture = await left.pixels();
    const motion = await LoadMotionFieldAsync(data.field, left.scene);
    const own = motion.attach(before, { autoUpdate: false });
    const rest = compare(await left.pixels(), picture);
    own.clip("wave").goToFrame(5.5);
    own.update(0);

    const twinRoot = await right.load("/skinned.glb");
    const twin = twinRoot.getChildMeshes(false)[0] as Mesh;
    // The baked vertices lie in asset space, that of the loader's root.
    twin.parent = twinRoot;
    twin.resetLocalMatrix();
    const [positions, normals] = [Float32Array.from(data.positions), Float32Array.from(data.normals)];
    const clip = motion.field.clips[0];
    const matrices = sampleHandles(motion.field, clip, 5.5 / clip.fps);
    const binding = motion.field.bindings[0];
    twin.skeleton = null;
    twin.setVerticesData("position", deformPositions(binding, matrices, positions), true);
    twin.setVerticesData("normal", deformNormals(binding, matrices, normals), true);
    twin.refreshBoundingInfo({});
    const same = compare(await left.pixels(), await right.pixels());
    const moved = compare(await left.pixels(), picture);
    motion.dispose();
    const back = compare(await left.pixels(), picture);
    const bones = (before.getChildMeshes(false)[0] as Mesh).skeleton?.bones.length;
    (before.getChildMeshes(false)[0] as Mesh).skeleton?.dispose();
    before.dispose();
    twinRoot.dispose();
    for (const mesh of [...player.meshes, ...reference.meshes]) mesh.setEnabled(true);
    return { rest, same, moved, back, bones };
  },

  /** Two clones of the model that share its geometry, each with a player of its own. */
  async clones() {
    const { left, right, motion, player, reference } = await theatre();
    player.rest();
    player.clip("wave").goToFrame(4);
    player.update(0);
    const copy = (player.root as Mesh).clone("copy", null) as Mesh;
    copy.position.x += 1.8;
    for (const mesh of copy.getChildMeshes(false)) left.shadows.addShadowCaster(mesh, false);
    const own = motion.attach(copy, { autoUpdate: false });
    own.clip("hop").goToFrame(6);
    own.update(0);
    const other = await right.load("/waver.glb");
    other.position.x += 1.8;
    const second = createReference(other, NAMES);
    const at = (index: number, frame: number) => {
      const clip = motion.field.clips[index];
      return samplePose(motion.field, clip, frame / clip.fps);
    };
    reference.pose(motion.field, at(0, 4));
    second.pose(motion.field, at(1, 6));
    const same = compare(await left.pixels(), await right.pixels());
    const meshes = own.meshes.length;
    own.dispose();
    second.pose(motion.field, null);
    const after = compare(await left.pixels(), await right.pixels());
    copy.dispose();
    other.dispose();
    return { same, after, meshes };
  },

  /** What is left of the plugin once everything is disposed of, and what a model that does not fit gets. */
  async leave() {
    const stage = await theatre();
    const { left, player, motion, reference } = stage;
    const mesh = player.meshes[0];
    player.clip("hop").goToFrame(5);
    player.update(0);
    motion.dispose();
    reference.pose(motion.field, null);
    const same = compare(await left.pixels(), await stage.right.pixels());
    const left_ = {
      skeletons: left.scene.skeletons.length,
      poses: left.scene.textures.filter((texture) => /poses/.test(texture.name)).length,
      kinds: mesh.getVerticesDataKinds().filter((kind) => kind.startsWith("matrices")),
      manager: mesh.bakedVertexAnimationManager !== null,
      ownIntersects: Object.hasOwn(mesh, "intersects"),
    };
    const warnings: string[] = [];
    Logger.OnNewCacheEntry = (entry) => warnings.push(entry);
    const other = CreateBox("crate", {}, left.scene);
    const stranger = new Motion(motion.field, left.scene).attach(other);
    Logger.OnNewCacheEntry = () => {};
    const bound = stranger.meshes.length;
    other.dispose();
    return { same, left: left_, warnings, bound, gone: stranger.isDisposed };
  },
};

Object.assign(globalThis, experiments);
