// Loads one model file and makes it fit a pedestal, whatever its units. The model's own animations stay off.

import { LoadAssetContainerAsync } from "@babylonjs/core/Loading/sceneLoader.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh.js";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode.js";
import type { Scene } from "@babylonjs/core/scene.js";
import type { Motion, Player } from "../../plugin/index.ts";

/** Metres: the limits that a model is scaled to; `sum` is of width, height and depth, so that a cube is not a giant. */
const FIT = { width: 2.9, height: 2.2, sum: 4.8 };

export const OTHER_SHAPE = "The motion was made for another shape of this model.";

export interface LoadedModel {
  /** Node above the model's own root; scaled, so that the model stands at its origin. */
  holder: TransformNode;
  root: AbstractMesh;
  meshes: AbstractMesh[];
  /** Metres in the scene. */
  height: number;
  /** Whether it can throw a shadow. */
  castsShadow: boolean;
  /** @throws Error where the motion was made for another shape. */
  attach(motion: Motion): Promise<Player>;
  dispose(): void;
}

export async function loadModel(url: string, scene: Scene): Promise<LoadedModel> {
  const extension = /\.(gltf|ply|splat|spz)(?=\?|$)/i.exec(url)?.[0].toLowerCase() ?? ".glb";
  const splats = /ply|splat|spz/.test(extension) ? await import("./splats.ts") : null;
  const container = await LoadAssetContainerAsync(url, scene, {
    pluginExtension: extension,
    pluginOptions: {
      gltf: { animationStartMode: 0, createInstances: false, onParsed: forgetSkeletonRoots },
      ...(splats && { splat: splats.SPLAT_OPTIONS }),
    },
  });
  for (const own of [...container.lights, ...container.cameras]) own.dispose();
  container.lights.length = 0;
  container.cameras.length = 0;
  container.addAllToScene();
  const [root] = container.meshes;
  // The shadow's shader of splats (9.34) lacks what fog needs in WGSL.
  if (splats !== null) root.applyFog = false;
  const { min, max } = root.getHierarchyBoundingVectors(true);
  const size = max.subtract(min);
  const width = Math.max(size.x, size.z);
  const scale = Math.min(FIT.height / size.y, FIT.width / width, FIT.sum / (size.x + size.y + size.z));

  const holder = new TransformNode("holder", scene);
  holder.scaling.setAll(scale);
  const shift = new TransformNode("shift", scene);
  shift.position = new Vector3(-(min.x + max.x) / 2, -min.y, -(min.z + max.z) / 2);
  shift.parent = holder;
  root.parent = shift;
  return {
    holder,
    root,
    meshes: container.meshes,
    height: size.y * scale,
    castsShadow: splats === null,
    async attach(motion) {
      if (splats !== null) return splats.attachSplats(motion, root);
      const player = motion.attach(root);
      if (player.meshes.length > 0) return player;
      player.dispose();
      throw new Error(OTHER_SHAPE);
    },
    dispose() {
      container.dispose();
      holder.dispose();
    },
  };
}

/** A skin's `skeleton` is a mere hint, often a wrong one, which bends the rest pose; without it the loader finds the root. */
function forgetSkeletonRoots({ json }: { json: object }): void {
  const { skins = [] } = json as { skins?: { skeleton?: number }[] };
  for (const skin of skins) delete skin.skeleton;
}
