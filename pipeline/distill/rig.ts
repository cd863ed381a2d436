// Camera rigs: the views that the teacher sees at once, evenly spaced around the asset, and their rest renders.

import { BACKGROUND, type Camera, type Renderer, type Splats } from "../render/renderer.ts";
import { type Random, shuffled } from "./random.ts";

export interface Rig {
  cameras: Camera[];
  /** Rest render of every view, [views, 3, height, width], -1..1. */
  rest: Float32Array;
  /** Share of these pictures that the body covers, 0..1. */
  seen: number;
}

/** A channel this far from the background's (of the two that -1..1 holds) is the body's. */
const SEEN = 0.02;
/** Share that the least body counts for: noise of one pixel must not rule the loop. */
const LEAST_SEEN = 0.01;

/** `views` cameras 360/views degrees apart at one elevation, turned by a random azimuth. */
export function randomCameras(views: number, elevations: readonly [number, number], random: Random): Camera[] {
  const start = random() * 2 * Math.PI;
  const elevation = elevations[0] + (elevations[1] - elevations[0]) * random();
  return Array.from({ length: views }, (_, view) => ({ azimuth: start + (view * 2 * Math.PI) / views, elevation }));
}

/** Share of the way from one view's direction to the next that no first view lies in, on either side of a body's axis. */
const OFF_AXIS = 0.2;

/**
 * Rigs of `views` cameras each, spread evenly over the azimuths between two views and over the elevations, each in a place of its own stratum.
 * None looks along the body's axes, where its left and right limbs cover one another.
 */
export function spreadCameras(
  count: number,
  views: number,
  elevations: readonly [number, number],
  random: Random,
): Camera[][] {
  const [turns, heights] = [shuffled(count, random), shuffled(count, random)];
  return turns.map((turn, i) => {
    const start = (OFF_AXIS + ((1 - 2 * OFF_AXIS) * (turn + random())) / count) * ((2 * Math.PI) / views);
    const elevation = elevations[0] + ((elevations[1] - elevations[0]) * (heights[i] + random())) / count;
    return Array.from({ length: views }, (_, view) => ({ azimuth: start + (view * 2 * Math.PI) / views, elevation }));
  });
}

export async function createRig(renderer: Renderer, splats: Splats, cameras: Camera[]): Promise<Rig> {
  const linears = new Float32Array(splats.count * 9);
  for (let p = 0; p < splats.count; p++) for (let i = 0; i < 3; i++) linears[p * 9 + i * 4] = 1;
  const rest = await renderer.render({ frames: 1, positions: splats.positions, linears }, cameras);
  return { cameras, rest, seen: shareSeen(rest, cameras.length) };
}

/** Share of the pixels of `rest` [views, 3, pixels] that are not background. */
function shareSeen(rest: Float32Array, views: number): number {
  const pixels = rest.length / (3 * views);
  const background = 2 * BACKGROUND - 1;
  let seen = 0;
  for (let view = 0; view < views; view++) {
    for (let p = view * 3 * pixels; p < (view * 3 + 1) * pixels; p++) {
      if ([p, p + pixels, p + 2 * pixels].some((at) => Math.abs(rest[at] - background) > SEEN)) seen++;
    }
  }
  return Math.max(LEAST_SEEN, seen / (views * pixels));
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
