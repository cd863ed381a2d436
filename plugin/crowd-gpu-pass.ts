// The GPU's part of crowd-pass.ts: one draw computes the poses of all members from the clips' texels. Fetched when a crowd is made, and
// with it only the shader of the engine that runs.

import { Constants } from "@babylonjs/core/Engines/constants.js";
import { EffectRenderer, EffectWrapper } from "@babylonjs/core/Materials/effectRenderer.js";
import { ShaderLanguage } from "@babylonjs/core/Materials/shaderLanguage.js";
import { RawTexture } from "@babylonjs/core/Materials/Textures/rawTexture.js";
import type { RenderTargetTexture } from "@babylonjs/core/Materials/Textures/renderTargetTexture.js";
import type { Scene } from "@babylonjs/core/scene.js";
import type { FieldClip, MotionField } from "../runtime/field.ts";
import { clipRow } from "../runtime/sample.ts";
import type { CrowdPass } from "./crowd-pass.ts";
import { floatTexture } from "./pose-texture.ts";
import type { Space } from "./spaces.ts";

/** Clips that a member mixes at most: what it plays, what it fades from, and what is added to them. */
const MEMBER_LAYERS = 3;
const ADDED = 2;

export interface Shaders {
  VERTEX: string;
  FRAGMENT: string;
}

export function loadShaders(wgsl: boolean): Promise<Shaders> {
  return wgsl ? import("./crowd-pass.wgsl.ts") : import("./crowd-pass.glsl.ts");
}

/** All clips below one another, as their texels are stored. */
function motionTexture(field: MotionField, scene: Scene): RawTexture {
  const texels = new Uint16Array(field.clips.reduce((sum, clip) => sum + clip.texels.length, 0));
  let offset = 0;
  for (const clip of field.clips) {
    texels.set(clip.texels, offset);
    offset += clip.texels.length;
  }
  return new RawTexture(
    texels,
    field.handleCount * 2,
    texels.length / (field.handleCount * 8),
    Constants.TEXTUREFORMAT_RGBA,
    scene,
    false,
    false,
    Constants.TEXTURE_NEAREST_SAMPLINGMODE,
    Constants.TEXTURETYPE_HALF_FLOAT,
  );
}

/** @param target [handles * 4, count * spaces], float32: where the poses go */
export function createGpuPass(
  field: MotionField,
  spaces: readonly Space[],
  count: number,
  target: RenderTargetTexture,
  shaders: Shaders,
): Omit<CrowdPass, "texture"> {
  const scene = target.getScene()!;
  const engine = scene.getEngine();
  const wrapper = new EffectWrapper({
    engine,
    // Babylon shares effects by name, and disposing of one would take it from the others.
    name: `crowdPoses ${target.uniqueId}`,
    vertexShader: shaders.VERTEX,
    fragmentShader: shaders.FRAGMENT,
    shaderLanguage: engine.isWebGPU ? ShaderLanguage.WGSL : ShaderLanguage.GLSL,
    samplerNames: ["motionTexture", "handleTexture", "memberTexture", "spaceTexture"],
  });
  const handles = field.handleCount;
  const motion = motionTexture(field, scene);
  const centres = new Float32Array(handles * 4);
  for (let k = 0; k < handles; k++) centres.set([...field.handles.subarray(k * 3, k * 3 + 3), field.scale], k * 4);
  const handleTexture = floatTexture(centres, handles, 1, scene);
  const columns = new Float32Array(spaces.length * 32);
  spaces.forEach((space, index) => {
    columns.set(space.meshToAsset.m, index * 32);
    columns.set(space.assetToMesh.m, index * 32 + 16);
  });
  const spaceTexture = floatTexture(columns, 8, spaces.length, scene);
  const state = new Float32Array(count * MEMBER_LAYERS * 4);
  const memberTexture = floatTexture(state, MEMBER_LAYERS, count, scene);
  const firstRow = new Map<FieldClip, number>();
  field.clips.reduce((row, clip) => {
    firstRow.set(clip, row);
    return row + clip.rows;
  }, 0);

  const renderer = new EffectRenderer(engine);
  wrapper.onApplyObservable.add(() => {
    wrapper.effect.setTexture("motionTexture", motion);
    wrapper.effect.setTexture("handleTexture", handleTexture);
    wrapper.effect.setTexture("memberTexture", memberTexture);
    wrapper.effect.setTexture("spaceTexture", spaceTexture);
  });

  return {
    isReady: () => wrapper.effect.isReady(),
    run(members) {
      state.fill(0);
      members.forEach((layers, member) => {
        layers.forEach(({ clip, time, weight, additive }, place) => {
          const layer = additive ? ADDED : place;
          const row = clipRow(clip, time);
          const first = Math.floor(row);
          const base = firstRow.get(clip) ?? 0;
          const texel = [base + first, base + Math.min(first + 1, clip.rows - 1), row - first, weight];
          state.set(texel, (member * MEMBER_LAYERS + layer) * 4);
        });
      });
      memberTexture.update(state);
      renderer.render(wrapper, target);
    },
    dispose() {
      renderer.dispose();
      wrapper.dispose();
      for (const texture of [motion, handleTexture, memberTexture, spaceTexture]) texture.dispose();
    },
  };
}
