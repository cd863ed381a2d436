// Computes the poses of a crowd, one row per member and mesh space, in one draw on the GPU: a fragment per matrix column. Where
// the device cannot render float32, the same rows are filled on the CPU. It keeps no playheads (crowd.ts does); the GPU's part is in
// crowd-gpu-pass.ts, which only games that make a crowd fetch.

import { Constants } from "@babylonjs/core/Engines/constants.js";
import type { BaseTexture } from "@babylonjs/core/Materials/Textures/baseTexture.js";
import { RenderTargetTexture } from "@babylonjs/core/Materials/Textures/renderTargetTexture.js";
import { Logger } from "@babylonjs/core/Misc/logger.js";
import type { Scene } from "@babylonjs/core/scene.js";
import type { MotionField } from "../runtime/field.ts";
import { poseMatrices } from "../runtime/sample.ts";
import { mixPose, type PoseLayer } from "./mix-pose.ts";
import { createPoseTexture } from "./pose-texture.ts";
import { type Space, writeSpace } from "./spaces.ts";

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

function gpuPass(field: MotionField, spaces: readonly Space[], count: number, scene: Scene): CrowdPass {
  const size = { width: field.handleCount * 4, height: count * spaces.length };
  const target = new RenderTargetTexture("crowd poses", size, scene, {
    generateMipMaps: false,
    generateDepthBuffer: false,
    type: Constants.TEXTURETYPE_FLOAT,
    format: Constants.TEXTUREFORMAT_RGBA,
    samplingMode: Constants.TEXTURE_NEAREST_SAMPLINGMODE,
  });
  let pass: Omit<CrowdPass, "texture"> | null = null;
  let disposed = false;
  import("./crowd-gpu-pass.ts")
    .then(async ({ createGpuPass, loadShaders }) => {
      const shaders = await loadShaders(scene.getEngine().isWebGPU);
      if (!disposed) pass = createGpuPass(field, spaces, count, target, shaders);
    })
    .catch((error: Error) => Logger.Error(`The crowd's shader could not be loaded: ${error.message}`));
  return {
    texture: target,
    isReady: () => pass?.isReady() === true,
    run: (members) => pass?.run(members),
    dispose() {
      disposed = true;
      pass?.dispose();
      target.dispose();
    },
  };
}
