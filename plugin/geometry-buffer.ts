// Moves meshes in Babylon's geometry buffer, whose shader carries the baked-vertex-animation include while its renderer (9.34) never switches
// it on. Import it from "animus3d/geometry-buffer". Only needed by effects that ask for that buffer (SSAO2, SSR, motion blur).

import type { Effect } from "@babylonjs/core/Materials/effect.js";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import type { SubMesh } from "@babylonjs/core/Meshes/subMesh.js";
import type { GeometryBufferRenderer } from "@babylonjs/core/Rendering/geometryBufferRenderer.js";
import { INSTANCE_SETTINGS } from "./own-instances.ts";

const UNIFORMS = [
  "bakedVertexAnimationTime",
  "bakedVertexAnimationTextureSizeInverted",
  "bakedVertexAnimationSettings",
] as const;
const SAMPLER = "bakedVertexAnimationTexture";

interface EffectOptions {
  attributes: string[];
  uniformsNames: string[];
  samplers: string[];
  defines: string;
}

/** What of a mesh draws a batch with an effect: Babylon's own step, which every pass goes through. */
type Draw = (effective: AbstractMesh, subMesh: SubMesh, effect: Effect, ...rest: unknown[]) => unknown;

/**
 * @param meshes `player.meshes`, of one player or several
 * @returns the function that ends it; it ends with the renderer too
 */
export function moveInGeometryBuffer(renderer: GeometryBufferRenderer, meshes: readonly Mesh[]): () => void {
  const moving = new Set<AbstractMesh>(meshes);
  const effects = new WeakSet<Effect>();
  const engine = meshes[0]?.getEngine();
  const isReady = renderer.isReady;

  renderer.isReady = (subMesh, useInstances) => {
    const mesh = subMesh.getMesh();
    if (engine === undefined || !moving.has(mesh) || !mesh.bakedVertexAnimationManager?.isEnabled) {
      return isReady.call(renderer, subMesh, useInstances);
    }
    const createEffect = engine.createEffect;
    const create = (name: unknown, options: EffectOptions, ...rest: unknown[]) => {
      const withMotion = {
        ...options,
        defines: `${options.defines}\n#define BAKED_VERTEX_ANIMATION_TEXTURE`,
        attributes: useInstances ? [...options.attributes, INSTANCE_SETTINGS] : options.attributes,
        uniformsNames: [...options.uniformsNames, ...UNIFORMS],
        samplers: [...options.samplers, SAMPLER],
      };
      const effect = (createEffect as (...all: unknown[]) => Effect).call(engine, name, withMotion, ...rest);
      effects.add(effect);
      return effect;
    };
    engine.createEffect = create as unknown as typeof createEffect;
    try {
      return isReady.call(renderer, subMesh, useInstances);
    } finally {
      Reflect.deleteProperty(engine, "createEffect");
    }
  };

  for (const mesh of meshes) {
    const inner = mesh as unknown as { _processRendering: Draw };
    const draw = inner._processRendering;
    inner._processRendering = (effective, subMesh, effect, ...rest) => {
      const instanced = rest[2] === true;
      if (effects.has(effect)) mesh.bakedVertexAnimationManager?.bind(effect, instanced);
      return draw.call(mesh, effective, subMesh, effect, ...rest);
    };
  }
  return () => {
    renderer.isReady = isReady;
    for (const mesh of meshes) Reflect.deleteProperty(mesh, "_processRendering");
  };
}
