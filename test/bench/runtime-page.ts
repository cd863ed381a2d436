// Runs in the page: crowds (crowd-frames.ts), loading to the first pose, hot reload. runtime-drawn.ts asks and records.

import type { AbstractEngine } from "@babylonjs/core/Engines/abstractEngine.js";
import { LoadMotionFieldAsync } from "../../plugin/motion.ts";
import { createEngine } from "../browser/engine.ts";
import { crowdFrames, frame, SIZE, stage } from "./crowd-frames.ts";

let opened: Promise<AbstractEngine> | null = null;
const engineOf = () => (opened ??= createEngine(SIZE));

async function bytesOf(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

Object.assign(globalThis, {
  async crowds({ count, runs }: { count: number; runs: number }) {
    const [model, motion] = await Promise.all([bytesOf("/fox.glb"), bytesOf("/fox.motion.glb")]);
    return crowdFrames({ engine: await engineOf(), model, motion, count, runs, batch: 1 });
  },

  /** From the URL to a pose on the graphics device, and to the first frame that shows it; the frames after it as a measure. */
  async load({ runs }: { runs: number }) {
    const { scene, root } = await stage(await engineOf(), await bytesOf("/fox.glb"));
    await scene.whenReadyAsync();
    for (let i = 0; i < 3; i++) await frame(scene);
    const results: { still: number; pose: number; firstFrame: number; moving: number }[] = [];
    for (let run = 0; run < runs; run++) {
      const still = await frame(scene);
      const begun = performance.now();
      const motion = await LoadMotionFieldAsync("/fox.motion.glb", scene);
      const player = motion.attach(root);
      player.clip(motion.clipNames[0]).start(true);
      player.update(1 / 60);
      const pose = performance.now() - begun;
      const mesh = player.meshes[0];
      // Babylon draws a mesh only once its shader has compiled.
      while (!mesh.isReady(true)) await new Promise((done) => setTimeout(done, 0));
      await frame(scene);
      const firstFrame = performance.now() - begun;
      results.push({ still, pose, firstFrame, moving: await frame(scene) });
      motion.dispose();
      await frame(scene);
    }
    scene.dispose();
    return results;
  },

  /** From "the file has changed" to the frame that shows the new motion, and what became of the phase. */
  async reload({ runs }: { runs: number }) {
    const { scene, root } = await stage(await engineOf(), await bytesOf("/fox.glb"));
    const motion = await LoadMotionFieldAsync("/fox.motion.glb", scene);
    const player = motion.attach(root);
    const clip = player.clip(motion.clipNames[0]).start(true);
    await scene.whenReadyAsync();
    for (let i = 0; i < 20; i++) await frame(scene);
    const results: { milliseconds: number; kept: boolean }[] = [];
    for (let run = 0; run < runs; run++) {
      const before = clip.phase;
      const begun = performance.now();
      await motion.reloadAsync();
      const after = clip.phase;
      await frame(scene);
      results.push({
        milliseconds: performance.now() - begun,
        kept: Math.abs(after - before) < 1e-9 && clip.isPlaying,
      });
    }
    scene.dispose();
    return results;
  },
});
