// The work of one `render` or `backward` call, as any number of threads share it: each takes the next image (or, backward,
// the next frame with all its cameras in order) from a counter. No sum depends on who takes what, so the result does not either.

import { allocateCanvas, type CompositeOptions, composite, compositeGradient } from "./composite.ts";
import { allocateDepthOrder, sortByDepth } from "./depth-order.ts";
import { allocateProjected, projectSplats } from "./project-splats.ts";
import { IMAGE_GRADIENT_STRIDE, projectSplatsGradient } from "./project-splats-gradient.ts";
import type { Camera, RenderSettings, SplatFrames, Splats } from "./renderer.ts";

export interface RenderOptions extends CompositeOptions {
  /** Variance of a pixel's own footprint, pixels squared. */
  lowPass: number;
}

/** What a thread keeps for its whole life. */
export interface RenderScene {
  splats: Splats;
  settings: RenderSettings;
  options: RenderOptions;
}

/** One call; every array lies in shared memory. */
export interface RenderTask {
  kind: "render" | "backward";
  frames: SplatFrames;
  cameras: readonly Camera[];
  /** [cameras, 3, frames, height, width]; written by `render`, read by `backward`. */
  images: Float32Array;
  /** dL/dimages; read by `backward`. */
  gradient: Float32Array;
  /** Written by `backward`. */
  positionGradient: Float32Array;
  linearGradient: Float32Array;
  /** One element: the next unit of work. */
  next: Int32Array;
}

/** Makes the scratch memory of one thread and returns what runs tasks in it. */
export function createTaskRunner({ splats, settings, options }: RenderScene): (task: RenderTask) => void {
  const { count, colors } = splats;
  const plane = settings.width * settings.height;
  const projected = allocateProjected(count);
  const order = allocateDepthOrder(count);
  const canvas = allocateCanvas(settings);
  const image = new Float32Array(plane * 3);
  const imageGradient = new Float32Array(plane * 3);
  const splatGradient = new Float64Array(count * IMAGE_GRADIENT_STRIDE);
  const positionSum = new Float64Array(count * 3);
  const linearSum = new Float64Array(count * 9);

  /** Offset of channel `channel` of an image in the shared layout. */
  const planeOffset = (task: RenderTask, camera: number, frame: number, channel: number) =>
    ((camera * 3 + channel) * task.frames.frames + frame) * plane;

  const project = ({ frames, cameras }: RenderTask, camera: number, frame: number) => {
    projectSplats(
      splats,
      frames.positions,
      frames.linears,
      frame,
      cameras[camera],
      settings,
      options.lowPass,
      projected,
    );
    sortByDepth(projected, order);
  };

  const renderImage = (task: RenderTask, camera: number, frame: number) => {
    project(task, camera, frame);
    composite(projected, order, colors, settings, options, canvas, image);
    for (let channel = 0; channel < 3; channel++) {
      const plane1 = image.subarray(channel * plane, (channel + 1) * plane);
      task.images.set(plane1, planeOffset(task, camera, frame, channel));
    }
  };

  const backwardFrame = (task: RenderTask, frame: number) => {
    const { positions, linears } = task.frames;
    positionSum.fill(0);
    linearSum.fill(0);
    task.cameras.forEach((view, camera) => {
      for (let channel = 0; channel < 3; channel++) {
        const offset = planeOffset(task, camera, frame, channel);
        image.set(task.images.subarray(offset, offset + plane), channel * plane);
        imageGradient.set(task.gradient.subarray(offset, offset + plane), channel * plane);
      }
      project(task, camera, frame);
      compositeGradient(projected, order, colors, settings, options, canvas, image, imageGradient, splatGradient);
      projectSplatsGradient(
        splats,
        positions,
        linears,
        frame,
        view,
        settings,
        projected,
        splatGradient,
        positionSum,
        linearSum,
      );
    });
    task.positionGradient.set(positionSum, frame * count * 3);
    task.linearGradient.set(linearSum, frame * count * 9);
  };

  return (task) => {
    const { frames } = task.frames;
    const units = task.kind === "render" ? frames * task.cameras.length : frames;
    for (let unit = Atomics.add(task.next, 0, 1); unit < units; unit = Atomics.add(task.next, 0, 1)) {
      if (task.kind === "render") renderImage(task, Math.floor(unit / frames), unit % frames);
      else backwardFrame(task, unit);
    }
  };
}
