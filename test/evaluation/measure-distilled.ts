// What is measured of a motion that the distillation bench found: in 3-D against the true motion, and by the judge from cameras that the
// loop did not use.

import { promptGait } from "../../pipeline/distill/choose-gait.ts";
import { promptFalls } from "../../pipeline/distill/choose-ground.ts";
import { PRESET_SETTINGS } from "../../pipeline/distill/settings.ts";
import { fallMetrics, groundMetrics } from "../../pipeline/encode/ground-metrics.ts";
import { motionMetrics, type Trajectories } from "../../pipeline/encode/metrics.ts";
import type { Binding } from "../../pipeline/motion/handles.ts";
import { findSoles } from "../../pipeline/motion/soles.ts";
import type { Splats } from "../../pipeline/render/renderer.ts";
import type { Teacher } from "../../pipeline/teacher/teacher.ts";
import { appearancePsnr } from "./appearance.ts";
import { findLegs } from "./find-legs.ts";
import { type Judge, rankOf } from "./judge.ts";
import { legGait } from "./leg-gait.ts";
import { alignedCosine, cosine, detailShare, displacements, mirrored, motionSize, type Paths } from "./measures.ts";
import { createStage, type Look } from "./stage.ts";
import type { TrueCase } from "./true-case.ts";

export interface DistilledMeasures {
  /** Place of the right class, 1 first, of the found motion and of the true one; null where the judge does not know the class. */
  rank: { found: number; truth: number } | null;
  /** Size over the true motion's. */
  motionRatio: number;
  cosine: number;
  /** Loops at their best shift in time, falls to the better of both sides. */
  aligned: number;
  /** Left-right correlation of the legs where the true motion's legs alternate; null elsewhere. */
  gait: number | null;
  jitter: number;
  stretch: number;
  /** The same of the true clip: an artist's skin stretches too. */
  trueStretch: number;
  /** Share of the motion's energy faster than the coarse knots can follow. */
  detail: number;
  /** As the product's metrics; null where nothing walks, runs or falls on the ground. */
  footSlide: number | null;
  hover: number | null;
  sink: number | null;
  /** dB of the moving clip over the static render's. */
  appearance: number;
}

/** A motion that was found for a body. */
export interface Found {
  splats: Splats;
  binding: Binding;
  /** The splats at so many times of a pass. */
  posed(frames: number): { positions: Float32Array; linears: Float32Array };
}

export interface DistilledClips {
  found: Float32Array;
  truth: Float32Array;
}

/** Raised with what is measured. */
export const MEASURES_VERSION = 2;
/** Frames of the encoded clip that jitter and stretch are measured on: 1.6 s at 30 fps. */
const ENCODED_FRAMES = 48;
/** Frames that the refinement looks at, and detail is measured on. */
const DETAIL_FRAMES = 64;
/** A prompt to die says to neither side: of the recorded animals that the teacher learnt from, 23 fall to their left and 20 to their right. */
export const eitherSide = ({ key }: Pick<TrueCase, "key">): boolean => key === "die";
/** Correlation from which legs alternate. */
export const ALTERNATES = -0.7;

/** The found and the true motion before the evaluation's cameras. */
export async function filmBoth(
  one: TrueCase,
  found: Found,
  manifest: Teacher["manifest"],
  look: Look,
): Promise<DistilledClips> {
  const stage = await createStage(one.body, manifest, look);
  const { frames } = manifest;
  try {
    return {
      found: await stage.film(found.posed(frames).positions, frames),
      truth: await stage.film(one.tracks, frames),
    };
  } finally {
    await stage.dispose();
  }
}

