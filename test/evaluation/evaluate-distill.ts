// The bench of the method: every variant on every case and seed, one table. What a number means is in distill-case.ts.

import { resourceUsage } from "node:process";
import type { Backend } from "../../pipeline/backend.ts";
import { average, median, round } from "./aggregate.ts";
import type { Cache } from "./cache.ts";
import { type DistilledCase, type DistilledResult, distillCase } from "./distill-case.ts";
import type { Variant } from "./distill-variants.ts";
import type { EvaluationSet } from "./evaluation-set.ts";
import type { Judge } from "./judge.ts";
import { ALTERNATES, type DistilledMeasures } from "./measure-distilled.ts";
import { type SheetRow, writeSheet } from "./sheets.ts";
import type { Look } from "./stage.ts";
import type { TrueCase } from "./true-case.ts";

export interface EvaluateDistillOptions {
  set: EvaluationSet;
  backend: Backend;
  judge: Judge;
  cache: Cache;
  variants: readonly Variant[];
  seeds: number;
  look: Look;
  /** Only runs whose index leaves `part.index` over `part.of`: for several processes with one cache. */
  part: { index: number; of: number };
  sheets: string;
  onProgress(done: number, total: number, message: string): void;
}

/** Medians and means over the runs of a variant; what each field is stands with DistilledMeasures. */
export interface VariantSummary extends Omit<DistilledMeasures, "rank" | "gait"> {
  runs: number;
  iterations: number;
  top1: number | null;
  top3: number | null;
  /** Runs whose legs alternate, of those whose true legs do. */
  gaits: { alternate: number; of: number };
  seconds: number;
}

export interface DistillReport {
  teacher: { name: string; version: string; weightsHash: string };
  ceiling: number | null;
  variants: Record<string, VariantSummary>;
  assets: Record<string, Record<string, VariantSummary>>;
  /** Megabytes, the most that the process held. */
  memory: number;
  runs: DistilledResult[];
}

export async function evaluateDistill(options: EvaluateDistillOptions): Promise<DistillReport> {
  const { set, backend, variants, seeds, part } = options;
  // Seed by seed: what is broken off then has whole seeds.
  const all = Array.from({ length: seeds }, (_, seed) =>
    set.cases.flatMap((one) => variants.map((variant) => ({ one, variant, seed }))),
  ).flat();
  const jobs = all.filter((_, index) => index % part.of === part.index);
  const results: DistilledResult[] = [];
  const shown = new Map<TrueCase, DistilledCase[]>();
  for (const { one, variant, seed } of jobs) {
    const made = await distillCase(one, variant, seed, options);
    results.push(made.result);
    if (seed === 0) shown.set(one, [...(shown.get(one) ?? []), made]);
    const { rank, motionRatio, aligned, seconds } = made.result;
    const judged = rank ? `judged ${rank.found} (true ${rank.truth})` : "not judged";
    const numbers = `motion ${motionRatio.toFixed(2)}, cosine ${aligned.toFixed(2)}, ${seconds.toFixed(1)} s`;
    options.onProgress(results.length, jobs.length, `${one.id} ${variant.name}: ${judged}, ${numbers}`);
  }
  // A part has not all of a case's variants, and its sheet would be overwritten by the next.
  if (part.of === 1) await writeSheets(shown, options);
  const { name, version, weightsHash } = backend.teacher.manifest;
  const of = (pick: (result: DistilledResult) => boolean) =>
    Object.fromEntries(
      variants.map((variant) => [
        variant.name,
        summariseRuns(results.filter((result) => result.variant === variant.name && pick(result))),
      ]),
    );
  const bodies = [...new Set(jobs.map(({ one }) => one.body.name))];
  return round({
    teacher: { name, version, weightsHash },
    ceiling: share(results, ({ truth }) => truth === 1),
    variants: of(() => true),
    assets: Object.fromEntries(bodies.map((body) => [body, of(({ id }) => id.startsWith(`${body}/`))])),
    memory: Math.round(resourceUsage().maxRSS / 1024),
    runs: results,
  });
}

