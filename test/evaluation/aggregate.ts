// Many cases as a few numbers: overall, by action, by asset, recorded and procedural. Pure.

import type { CaseResult } from "./measure-case.ts";

export interface Summary {
  cases: number;
  /** Shares of the cases whose class the judge knows; ceilings are those of the true clips. */
  top1: number | null;
  top3: number | null;
  ceiling: number | null;
  ceiling3: number | null;
  /** Top-1 over its ceiling: the target is 0.85 on seen actions. */
  ratio: number | null;
  /** Sampled over true motion, both fitted: the median over cases, and the share of cases within a quarter of the truth. */
  motionRatio: number;
  motionWithinQuarter: number;
  /** Fitted true motion over the true motion, median: the ruler's own bias. */
  rulerRatio: number;
  cosine: number;
  rulerCosine: number;
  /** Sampled over true second temporal difference, median. */
  flicker: number;
  /** dB, means; the true clip's beside each. */
  identity: number;
  rulerIdentity: number;
  worstView: number;
  rulerWorstView: number;
  otherViews: number;
  rulerOtherViews: number;
  fallen: number;
  rulerFallen: number;
}

/** A still clip moves by nothing: ratios against it say nothing. Normalised units. */
const STILL = 0.004;

export function summarise(results: readonly CaseResult[]): Summary {
  const known = results.flatMap(({ rank }) => (rank ? [rank] : []));
  const share = (of: (rank: { sample: number; truth: number }) => boolean) =>
    known.length > 0 ? known.filter(of).length / known.length : null;
  const [top1, ceiling] = [share(({ sample }) => sample === 1), share(({ truth }) => truth === 1)];
  const moving = results.filter(({ size }) => size.itself > STILL);
  const ratios = moving.map(({ size }) => size.sample / Math.max(STILL / 4, size.truth));
  const mean = (of: (result: CaseResult) => number) => average(results.map(of));
  return round({
    cases: results.length,
    top1,
    top3: share(({ sample }) => sample <= 3),
    ceiling,
    ceiling3: share(({ truth }) => truth <= 3),
    ratio: top1 !== null && ceiling ? top1 / ceiling : null,
    motionRatio: median(ratios),
    motionWithinQuarter: average(ratios.map((ratio) => (ratio >= 0.75 && ratio <= 1.25 ? 1 : 0))),
    rulerRatio: median(moving.map(({ size }) => size.truth / size.itself)),
    cosine: average(moving.map((result) => result.cosine.sample)),
    rulerCosine: average(moving.map((result) => result.cosine.truth)),
    flicker: median(moving.map(({ flicker }) => flicker.sample / Math.max(1e-3, flicker.truth))),
    identity: mean(({ identity }) => identity.sample),
    rulerIdentity: mean(({ identity }) => identity.truth),
    worstView: mean(({ worstView }) => worstView.sample),
    rulerWorstView: mean(({ worstView }) => worstView.truth),
    otherViews: mean(({ otherViews }) => otherViews.sample),
    rulerOtherViews: mean(({ otherViews }) => otherViews.truth),
    fallen: mean(({ fallen }) => fallen.sample),
    rulerFallen: mean(({ fallen }) => fallen.truth),
  });
}

/** A summary for each value of `key`, in alphabetical order. */
export function summariesBy(
  results: readonly CaseResult[],
  key: (result: CaseResult) => string,
): Record<string, Summary> {
  const names = [...new Set(results.map(key))].sort();
  return Object.fromEntries(names.map((name) => [name, summarise(results.filter((result) => key(result) === name))]));
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function average(values: readonly number[]): number {
  return values.length > 0 ? values.reduce((a, b) => a + b, 0) / values.length : 0;
}

/** Three decimals are more than the measures are worth. */
export function round<T>(value: T): T {
  if (typeof value === "number") return (Math.round(value * 1000) / 1000) as T;
  if (Array.isArray(value)) return value.map(round) as T;
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, round(item)])) as T;
  }
  return value;
}
