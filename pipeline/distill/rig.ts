// Camera rigs: the views that the teacher sees at once, evenly spaced around the asset, and their rest renders.

import type { Camera, Renderer, Splats } from "../render/renderer.ts";
import type { Random } from "./random.ts";

export interface Rig {
  cameras: Camera[];
  /** Rest render of every view, [views, 3, height, width], -1..1. */
  rest: Float32Array;
}

/** `views` cameras 360/views degrees apart at one elevation, turned by a random azimuth. */
export function randomCameras(views: number, elevations: readonly [number, number], random: Random): Camera[] {
  const start = random() * 2 * Math.PI;
  const elevation = elevations[0] + (elevations[1] - elevations[0]) * random();
  return Array.from({ length: views }, (_, view) => ({ azimuth: start + (view * 2 * Math.PI) / views, elevation }));
}

export async function createRig(renderer: Renderer, splats: Splats, cameras: Camera[]): Promise<Rig> {
  const linears = new Float32Array(splats.count * 9);
  for (let p = 0; p < splats.count; p++) for (let i = 0; i < 3; i++) linears[p * 9 + i * 4] = 1;
  return { cameras, rest: await renderer.render({ frames: 1, positions: splats.positions, linears }, cameras) };
}

/** The static clip x_s: the rest render in every frame, [views, 3, frames, height, width]. */
export function staticClip(rig: Rig, frames: number): Float32Array {
  const planes = rig.cameras.length * 3;
  const pixels = rig.rest.length / planes;
  const clip = new Float32Array(rig.rest.length * frames);
  for (let plane = 0; plane < planes; plane++) {
    const image = rig.rest.subarray(plane * pixels, (plane + 1) * pixels);
    for (let frame = 0; frame < frames; frame++) clip.set(image, (plane * frames + frame) * pixels);
  }
  return clip;
}
