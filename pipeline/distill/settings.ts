// Every hyperparameter of the distillation in one table, with where it comes from. "paper" is Animus3D (arXiv 2512.12534); what
// names no source was measured on the embedded teacher.

import type { MethodName, PresetName } from "../clip-spec.ts";
import type { Grounding } from "../motion/soles.ts";
import type { StageWork } from "../progress.ts";
import { predictionsOfGuided } from "../teacher/guidance.ts";
import type { TeacherManifest } from "../teacher/manifest.ts";
import type { GroundWeights } from "./ground.ts";
import type { LandingWeights } from "./landing.ts";
import { type BondGive, type RegulariserWeights, type Stiffening, withBonds } from "./regularisers.ts";

/** The static source distribution: low-rank factors, shipped or trained on the rest renders of many views, stopped early by a held-out rig. */
export interface SourceSettings {
  /** Where it is asked: of the static clip (the paper's form, cached) or of the moving one (a prediction more at every step). */
  clip: "static" | "moving";
  /** Weight of its term, 0 for none. At the moving clip 1 is positive feedback on a teacher that sees the rest frame: there
   * forces balance near 0.3. */
  weight: number;
  /** "shipped": those that the teacher brings along, as they are; "trained": on this asset, as where it brings none; "none": no factors. */
  factors: "shipped" | "trained" | "none";
  /** Most steps of training on the asset; 0 for none. */
  maxSteps: number;
  rate: number;
  checkEvery: number;
  /** Training stops when a check lowers the held-out loss by less than this share. */
  minGain: number;
}

/**
 * The second stage (paper: motion refinement): knots doubled, then a short optimisation at low noise over more frames than the teacher
 * sees at once. Handles stay as they are: a motion file has one set of them, which all clips of the asset share.
 */
export interface RefinementSettings {
  /** Times that the knots are doubled before: 8 become 16, 32. The spline is refined exactly and the motion unchanged. */
  doublings: number;
  iterations: number;
  /** Noise levels; low ones keep the motion and ask for detail. */
  levels: [number, number];
  /** Noises of each rig at these levels. */
  noises: number;
  /**
   * Interleaved sets of frames, each one whole pass seen at another phase: 4 sets of 16 are 64 frames. Windows of half a pass are not
   * what this teacher knows: all that it was trained on were whole passes.
   */
  sets: number;
  /** Of the loop's learning rates. */
  rate: number;
}

/**
 * The first steps of what plays once, at almost pure noise. There the teacher's answer is the mean of what the prompt means for this body,
 * whatever the clip shows now; at lower noise it sees the body at rest, and which way it goes is chance. Of loops, whose swings to both
 * sides blur in that mean, it makes worse ones: they have none.
 */
export interface OpeningSettings {
  /** Of the loop's steps. */
  share: number;
  levels: [number, number];
  guidance: number;
  /** Of the regularisers' weights, as a milder guidance pulls less. */
  hold: number;
}

/**
 * How a gait finds the joints of a body that came without any: bonds between neighbours begin soft and grow stiff, and give where they are
 * bent far, so that a leg swings about its hip instead of bending the trunk with it. What plays once is torn by it, wings are crumpled.
 */
export interface JointSettings {
  give: BondGive;
  stiffening: Stiffening;
  /** Of the steps, the first, in which left and right of a symmetric gait learn from each other (symmetric-gait.ts); 0 for none. */
  symmetry: number;
  /** Of the handles' learning rates, for legs swing far. */
  rate: number;
}

