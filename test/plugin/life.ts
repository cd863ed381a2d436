// Runs in the page: experiments on what happens to a model and its players over time: new motions, clones, skins, the end. Each
// returns numbers for plugin.test.ts to judge.

import { CreateBox } from "@babylonjs/core/Meshes/Builders/boxBuilder.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import { Logger } from "@babylonjs/core/Misc/logger.js";
import { LoadMotionFieldAsync, Motion } from "../../plugin/motion.ts";
import { deformNormals, deformPositions } from "../../runtime/deform.ts";
import { sampleHandles, samplePose } from "../../runtime/sample.ts";
import { makeField } from "./make-field.ts";
import { createReference } from "./reference.ts";
import { compare } from "./stage.ts";
import { clipOf, NAMES, sameAs, theatre } from "./theatre.ts";

export const life = {
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
    const crowd = player.createCrowd(1).set(0, { clip: "wave", offset: 0.2 });
    motion.replace(before);
    while (!crowd.isReady()) await new Promise((done) => setTimeout(done, 20));
    player.update(0);
    const member = await sameAs(stage, samplePose(before, clipOf(stage, "wave"), 0.2 * clipOf(stage, "wave").duration));
    const goneOn = player.crowd === crowd;
    crowd.dispose();
    const back = await sameAs(stage, samplePose(before, clipOf(stage, "wave"), later * clipOf(stage, "wave").duration));
    return { phase, kept, same, later, names, member, goneOn, back };
  },

  /** Waits for two hot reloads, the first after a lost connection, and a failed one; the test answers and sends the events. */
  async hotReload({ eventsUrl }: { eventsUrl: string }) {
    const { motion, player } = await theatre();
    player.rest();
    player.clip("wave").start(true);
    player.update(0.4);
    const before = { frames: motion.field.clips[0].frames, phase: player.clip("wave").phase };
    const replaced = () => new Promise<void>((done) => motion.onReplacedObservable.addOnce(() => done()));
    const failed = new Promise<string>((done) =>
      motion.onReloadErrorObservable.addOnce((error) => done(error.message)),
    );
    const stop = motion.connectHotReload(eventsUrl);
    await replaced();
    const missed = motion.field.clips[0].frames;
    Object.assign(globalThis, { reloaded: 1 });
    await replaced();
    Object.assign(globalThis, { reloaded: 2 });
    const after = { frames: motion.field.clips[0].frames, phase: player.clip("wave").phase };
    const error = await failed;
    const kept = motion.field.clips[0].frames;
    stop();
    return { before, missed, after, error, kept };
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
