// All measured cases as the report of the teacher's evaluation: recorded and procedural motions of recorded bodies in the fields that
// every version has, the built bodies in one of their own. Pure.

import type { Teacher } from "../../pipeline/teacher/teacher.ts";
import { round, type Summary, summariesBy, summarise } from "./aggregate.ts";
import { frechetDistance } from "./frechet.ts";
import type { CaseResult } from "./measure-case.ts";

export interface OutsideResult {
  asset: string;
  prompt: string;
  /** The judge's three best guesses with their probabilities. */
  taken: Record<string, number>;
  /** Mean rms displacement of the fitted motion about its mean, normalised units. */
  size: number;
}

export interface TeacherReport {
  teacher: { name: string; version: string; weightsHash: string };
  judge: { hash: string; ceiling: number | null; top1: number | null; top3: number | null; ratio: number | null };
  motionRatio: number;
  /** Left-right correlation of the legs: sample, fitted truth, truth itself, by walker and gait. */
  gaitCorrelation: Record<string, CaseResult["gait"]>;
  flicker: number;
  identity: number;
  agreement: number;
  /** Between all sampled and all true views, and between two halves of the true views as what chance alone gives. */
  frechet: { distance: number | null; halves: number | null; views: number };
  /** All but the built bodies, as every number above. */
  all: Summary;
  recorded: Summary;
  procedural: Summary;
  actions: Record<string, Summary>;
  assets: Record<string, Summary>;
  /** Cases whose body falls apart, worst first. */
  fallenApart: { id: string; seed: number; share: number }[];
  outside: OutsideResult[];
  /** The built bodies, apart from all numbers above; null where none was measured. */
  built: BuiltReport | null;
  cases: CaseResult[];
}

export interface BuiltReport
  extends Pick<TeacherReport, "gaitCorrelation" | "all" | "actions" | "assets" | "fallenApart"> {
  /** Sampled against true views, as above. */
  frechet: TeacherReport["frechet"];
}

export interface MeasuredCase {
  result: CaseResult;
  /** The judge's, one a view. */
  features: { sample: Float64Array[]; truth: Float64Array[] };
}

/** From this share of unexplained pixels beyond the true clip's own, a row counts as fallen apart. */
const FALLEN = 0.04;

export function teacherReport(
  measured: readonly MeasuredCase[],
  outside: OutsideResult[],
  { name, version, weightsHash }: Teacher["manifest"],
  judgeHash: string,
): TeacherReport {
  const [usual, built] = [false, true].map((which) => measured.filter(({ result }) => result.built === which));
  const cases = usual.map(({ result }) => result);
  const { all, gaitCorrelation, frechet, actions, assets, fallenApart } = sumUp(usual);
  return round({
    teacher: { name, version, weightsHash },
    judge: { hash: judgeHash, ceiling: all.ceiling, top1: all.top1, top3: all.top3, ratio: all.ratio },
    motionRatio: all.motionRatio,
    gaitCorrelation,
    flicker: all.flicker,
    identity: all.identity,
    agreement: all.otherViews,
    frechet,
    all,
    recorded: summarise(cases.filter(({ recorded }) => recorded)),
    procedural: summarise(cases.filter(({ recorded }) => !recorded)),
    actions,
    assets,
    fallenApart,
    outside,
    built: built.length > 0 ? sumUp(built) : null,
    cases: measured.map(({ result }) => result),
  });
}

/** What is said of a group of cases. */
function sumUp(measured: readonly MeasuredCase[]): BuiltReport {
  const cases = measured.map(({ result }) => result);
  const vectors = (of: keyof MeasuredCase["features"], pick: (index: number) => boolean = () => true) =>
    measured.filter((_, index) => pick(index)).flatMap(({ features }) => features[of]);
  const enough = measured.length >= 4;
  const gaits = cases.flatMap((one) =>
    one.gait ? [[`${one.id}${one.seed ? `#${one.seed}` : ""}`, one.gait] as const] : [],
  );
  return {
    all: summarise(cases),
    gaitCorrelation: Object.fromEntries(gaits),
    frechet: {
      distance: enough ? frechetDistance(vectors("sample"), vectors("truth")) : null,
      halves: enough
        ? frechetDistance(
            vectors("truth", (i) => i % 2 === 0),
            vectors("truth", (i) => i % 2 === 1),
          )
        : null,
      views: measured.reduce((sum, { features }) => sum + features.sample.length, 0),
    },
    actions: summariesBy(cases, (one) => one.class ?? one.key),
    assets: summariesBy(cases, (one) => one.asset),
    fallenApart: cases
      .filter(({ fallen }) => fallen.sample - fallen.truth > FALLEN)
      .sort((a, b) => b.fallen.sample - a.fallen.sample)
      .map(({ id, seed, fallen }) => ({ id, seed, share: fallen.sample })),
  };
}