export function summariseRuns(runs: readonly DistilledResult[]): VariantSummary {
  const middle = (of: (run: DistilledResult) => number) => median(runs.map(of));
  const mean = (of: (run: DistilledResult) => number) => average(runs.map(of));
  const known = (of: (run: DistilledResult) => number | null) => {
    const values = runs.map(of).filter((value) => value !== null);
    return values.length > 0 ? median(values) : null;
  };
  const gaits = runs.flatMap(({ gait }) => (gait === null ? [] : [gait]));
  return {
    runs: runs.length,
    iterations: middle(({ iterations }) => iterations),
    top1: share(runs, ({ found }) => found === 1),
    top3: share(runs, ({ found }) => found <= 3),
    motionRatio: middle(({ motionRatio }) => motionRatio),
    cosine: mean(({ cosine }) => cosine),
    aligned: mean(({ aligned }) => aligned),
    jitter: middle(({ jitter }) => jitter),
    stretch: middle(({ stretch }) => stretch),
    trueStretch: middle(({ trueStretch }) => trueStretch),
    detail: middle(({ detail }) => detail),
    footSlide: known(({ footSlide }) => footSlide),
    hover: known(({ hover }) => hover),
    sink: known(({ sink }) => sink),
    appearance: mean(({ appearance }) => appearance),
    gaits: { alternate: gaits.filter((gait) => gait <= ALTERNATES).length, of: gaits.length },
    seconds: middle(({ seconds }) => seconds),
  };
}

function share(
  runs: readonly DistilledResult[],
  of: (rank: { found: number; truth: number }) => boolean,
): number | null {
  const known = runs.flatMap(({ rank }) => (rank ? [rank] : []));
  return known.length > 0 ? known.filter(of).length / known.length : null;
}

/** One sheet a case: the true clip, then every variant's first seed. */
async function writeSheets(
  shown: ReadonlyMap<TrueCase, DistilledCase[]>,
  { backend, sheets }: EvaluateDistillOptions,
): Promise<void> {
  const { views, frames, width } = backend.teacher.manifest;
  for (const [one, made] of shown) {
    const clips = await Promise.all(made.map(({ film }) => film()));
    const rows: SheetRow[] = [
      { label: `true: ${one.prompt}`, clip: clips[0].truth },
      ...made.map(({ result }, i) => ({
        label: `${result.variant}: rank ${result.rank?.found ?? "-"}, motion ${result.motionRatio.toFixed(2)}, cosine ${result.aligned.toFixed(2)}, stretch ${result.stretch.toFixed(3)}`,
        clip: clips[i].found,
      })),
    ];
    await writeSheet(sheets, one.id, rows, { views, frames, size: width });
  }
}

const COLUMNS: readonly [title: string, of: (summary: VariantSummary) => string][] = [
  ["runs", ({ runs }) => String(runs)],
  ["steps", ({ iterations }) => String(iterations)],
  ["top1", ({ top1 }) => (top1 === null ? "-" : `${Math.round(top1 * 100)} %`)],
  ["top3", ({ top3 }) => (top3 === null ? "-" : `${Math.round(top3 * 100)} %`)],
  ["motion", ({ motionRatio }) => motionRatio.toFixed(2)],
  ["cosine", ({ cosine }) => cosine.toFixed(2)],
  ["aligned", ({ aligned }) => aligned.toFixed(2)],
  ["jitter", ({ jitter }) => jitter.toFixed(2)],
  ["stretch", ({ stretch }) => `${(stretch * 100).toFixed(1)} %`],
  ["true", ({ trueStretch }) => `${(trueStretch * 100).toFixed(1)} %`],
  ["detail", ({ detail }) => `${(detail * 100).toFixed(2)} %`],
  ["slide", ({ footSlide }) => footSlide?.toFixed(2) ?? "-"],
  ["hover", ({ hover }) => (hover === null ? "-" : `${(hover * 100).toFixed(1)} %`)],
  ["sink", ({ sink }) => (sink === null ? "-" : `${(sink * 100).toFixed(1)} %`)],
  ["looks", ({ appearance }) => `${appearance.toFixed(1)} dB`],
  ["gaits", ({ gaits }) => `${gaits.alternate}/${gaits.of}`],
  ["seconds", ({ seconds }) => seconds.toFixed(1)],
];

export function distillTable({ ceiling, variants }: DistillReport): string {
  const cells = [
    ["", ...COLUMNS.map(([title]) => title)],
    ...Object.entries(variants).map(([name, summary]) => [name, ...COLUMNS.map(([, of]) => of(summary))]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const lines = cells.map((row) =>
    row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join("  "),
  );
  return [...lines, `ceiling (true clips) ${ceiling === null ? "-" : `${Math.round(ceiling * 100)} %`}`].join("\n");
}
