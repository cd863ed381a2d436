// Runs in the page: experiments on what the plugin shows, pass by pass. Each returns numbers for plugin.test.ts to judge.

import { Matrix, Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
// Adds the thinInstance methods to Mesh.
import "@babylonjs/core/Meshes/thinInstanceMesh.js";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode.js";
// Adds scene.enableDepthRenderer.
import "@babylonjs/core/Rendering/depthRendererSceneComponent.js";
import type { FieldClip } from "../../runtime/field.ts";
import { blendPoses, samplePose } from "../../runtime/sample.ts";
import { createReference } from "./reference.ts";
import { compare, type Stage } from "./stage.ts";
import { clipOf, gpuPickGrid, NAMES, pickGrid, sameAs, theatre } from "./theatre.ts";

export const looks = {
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

  /** Thin instances that an arm has of its own against the same ones of an arm moved on the CPU. */
  async ownInstances() {
    const stage = await theatre();
    const { player, motion, reference, left, right } = stage;
    player.rest();
    const data = clipOf(stage, "wave");
    const pose = samplePose(motion.field, data, 5 / data.fps);
    const arms = [...player.meshes, ...(reference.meshes as Mesh[])].filter(({ name }) => name === "right arm");
    for (const arm of arms) arm.thinInstanceAdd([Matrix.Identity(), Matrix.Translation(0.4, 1.1, 0.7)]);
    player.clip("wave").goToFrame(5);
    player.update(0);
    reference.pose(motion.field, pose);
    arms[1].thinInstanceRefreshBoundingInfo(true);
    const picture = await right.pixels();
    const same = {
      picture: compare(await left.pixels(), picture),
      shadow: compare(await left.shadowPixels(), await right.shadowPixels()),
    };
    for (const arm of arms) arm.thinInstanceSetBuffer("matrix", null);
    const alone = await sameAs(stage, pose);
    const added = compare(picture, await right.pixels());
    return { same, alone, added };
  },

  /** Instances of a moving mesh, one of them made once the motion plays, and the mesh alone again. */
  async instances() {
    const stage = await theatre();
    const { player, motion, reference, left, right } = stage;
    player.rest();
    const data = clipOf(stage, "wave");
    const pose = samplePose(motion.field, data, 5 / data.fps);
    const arms = [...player.meshes, ...(reference.meshes as Mesh[])].filter(({ name }) => name === "right arm");
    const made = arms.map((arm, i) => {
      const copies = [arm.createInstance("first")];
      if (i === 0) player.update(0);
      copies.push(arm.createInstance("second"));
      copies.forEach((copy, n) => {
        copy.parent = arm.parent;
        copy.position.addInPlaceFromFloats(0.3 + n * 0.5, 0.2 - n * 0.4, 0.5);
        (i === 0 ? left : right).shadows.addShadowCaster(copy, false);
      });
      return copies;
    });
    player.clip("wave").goToFrame(5);
    player.update(0);
    reference.pose(motion.field, pose);
    const picture = await right.pixels();
    const same = {
      picture: compare(await left.pixels(), picture),
      shadow: compare(await left.shadowPixels(), await right.shadowPixels()),
    };
    for (const [i, copies] of made.entries()) {
      for (const copy of copies) {
        (i === 0 ? left : right).shadows.removeShadowCaster(copy, false);
        copy.dispose();
      }
    }
    const alone = await sameAs(stage, pose);
    const added = compare(picture, await right.pixels());
    return { same, alone, added };
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
};
