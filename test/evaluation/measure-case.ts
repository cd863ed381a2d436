// Everything that is measured of one case: the sampled clip beside the true one, by the same instruments.

import type { Teacher } from "../../pipeline/teacher/teacher.ts";
import { pickPoints } from "./body-splats.ts";
import type { Cache } from "./cache.ts";
import { findLegs } from "./find-legs.ts";
import { FIT_DEFAULTS } from "./fit-motion.ts";
import type { FitPool } from "./fit-pool.ts";
import type { FitResult } from "./fit-worker.ts";
import { type Judge, rankOf } from "./judge.ts";
import { legGait } from "./leg-gait.ts";
import { SWINGS_VERSION } from "./leg-swings.ts";
import { cosine, displacements, flicker, type Gait, motionSize, type Paths } from "./measures.ts";
import type { SampleSettings, Stage } from "./stage.ts";
import type { Body, TrueCase } from "./true-case.ts";

/** A measure of the sampled clip and the same of the true one. */
export interface Beside {
  sample: number;
  truth: number;
}

export interface CaseResult {
  id: string;
  asset: string;
  class: string | null;
  key: string;
  prompt: string;
  seed: number;
  recorded: boolean;
  /** A built body of a held-out species. */
  built: boolean;
  walker: boolean;
  /** Place of the right class, 1 first; null where the judge was never taught the class. */
  rank: Beside | null;
  /** What the judge takes the sampled clip for. */
  taken: string;
  /** Mean rms displacement, normalised units: both fitted, and the true motion itself. */
  size: Beside & { itself: number };
  /** Cosine of the fitted to the true displacements. */
  cosine: Beside;
  /** Left-right correlation of the legs of walkers that walk or run, by the swings in the clips; `itself` by the feet of the true tracks. */
  gait: { sample: number | null; truth: number | null; itself: number | null } | null;
  /** PSNR over the object against the fit's own pictures (colour along tracks), dB. */
  identity: Beside;
  /** The worst view's PSNR of the joint fit, dB. */
  worstView: Beside;
  /** PSNR of the last two views after the fit followed the first two alone for a few steps, dB. */
  otherViews: Beside;
  flicker: Beside;
  /** Share of the object that the fitted body does not explain. */
  fallen: Beside;
}

export interface Tools {
  teacher: Teacher;
  stage: Stage;
  judge: Judge;
  pool: FitPool;
  cache: Cache;
  /** How samples were drawn, for the cache. */
  sampling: SampleSettings;
}

export interface CaseClips {
  sample: Float32Array;
  truth: Float32Array;
}

/** Names every choice that changes a fit, beside its settings; raised with the code of the fit and of the true pictures. */
const FIT_VERSION = 2;

