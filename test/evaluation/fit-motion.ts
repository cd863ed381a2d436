// The ruler of the evaluation: the product's motion (handles and root over a spline) fitted to all views of one clip at once, by
// pixels, from coarse to fine. The same ruler measures the sampled and the true clip, so that its own errors show.

import { adamInit, adamUpdate } from "../../pipeline/distill/adam.ts";
import { type RegulariserWeights, regularise } from "../../pipeline/distill/regularisers.ts";
import { WINDINGS } from "../../pipeline/distill/winding.ts";
import { deform, deformBackward } from "../../pipeline/motion/deform.ts";
import type { Binding } from "../../pipeline/motion/handles.ts";
import {
  backpropagateMotion,
  createMotion,
  createPoseGradient,
  evaluateMotion,
  type Motion,
  motionBasis,
} from "../../pipeline/motion/motion.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { BACKGROUND, type Camera, type Splats } from "../../pipeline/render/renderer.ts";
import type { BodyMesh } from "./body-meshes.ts";
import { rigSplats, thinSplats } from "./body-splats.ts";

export interface FitSettings {
  handles: number;
  knots: number;
  /** Coarse to fine: side of the pictures over the clip's (1 or 1/2), splats, Adam steps and their rate (radians, units). */
  stages: { share: number; splats: number; steps: number; rate: number }[];
  regularisers: RegulariserWeights;
}

/**
 * Chosen on true clips of five bodies. Ten times stiffer, the fit sees half of a tiger's steps; ten times softer, it invents motion in
 * depth. Pictures of a quarter of the side mislead it: there a splat is smaller than the pixel's own footprint.
 */
export const FIT_DEFAULTS: FitSettings = {
  handles: 96,
  knots: 8,
  stages: [
    { share: 0.5, splats: 600, steps: 90, rate: 0.03 },
    { share: 1, splats: 1500, steps: 22, rate: 0.015 },
  ],
  regularisers: { arap: 0.1, rotation: 0.01, stretch: 0.1, acceleration: 0.03, drift: 0 },
};

export interface FitRequest {
  splats: Splats;
  /** Surface area of the splats, normalised units squared. */
  area: number;
  /** The triangles that the splats lie on; null where nobody knows them. */
  mesh: BodyMesh | null;
  loop: boolean;
  /** [views, 3, frames, size, size], -1..1. */
  clip: Float32Array;
  cameras: readonly Camera[];
  frames: number;
  /** Side of the pictures, even. */
  size: number;
  settings: FitSettings;
}

export interface Fit {
  /** Which of the splats were followed, [n], and where they went, [frames * n * 3]. */
  kept: Uint32Array;
  positions: Float32Array;
  /** The fit's own pictures, layout of the clip. */
  render: Float32Array;
  /** Share of each pixel that the fitted body covers, 0..1, [views, frames, size, size]. */
  coverage: Float32Array;
  /** The same pictures after a few more steps on the first two views alone: what those say about the other two. */
  apart: Float32Array;
}

/** Steps on the first two views alone. */
const APART_STEPS = 8;