export interface DistillSettings {
  /** "msd": target minus weighted static source, noise from the bank. "sds": target only, fresh noise; kept for comparison. */
  method: MethodName;
  /** Steps of the loop; each asks the teacher for one guided clip of all views: two joint predictions, one of a distilled teacher. */
  iterations: number;
  /** Camera rigs, spread around the body, whose rest renders, noises and source live in a bank; the loop cycles through them. */
  rigs: number;
  /** Classifier-free guidance: e = e_uncond + g (e_prompt - e_uncond). */
  guidance: number;
  /** Noise levels s, drawn uniformly: below 0.6 there is next to no push from the rest pose, low noise turns a jump into a crouch. */
  levels: [number, number];
  /** Of what plays once; null for none. */
  opening: OpeningSettings | null;
  /** Noises of each rig, one in every stratum of the levels. SDS draws another at each step. */
  noises: number;
  /** "inverted": the paper's estimate, by DDIM inversion of the static clip; "random": the same normal noise for both clips. */
  noise: "random" | "inverted";
  /** Steps of that inversion, and where it starts: below 0.2 the division by s amplifies the render's own error. */
  inversion: { steps: number; start: number };
  source: SourceSettings;
  /** Control knots of the time spline over the teacher's frames. */
  knots: number;
  /** Adam's rates: radians and normalised units per step; warm-up steps; the share of steps after which it decays. */
  rates: { handleRotation: number; handleTranslation: number; rootRotation: number; rootTranslation: number };
  warmup: number;
  decayAfter: number;
  regularisers: RegulariserWeights;
  /** Of gaits (choose-gait.ts) that loop, on bodies that keep the lengths of their limbs; null for none. */
  joints: JointSettings | null;
  /** Of gaits that ask for it; null for none. */
  ground: GroundWeights | null;
  /** Of falls; null for none. */
  landing: LandingWeights | null;
  /** null: the loop alone. */
  refinement: RefinementSettings | null;
  /** Elevations of the camera rigs, radians: the teacher's training range. */
  elevations: [number, number];
}

export const SPLATS = 4096;
export const HANDLES = 128;

/**
 * A minute and a half on two cores with a teacher that is asked once a step. Levels, source and noise come from the search of
 * pipeline/teacher/training/README.md: levels 0.8 to 0.98 instead of 0.6 to 0.97 raise the cosine to the true motion from 0.33 to 0.40; the
 * static source ties with the moving one and with SDS, and costs the loop nothing; inverted noise is no better than random noise. Source: the factors
 * that the teacher brings along predict the still clip of bodies never seen twice as well as six steps on a body's own renders; three or six
 * steps more gain nothing on most, twelve gentle ones a tenth, so there are none (test/evaluation/README.md). maxSteps is for teachers without.
 * Guidance and regularisers come from a search with this loop on held-out bodies (test/evaluation/README.md): since the score counts per pixel of the
 * body, weights from a twentieth to one and a half times these find walks whose legs alternate, four of four; at half of them and guidance
 * 10 a walking fox stretches by 9 %, with these by 7. Joints: a search of 336 runs there, then this milder form on the two walks that need it and
 * on a fox that does not (stretch 22 % with a give of 0.1, 0.3, 0.04 from a hundredth, 9 so); symmetry and rate from one of 650 runs there: a giraffe's legs alternate in
 * every seed by both, by neither alone, and of twelve walkers eleven do. Opening: the search of 300 runs there (a peacock told to rise sank in two
 * seeds of three without one, walks get worse by one). Ground and landing: what 80 does is measured there too.
 */
const DRAFT: DistillSettings = {
  method: "msd",
  iterations: 131,
  rigs: 3,
  guidance: 7,
  levels: [0.8, 0.98],
  opening: { share: 0.3, levels: [0.99, 1], guidance: 4, hold: 0.7 },
  noises: 8,
  noise: "random",
  inversion: { steps: 4, start: 0.2 },
  source: {
    clip: "static",
    weight: 1,
    factors: "shipped",
    maxSteps: 6,
    rate: 2e-3,
    checkEvery: 3,
    minGain: 0.05,
  },
  knots: 8,
  rates: { handleRotation: 0.012, handleTranslation: 0.012, rootRotation: 0.012, rootTranslation: 0.012 },
  warmup: 12,
  decayAfter: 0.6,
  regularisers: { arap: 10, rotation: 0.3, stretch: 12, acceleration: 20, drift: 0.5 },
  joints: {
    give: { arap: 0.3, rotation: 0.9, stretch: 0.3 },
    stiffening: { from: 0.005, until: 0.9 },
    symmetry: 0.6,
    rate: 1.5,
  },
  ground: { sink: 80, slide: 80, lift: 80, reach: 0.02, ramp: [0.3, 0.5] },
  landing: { land: 80, sink: 80, share: 0.02, ramp: [0.5, 0.75] },
  refinement: null,
  elevations: [-0.05, 0.5],
};