export async function measureDistilled(
  one: TrueCase,
  { splats, binding, posed }: Found,
  judge: Judge,
  manifest: Teacher["manifest"],
  look: Look,
): Promise<DistilledMeasures> {
  const { body, loop } = one;
  const { frames, views, width } = manifest;
  const stage = await createStage(body, manifest, look);
  try {
    const { positions } = posed(frames);
    const [found, truth] = [await stage.film(positions, frames), await stage.film(one.tracks, frames)];
    const shape = { views, frames, size: width };
    const right = one.class === null ? -1 : judge.classes.indexOf(one.class);
    const [ours, theirs] = [
      await judge.judge(found, stage.rig.rest, shape),
      await judge.judge(truth, stage.rig.rest, shape),
    ];
    const path: Paths = { frames, loop, positions, rest: splats.positions };
    const true_: Paths = { ...path, positions: one.tracks };
    const [away, trueAway] = [displacements(path), displacements(true_)];
    const legs = findLegs(splats, body.area);
    const trueGait = body.walker && /^(walk|run)(@|$)/.test(one.key) ? legGait(legs, one.tracks, frames).both : null;
    const clip: Trajectories = {
      frames: ENCODED_FRAMES,
      positions: posed(ENCODED_FRAMES).positions,
      rest: splats.positions,
      edges: nearestPairs(splats),
      diagonal: diagonal(splats.positions),
      loop,
    };
    const encoded = motionMetrics(clip);
    const stands = findSoles(splats, binding) !== null;
    const feet = stands && promptGait(one.prompt) ? groundMetrics(clip) : null;
    const fall = stands && !loop && promptFalls(one.prompt) ? fallMetrics(clip) : null;
    const fine: Paths = { ...path, frames: DETAIL_FRAMES, positions: posed(DETAIL_FRAMES).positions };
    const still = { positions: splats.positions, colors: splats.colors, frames: 1 };
    return {
      rank: right < 0 ? null : { found: rankOf(ours.scores, right), truth: rankOf(theirs.scores, right) },
      motionRatio: motionSize(path) / Math.max(1e-6, motionSize(true_)),
      cosine: cosine(away, trueAway),
      aligned: loop
        ? alignedCosine(away, trueAway, frames)
        : Math.max(cosine(away, trueAway), eitherSide(one) ? cosine(away, mirrored(trueAway, splats.positions)) : -1),
      gait: trueGait !== null && trueGait <= ALTERNATES ? legGait(legs, positions, frames).both : null,
      jitter: encoded.jitter,
      stretch: encoded.stretch,
      trueStretch: motionMetrics({ ...clip, frames, positions: one.tracks }).stretch,
      detail: detailShare(fine, PRESET_SETTINGS.draft.knots),
      footSlide: feet?.footSlide ?? null,
      hover: fall?.hover ?? null,
      sink: (feet ?? fall)?.sink ?? null,
      appearance:
        appearancePsnr(found, { positions, colors: splats.colors, frames }, stage.rig.cameras, width) -
        appearancePsnr(stage.rig.rest, still, stage.rig.cameras, width),
    };
  } finally {
    await stage.dispose();
  }
}

/** Every fourth point with the point nearest to it that faces the same way, and so is no part of the next leg: [pairs * 2]. */
function nearestPairs({ count, positions, normals }: Splats): Uint32Array {
  const pairs: number[] = [];
  for (let p = 0; p < count; p += 4) {
    let [best, nearest] = [-1, Number.POSITIVE_INFINITY];
    for (let q = 0; q < count; q++) {
      if (q === p || alike(normals, p, q) < 0.5) continue;
      const distance =
        (positions[3 * p] - positions[3 * q]) ** 2 +
        (positions[3 * p + 1] - positions[3 * q + 1]) ** 2 +
        (positions[3 * p + 2] - positions[3 * q + 2]) ** 2;
      // Not the very neighbours: a tenth of a pixel apart, rounding alone would stretch them.
      if (distance > 1e-4 && distance < nearest) [best, nearest] = [q, distance];
    }
    if (best >= 0) pairs.push(p, best);
  }
  return Uint32Array.from(pairs);
}

/** Cosine of the angle between two unit vectors. */
function alike(v: Float32Array, p: number, q: number): number {
  return v[3 * p] * v[3 * q] + v[3 * p + 1] * v[3 * q + 1] + v[3 * p + 2] * v[3 * q + 2];
}

function diagonal(points: Float32Array): number {
  let sum = 0;
  for (let c = 0; c < 3; c++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = c; i < points.length; i += 3) [low, high] = [Math.min(low, points[i]), Math.max(high, points[i])];
    sum += (high - low) ** 2;
  }
  return Math.sqrt(sum);
}
