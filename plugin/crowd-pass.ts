// Computes the poses of a crowd, one row per member and mesh space, in one draw on the GPU: a fragment per matrix column. Where
// the device cannot render float32, the same rows are filled on the CPU. It keeps no playheads (crowd.ts does).

import type { AbstractEngine } from "@babylonjs/core/Engines/abstractEngine.js";
import { Constants } from "@babylonjs/core/Engines/constants.js";
import { EffectRenderer, EffectWrapper } from "@babylonjs/core/Materials/effectRenderer.js";
import { ShaderLanguage } from "@babylonjs/core/Materials/shaderLanguage.js";
import type { BaseTexture } from "@babylonjs/core/Materials/Textures/baseTexture.js";
import { RawTexture } from "@babylonjs/core/Materials/Textures/rawTexture.js";
import { RenderTargetTexture } from "@babylonjs/core/Materials/Textures/renderTargetTexture.js";
import { Logger } from "@babylonjs/core/Misc/logger.js";
import type { Scene } from "@babylonjs/core/scene.js";
import type { FieldClip, MotionField } from "../runtime/field.ts";
import { clipRow, poseMatrices } from "../runtime/sample.ts";
import { mixPose, type PoseLayer } from "./mix-pose.ts";
import { createPoseTexture, floatTexture } from "./pose-texture.ts";
import { type Space, writeSpace } from "./spaces.ts";

/** Clips that a member mixes at most: what it plays and what it fades from. */
export const MEMBER_LAYERS = 2;

export interface CrowdPass {
  texture: BaseTexture;
  isReady(): boolean;
  /** @param members the layers of every member, weights summing to 1 */
  run(members: readonly (readonly PoseLayer[])[]): void;
  dispose(): void;
}

/** Row of a member's pose: settings of the baked-vertex-animation include select it. */
export function memberRow(space: number, member: number, count: number): number {
  return space * count + member;
}

/** @throws RangeError where the poses or the clips do not fit into a texture of this device. */
export function createCrowdPass(field: MotionField, spaces: readonly Space[], count: number, scene: Scene): CrowdPass {
  const caps = scene.getEngine().getCaps();
  const limit = caps.maxTextureSize;
  const rows = count * spaces.length;
  if (rows > limit || field.handleCount * 4 > limit) {
    const most = Math.floor(limit / Math.max(spaces.length, 1));
    throw new RangeError(
      `A crowd of ${count} does not fit: this device holds ${most} of "${field.asset.name}". Use several.`,
    );
  }
  const clipRows = field.clips.reduce((sum, clip) => sum + clip.rows, 0);
  return caps.textureFloatRender && clipRows <= limit && field.clips.length > 0
    ? gpuPass(field, spaces, count, scene)
    : cpuPass(field, spaces, count, scene);
}

function cpuPass(field: MotionField, spaces: readonly Space[], count: number, scene: Scene): CrowdPass {
  const handles = field.handleCount;
  const poses = createPoseTexture(handles, count * spaces.length, scene);
  const pose = new Float32Array(handles * 8);
  const other = new Float32Array(handles * 8);
  const matrices = new Float32Array(handles * 12);
  const local = new Float32Array(handles * 12);
  return {
    texture: poses.texture,
    isReady: () => true,
    run(members) {
      members.forEach((layers, member) => {
        poseMatrices(field, mixPose(field, layers, pose, other), matrices);
        spaces.forEach((space, index) => {
          writeSpace(space, matrices, local, poses.data, memberRow(index, member, count) * handles * 16);
        });
      });
      poses.upload();
    },
    dispose: () => poses.dispose(),
  };
}

/** Only games that make a crowd fetch a shader, and only that of their engine. */
async function loadShaders(engine: AbstractEngine): Promise<EffectWrapper> {
  const { VERTEX, FRAGMENT } = await (engine.isWebGPU
    ? import("./crowd-pass.wgsl.ts")
    : import("./crowd-pass.glsl.ts"));
  return new EffectWrapper({
    engine,
    name: "crowdPoses",
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    shaderLanguage: engine.isWebGPU ? ShaderLanguage.WGSL : ShaderLanguage.GLSL,
    samplerNames: ["motionTexture", "handleTexture", "memberTexture", "spaceTexture"],
  });
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

function gpuPass(field: MotionField, spaces: readonly Space[], count: number, scene: Scene): CrowdPass {
  const engine = scene.getEngine();
  const handles = field.handleCount;
  const target = new RenderTargetTexture("crowd poses", { width: handles * 4, height: count * spaces.length }, scene, {
    generateMipMaps: false,
    generateDepthBuffer: false,
    type: Constants.TEXTURETYPE_FLOAT,
    format: Constants.TEXTUREFORMAT_RGBA,
    samplingMode: Constants.TEXTURE_NEAREST_SAMPLINGMODE,
  });
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
  let wrapper: EffectWrapper | null = null;
  let disposed = false;
  const loading = loadShaders(engine).then((made) => {
    if (disposed) return made.dispose();
    made.onApplyObservable.add(() => {
      made.effect.setTexture("motionTexture", motion);
      made.effect.setTexture("handleTexture", handleTexture);
      made.effect.setTexture("memberTexture", memberTexture);
      made.effect.setTexture("spaceTexture", spaceTexture);
    });
    wrapper = made;
  });
  loading.catch((error: Error) => Logger.Error(`The crowd's shader could not be loaded: ${error.message}`));

  return {
    texture: target,
    isReady: () => wrapper?.effect.isReady() === true,
    run(members) {
      if (wrapper === null) return;
      state.fill(0);
      members.forEach((layers, member) => {
        layers.slice(0, MEMBER_LAYERS).forEach(({ clip, time, weight }, layer) => {
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
      disposed = true;
      renderer.dispose();
      wrapper?.dispose();
      for (const texture of [target, motion, handleTexture, memberTexture, spaceTexture]) texture.dispose();
    },
  };
}
