// Runs in the page: a model comes, plays, becomes a crowd, gets a new motion and goes, again and again; what the scene and the engine
// hold after each round.

import { LoadMotionFieldAsync } from "../../plugin/motion.ts";
import { makeField } from "./make-field.ts";
import { theatre } from "./theatre.ts";

export async function unload({ rounds }: { rounds: number }) {
  const { left, engine } = await theatre();
  const { scene } = left;
  const held = () => ({
    meshes: scene.meshes.length,
    nodes: scene.transformNodes.length,
    materials: scene.materials.length,
    geometries: scene.geometries.length,
    skeletons: scene.skeletons.length,
    textures: scene.textures.length,
    onGraphicsDevice: engine.getLoadedTexturesCache().length,
    perFrame: scene.onBeforeRenderObservable.observers.length,
  });
  const after: Record<string, number>[] = [];
  for (let round = 0; round < rounds; round++) {
    const root = await left.load("/waver.glb");
    // The loader's container keeps an observer of its own.
    const before = scene.onDisposeObservable.observers.length;
    const motion = await LoadMotionFieldAsync("/waver.motion.glb", scene);
    const player = motion.attach(root);
    player.clip("wave").start(true);
    await left.pixels();
    const crowd = player.createCrowd(20);
    while (!crowd.isReady()) await new Promise((done) => setTimeout(done, 20));
    await left.pixels();
    motion.replace(makeField({ handles: [5, 6, 2], frames: 24, strength: 0.6, clips: ["wave", "spin"] }));
    await left.pixels();
    // Sometimes the crowd's pass is still being fetched when all ends.
    if (round % 2 === 0) player.createCrowd(10);
    motion.dispose();
    // Babylon takes observers away a moment later.
    await new Promise((done) => setTimeout(done, 20));
    const observers = scene.onDisposeObservable.observers.length - before;
    for (const mesh of root.getChildMeshes(false)) left.shadows.removeShadowCaster(mesh);
    root.dispose(false, true);
    await left.pixels();
    after.push({ ...held(), observers });
  }
  return after;
}