export async function measureCase(
  one: TrueCase,
  seed: number,
  clips: CaseClips,
  tools: Tools,
): Promise<{ result: CaseResult; features: { sample: Float64Array[]; truth: Float64Array[] } }> {
  const { judge, stage, teacher } = tools;
  const { frames, views, width: size } = teacher.manifest;
  const shape = { views, frames, size };
  const ofSample = [one.id, one.prompt, seed, teacher.manifest.weightsHash, tools.sampling];
  const fits = Promise.all([
    fitClip("fit-sample", ofSample, { ...one, clip: clips.sample }, tools),
    fitClip("fit-truth", [one.id], { ...one, clip: clips.truth }, tools),
  ]);
  const [sampleVerdict, truthVerdict] = [
    await judge.judge(clips.sample, stage.rig.rest, shape),
    await judge.judge(clips.truth, stage.rig.rest, shape),
  ];
  const right = one.class === null ? -1 : judge.classes.indexOf(one.class);
  const [sampleFit, truthFit] = await fits;
  const itself = truePaths(one, frames, sampleFit.kept);
  const [sample, truth] = [sampleFit, truthFit].map(({ positions }) => ({ ...itself, positions }));
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const beside = (of: (fit: FitResult) => number): Beside => ({ sample: of(sampleFit), truth: of(truthFit) });
  const away = displacements(itself);
  const gaits = one.body.walker && one.loop && /^(walk|run)(@|$)/.test(one.key);
  const swings = async (
    kind: "swings-sample" | "swings-truth",
    of: readonly unknown[],
    clip: Float32Array,
    fit: FitResult,
  ) => (await swingsOf(kind, of, { ...one, clip }, fit, tools)).both;
  const gait = gaits
    ? {
        sample: await swings("swings-sample", ofSample, clips.sample, sampleFit),
        truth: await swings("swings-truth", [one.id], clips.truth, truthFit),
        itself: legGait(findLegs(stage.splats, one.body.area), one.tracks, frames).both,
      }
    : null;
  const result: CaseResult = {
    id: one.id,
    asset: one.body.name,
    class: one.class,
    key: one.key,
    prompt: one.prompt,
    seed,
    recorded: one.recorded,
    built: one.built,
    walker: one.body.walker,
    rank: right < 0 ? null : { sample: rankOf(sampleVerdict.scores, right), truth: rankOf(truthVerdict.scores, right) },
    taken: judge.classes[sampleVerdict.scores.indexOf(Math.max(...sampleVerdict.scores))],
    size: { sample: motionSize(sample), truth: motionSize(truth), itself: motionSize(itself) },
    cosine: { sample: cosine(displacements(sample), away), truth: cosine(displacements(truth), away) },
    gait,
    identity: beside(({ identity }) => mean(identity)),
    worstView: beside(({ identity }) => Math.min(...identity)),
    otherViews: beside(({ apart }) => mean(apart)),
    flicker: { sample: flicker(clips.sample, shape), truth: flicker(clips.truth, shape) },
    fallen: beside(({ fallen }) => fallen),
  };
  return { result, features: { sample: sampleVerdict.features, truth: truthVerdict.features } };
}

/**
 * A fit of one clip, from the cache where it was made before.
 * @param of what the clip depends on beside the set and the cameras.
 */
export function fitClip(
  kind: "fit-truth" | "fit-sample",
  of: readonly unknown[],
  { body, loop, clip }: Pick<TrueCase, "body" | "loop"> & { clip: Float32Array },
  { teacher, stage, pool, cache }: Tools,
): Promise<FitResult> {
  const { frames, width: size } = teacher.manifest;
  const cameras = stage.rig.cameras;
  const { area, mesh } = body;
  const settings = FIT_DEFAULTS;
  const request = { splats: stage.splats, area, mesh, loop, clip, cameras, frames, size, settings };
  return cache.remember(kind, [...fitKey(body), cameras, ...of], () => pool.fit(request));
}

/** What a fit depends on beside the clip and its cameras. */
const fitKey = ({ setHash, mesh }: Body) => [FIT_VERSION, FIT_DEFAULTS, setHash, ...(mesh ? [mesh.hash] : [])];

/** How the legs of a fitted clip swing, from the cache where that was measured before. */
function swingsOf(
  kind: "swings-truth" | "swings-sample",
  of: readonly unknown[],
  { body, clip }: Pick<TrueCase, "body"> & { clip: Float32Array },
  { positions }: FitResult,
  { teacher, stage, pool, cache }: Tools,
): Promise<Gait> {
  const { frames, width: size } = teacher.manifest;
  const { splats, rig } = stage;
  const request = { splats, area: body.area, carried: positions, clip, cameras: rig.cameras, frames, size };
  const key = [SWINGS_VERSION, ...fitKey(body), rig.cameras, ...of];
  return cache.remember(kind, key, () => pool.swings(request));
}

/** The true paths of the splats that a fit follows. */
function truePaths({ tracks, body, loop }: TrueCase, frames: number, kept: Uint32Array): Paths {
  const row = body.positions.length;
  const positions = new Float32Array(frames * kept.length * 3);
  for (let f = 0; f < frames; f++) {
    positions.set(pickPoints(tracks.subarray(f * row, (f + 1) * row), kept), f * kept.length * 3);
  }
  return { frames, loop, positions, rest: pickPoints(body.positions, kept) };
}