export const PRESET_SETTINGS: Readonly<Record<PresetName, DistillSettings>> = {
  draft: DRAFT,
  standard: { ...DRAFT, iterations: 340, rigs: 6, noises: 12, source: { ...DRAFT.source, maxSteps: 12 } },
  final: { ...DRAFT, iterations: 800, rigs: 12, noises: 16, source: { ...DRAFT.source, maxSteps: 24 } },
};

/** Of a body that gives: edges and turns of neighbours cost a fifth everywhere, and nowhere less. */
export function soften(settings: DistillSettings): DistillSettings {
  return { ...settings, regularisers: withBonds(settings.regularisers, 1 / SOFTNESS), joints: null };
}

const SOFTNESS = 5;

/** What a teacher's manifest says of the cost of a run. */
export type TeacherCosts = Pick<TeacherManifest, "guidance" | "staticSource">;

/** Most steps of the source's training. @param shipped the teacher brings factors along. */
export function sourceSteps({ factors, maxSteps }: SourceSettings, shipped: boolean): number {
  return factors === "none" || (factors === "shipped" && shipped) ? 0 : maxSteps;
}

/** Hash of the shipped factors where they decide the motion, else undefined. */
export function sourceHash({ method, source }: Pick<DistillSettings, "method" | "source">, teacher: TeacherCosts) {
  return method === "msd" && source.factors === "shipped" ? teacher.staticSource?.hash : undefined;
}

/** Work of the way through the renderer, in predictions of one joint clip. */
export const RENDERING = 0.4;

/**
 * Work of each stage in predictions of one joint clip, for progress and ETA: a gradient costs about three of them.
 * @param windows of the clip; each has the steps of one.
 */
export function stageWork(settings: DistillSettings, windows = 1, teacher: TeacherCosts = {}): StageWork {
  const guided = predictionsOfGuided(teacher, settings.guidance);
  const { method, rigs, noises, noise, inversion, source, refinement } = settings;
  const msd = method === "msd";
  const entry = (noise === "inverted" ? inversion.steps : 0) + (source.weight > 0 && source.clip === "static" ? 1 : 0);
  const step = guided + RENDERING + (msd && source.weight > 0 && source.clip === "moving" ? 1 : 0);
  const refined = refinement
    ? (msd ? rigs * refinement.noises * entry : 0) + refinement.iterations * step * windows
    : 0;
  return {
    import: 0.5,
    prepare: 4,
    source: msd ? sourceSteps(source, teacher.staticSource !== undefined) * 3.5 : 0,
    inversion: (msd ? rigs * noises * entry : 0) + 10,
    distill: settings.iterations * step * windows,
    ...(refinement ? { refine: refined } : {}),
    encode: 2,
  };
}

/** The settings as a hash should see them: without what they do not use, so that what came later left the old clips their keys. */
export function settingsIdentity(
  { joints, ground, landing, refinement, ...settings }: DistillSettings,
  { gait, grounding }: { gait: boolean; grounding: Grounding | null },
): object {
  const { factors, ...source } = settings.source;
  return {
    ...settings,
    // Where shipped factors are used, their hash says so (sourceHash).
    source: factors === "none" ? settings.source : source,
    ...(gait && joints ? { joints } : {}),
    ...(grounding === "feet" && ground ? { ground } : {}),
    ...(grounding === "fall" && landing ? { landing } : {}),
    ...(refinement ? { refinement } : {}),
  };
}
