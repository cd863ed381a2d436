// A renderer that takes a pose instead of posed splats: deformation and rendering as one contract, so that a device which can do
// both never sends the splats of every frame back and forth. Here it is put together from the CPU's deform and any renderer,
// which is the reference of every other.

import type { Gpu } from "../device/open-gpu.ts";
import { deform, deformBackward } from "../motion/deform.ts";
import type { Binding, Handles } from "../motion/handles.ts";
import type { Pose, PoseGradient } from "../motion/motion.ts";
import type { Camera, Renderer, Splats } from "./renderer.ts";

/** What is posed and rendered. `binding` binds the splats to the handles. */
export interface PosedScene {
  splats: Splats;
  handles: Handles;
  binding: Binding;
}

export interface PoseRenderer extends Renderer {
  /** @returns images as `Renderer.render` gives them, of the scene's splats deformed by the pose. */
  renderPose(pose: Pose, cameras: readonly Camera[]): Promise<Float32Array>;
  /**
   * Adds dL/dpose of the last `renderPose` to `out` (`rotations` and `centres`).
   * @param gradient dL/d image in the layout of `renderPose`'s result.
   * @throws AnimusError (internal) where something else was rendered last.
   */
  backwardPose(gradient: Float32Array, out: PoseGradient): Promise<void>;
  /** Where the renderer works on a GPU: the same without the images ever leaving it. */
  readonly onDevice?: DevicePoseRenderer;
}

export interface DevicePoseRenderer {
  readonly gpu: Gpu;
  /**
   * @returns the images (layout of `PoseRenderer.renderPose`) and where dL/dimages goes, both valid until the next call of the
   * renderer but `backwardPose`; null where the device has no room for all frames at once.
   */
  renderPose(pose: Pose, cameras: readonly Camera[]): Promise<{ images: GPUBuffer; gradient: GPUBuffer } | null>;
  /** As `PoseRenderer.backwardPose`, from what was written into `gradient`. */
  backwardPose(out: PoseGradient): Promise<void>;
}

/** Disposing of it disposes of `renderer`. */
export function createPoseRenderer(renderer: Renderer, scene: PosedScene): PoseRenderer {
  const { splats, handles, binding } = scene;
  let frames = 0;
  return {
    ...renderer,
    renderPose(pose, cameras) {
      frames = pose.frames;
      return renderer.render(deform(splats.positions, binding, handles, pose), cameras);
    },
    async backwardPose(gradient, out) {
      const onFrames = await renderer.backward(gradient);
      deformBackward(splats.positions, binding, handles, onFrames, frames, out);
    },
  };
}