export async function fitMotion(request: FitRequest): Promise<Fit> {
  const { area, loop, cameras, frames, size, settings } = request;
  const finest = settings.stages[settings.stages.length - 1];
  const fine = thinSplats(request.splats, area, finest.splats);
  const { handles, binding } = rigSplats(fine.splats, request, settings.handles, fine.kept);
  const basisOf = (motion: Motion) => motionBasis(motion, frames);
  let motion = createMotion(handles.count, settings.knots, loop);

  /** `steps` of Adam on the given views; the rate falls to a tenth. */
  const descend = async (to: Motion, stage: (typeof settings.stages)[number], views: number[]) => {
    const level = stage.splats < fine.splats.count ? thinSplats(fine.splats, area, stage.splats) : null;
    const splats = level?.splats ?? fine.splats;
    const bound = level ? pickBinding(binding, level.kept) : binding;
    const side = size * stage.share;
    const target = viewsOf(shrink(request.clip, size, 1 / stage.share), views, cameras.length);
    const weight = 1 / (3 * foreground(target));
    const seen = views.map((view) => cameras[view]);
    const renderer = createCpuRenderer(splats, { width: side, height: side }, { threads: 0 });
    const adam = adamInit(to.values.length);
    const basis = basisOf(to);
    const pose = () => evaluateMotion(to, handles, basis);
    try {
      if (stage === settings.stages[0] && views.length > 2) to.winding = await nearestWinding();
      for (let step = 0; step < stage.steps; step++) {
        const now = pose();
        const images = await renderer.render(deform(splats.positions, bound, handles, now), seen);
        const onFrames = await renderer.backward(images.map((value, i) => weight * (value - target[i])));
        const gradient = createPoseGradient(now);
        deformBackward(splats.positions, bound, handles, onFrames, frames, gradient);
        regularise(now, handles, loop, settings.regularisers, null, gradient);
        const rate = stage.rate * Math.min(1, (step + 1) / 3) * (1 - (0.9 * step) / stage.steps);
        adamUpdate(adam, to.values, backpropagateMotion(to, now, gradient, basis), rate);
      }
    } finally {
      await renderer.dispose();
    }

    /** Whole turns cannot be reached by small steps: the candidate whose pictures lie nearest, if clearly nearer than none. */
    async function nearestWinding() {
      const distances: number[] = [];
      for (const winding of WINDINGS) {
        const candidate = createMotion(handles.count, settings.knots, loop, winding);
        const turned = evaluateMotion(candidate, handles, basis);
        const images = await renderer.render(deform(splats.positions, bound, handles, turned), seen);
        distances.push(images.reduce((sum, value, i) => sum + (value - target[i]) ** 2, 0));
      }
      const best = distances.indexOf(Math.min(...distances));
      return WINDINGS[distances[best] < 0.7 * distances[0] ? best : 0];
    }
  };

  const all = cameras.map((_, view) => view);
  for (const stage of settings.stages) await descend(motion, stage, all);
  const settled = deform(fine.splats.positions, binding, handles, evaluateMotion(motion, handles, basisOf(motion)));
  motion = { ...motion, values: motion.values.slice() };
  await descend(motion, { ...finest, steps: APART_STEPS, rate: finest.rate }, [0, 1]);
  const pulled = deform(fine.splats.positions, binding, handles, evaluateMotion(motion, handles, basisOf(motion)));

  const settingsOf = { width: size, height: size };
  const renderer = createCpuRenderer(fine.splats, settingsOf, { threads: 0 });
  // Black splats leave the background's share of every pixel.
  const black = { ...fine.splats, colors: new Float32Array(fine.splats.colors.length) };
  const silhouette = createCpuRenderer(black, settingsOf, { threads: 0 });
  try {
    const render = await renderer.render(settled, cameras);
    const apart = await renderer.render(pulled, cameras);
    const dark = await silhouette.render(settled, cameras);
    const plane = frames * size * size;
    const coverage = new Float32Array(cameras.length * plane);
    for (let i = 0; i < coverage.length; i++) {
      const behind = (dark[Math.floor(i / plane) * 3 * plane + (i % plane)] + 1) / 2 / BACKGROUND;
      coverage[i] = 1 - behind;
    }
    return { kept: fine.kept, positions: settled.positions, render, coverage, apart };
  } finally {
    await Promise.all([renderer.dispose(), silhouette.dispose()]);
  }
}

/** Mean over blocks of `by` x `by` pixels. */
function shrink(clip: Float32Array, size: number, by: number): Float32Array {
  if (by === 1) return clip;
  const side = size / by;
  const out = new Float32Array(clip.length / (by * by));
  for (let i = 0; i < clip.length; i++) {
    const y = Math.floor(i / size);
    const row = Math.floor(y / size) * side + Math.floor((y % size) / by);
    out[row * side + Math.floor((i % size) / by)] += clip[i] / (by * by);
  }
  return out;
}

function viewsOf(clip: Float32Array, views: number[], of: number): Float32Array {
  const length = clip.length / of;
  const out = new Float32Array(length * views.length);
  views.forEach((view, i) => {
    out.set(clip.subarray(view * length, (view + 1) * length), i * length);
  });
  return out;
}

/** Values away from the background, a third of them a pixel's; at least one. */
function foreground(clip: Float32Array): number {
  let count = 0;
  for (const value of clip) if (Math.abs(value - (2 * BACKGROUND - 1)) > 0.1) count++;
  return Math.max(1, count / 3);
}

function pickBinding({ indices, weights }: Binding, kept: Uint32Array): Binding {
  const at = (i: number) => kept[Math.floor(i / 4)] * 4 + (i % 4);
  const length = kept.length * 4;
  return {
    count: kept.length,
    indices: Uint16Array.from({ length }, (_, i) => indices[at(i)]),
    weights: Float32Array.from({ length }, (_, i) => weights[at(i)]),
  };
}
