// The evaluation of the teacher by itself: samples every case, judges and measures it beside the true clip, asks for things it was
// never taught. What the numbers mean is in measure-case.ts, how they are summed up in teacher-report.ts.

import type { Teacher } from "../../pipeline/teacher/teacher.ts";
import { round } from "./aggregate.ts";
import { pickPoints } from "./body-splats.ts";
import type { Cache } from "./cache.ts";
import type { EvaluationSet } from "./evaluation-set.ts";
import type { FitPool } from "./fit-pool.ts";
import type { Judge } from "./judge.ts";
import { fitClip, measureCase } from "./measure-case.ts";
import { motionSize } from "./measures.ts";
import { type SheetRow, writeSheet } from "./sheets.ts";
import { createStage, type SampleSettings, type Stage, sampleOf } from "./stage.ts";
import { type MeasuredCase, type OutsideResult, type TeacherReport, teacherReport } from "./teacher-report.ts";
import type { TrueCase } from "./true-case.ts";

export interface EvaluateTeacherOptions {
  set: EvaluationSet;
  teacher: Teacher;
  judge: Judge;
  pool: FitPool;
  cache: Cache;
  settings: SampleSettings;
  /** Part of a body's name, and a prompt outside the vocabulary. */
  outside: readonly (readonly [body: string, prompt: string])[];
  /** Samples a case. */
  seeds: number;
  /** Cases measured at once: sampling goes one by one, fits beside each other. */
  parallel: number;
  /** Folder of the contact sheets. */
  sheets: string;
  onProgress(done: number, total: number, message: string): void;
}

export async function evaluateTeacher(options: EvaluateTeacherOptions): Promise<TeacherReport> {
  const { set, teacher, seeds } = options;
  const shape = { views: teacher.manifest.views, frames: teacher.manifest.frames, size: teacher.manifest.width };
  const jobs = set.cases.flatMap((one) => Array.from({ length: seeds }, (_, seed) => ({ one, seed })));
  const measured: Measured[] = [];
  const stages = new Map<string, Promise<Stage>>();
  const stageOf = ({ body }: Pick<TrueCase, "body">) => {
    const known = stages.get(body.name) ?? createStage(body, teacher.manifest, options.settings);
    stages.set(body.name, known);
    return known;
  };
  const sampling = createQueue();
  let next = 0;
  const work = async () => {
    for (let index = next++; index < jobs.length; index = next++) {
      const { one, seed } = jobs[index];
      const stage = await stageOf(one);
      measured[index] = await sampleAndMeasure(one, seed, stage, options, sampling);
      const { result } = measured[index];
      const rank = result.rank ? `judged ${result.rank.sample} (true ${result.rank.truth})` : "not judged";
      const message = `${one.id}: ${rank}, motion ${(result.size.sample / result.size.truth).toFixed(2)}`;
      options.onProgress(measured.filter(Boolean).length, jobs.length, message);
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, work));
  await writeCaseSheets(measured, options, shape);
  const outside = await askOutside(options, stageOf, shape);
  for (const stage of stages.values()) await (await stage).dispose();
  return teacherReport(measured, outside, teacher.manifest, options.judge.hash);
}

interface Measured extends MeasuredCase {
  clips: { sample: Float32Array; truth: Float32Array };
}

async function sampleAndMeasure(
  one: TrueCase,
  seed: number,
  stage: Stage,
  { set, teacher, judge, pool, cache, settings }: EvaluateTeacherOptions,
  sampling: Queue,
): Promise<Measured> {
  const truth = await stage.film(one.tracks, set.frames);
  const request = { body: one.body, prompt: one.prompt, seed };
  const sample = await sampling(() => sampleOf(teacher, stage, request, settings, cache));
  const clips = { sample, truth };
  const tools = { teacher, stage, judge, pool, cache, sampling: settings };
  return { ...(await measureCase(one, seed, clips, tools)), clips };
}

type Queue = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs one piece of work at a time, in the order of the calls. */
function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}

/** One sheet a body, true row above sampled row. */
async function writeCaseSheets(
  measured: readonly Measured[],
  options: EvaluateTeacherOptions,
  shape: Parameters<typeof writeSheet>[3],
) {
  for (const body of new Set(measured.map(({ result }) => result.asset))) {
    const rows = measured
      .filter(({ result }) => result.asset === body)
      .flatMap(({ result, clips }): SheetRow[] => {
        const judged = result.rank
          ? `rank ${result.rank.sample}, taken for ${result.taken}`
          : "class unknown to the judge";
        const size = `motion ${(result.size.sample / result.size.truth).toFixed(2)}`;
        return [
          { label: `true: ${result.prompt}`, clip: clips.truth },
          {
            label: `sample ${result.seed}: ${judged}, ${size}, apart ${result.fallen.sample.toFixed(3)}`,
            clip: clips.sample,
          },
        ];
      });
    await writeSheet(options.sheets, body, rows, shape);
  }
}

async function askOutside(
  options: EvaluateTeacherOptions,
  stageOf: (one: Pick<TrueCase, "body">) => Promise<Stage>,
  shape: Parameters<typeof writeSheet>[3],
): Promise<OutsideResult[]> {
  const { set, teacher, judge, pool, settings, cache } = options;
  const asked = new Set(set.cases.map(({ body }) => body));
  const rows: SheetRow[] = [];
  const results: OutsideResult[] = [];
  const prompts = options.outside.flatMap(([word, prompt]) => {
    const body = [...asked].find(({ name }) => name.toLowerCase().includes(word));
    return body ? [{ body, prompt }] : [];
  });
  for (const { body, prompt } of prompts) {
    const stage = await stageOf({ body });
    const clip = await sampleOf(teacher, stage, { body, prompt, seed: 0 }, settings, cache);
    const { scores } = await judge.judge(clip, stage.rig.rest, shape);
    const best = [...scores.keys()].sort((a, b) => scores[b] - scores[a]).slice(0, 3);
    const taken = Object.fromEntries(best.map((i) => [judge.classes[i], round(Math.exp(scores[i]))]));
    const tools = { teacher, stage, judge, pool, cache, sampling: settings };
    const of = [body.name, prompt, 0, teacher.manifest.weightsHash, settings];
    const { kept, positions } = await fitClip("fit-sample", of, { body, loop: true, clip }, tools);
    const rest = pickPoints(body.positions, kept);
    const size = motionSize({ frames: set.frames, loop: true, positions, rest });
    results.push({ asset: body.name, prompt, taken, size });
    rows.push({ label: `${prompt}: ${Object.keys(taken).join(", ")}, motion ${size.toFixed(3)}`, clip });
    options.onProgress(results.length, prompts.length, `outside: ${prompt}`);
  }
  if (rows.length > 0) await writeSheet(options.sheets, "outside-the-vocabulary", rows, shape);
  return results;
}
