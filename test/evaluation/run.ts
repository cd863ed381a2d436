// `npm run evaluate -- <name>`: measures a part of the product against an evaluation set that it never saw. Reads the options,
// opens what the evaluation needs, prints what it found. The numbers that stand are written with --record alone.

import { cpus } from "node:os";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { decimal, integer } from "../../pipeline/cli/options.ts";
import { AnimusError, EXIT_CODES } from "../../pipeline/errors.ts";
import { loadTeacher } from "../../pipeline/teacher/load-teacher.ts";
import { SAMPLE_CLIP_DEFAULTS } from "../../pipeline/teacher/sample-clip.ts";
import { askTwice } from "./ask-twice.ts";
import { openCache } from "./cache.ts";
import { addCommonOptions, type CommonOptions, giveOut } from "./common-options.ts";
import { addDistillCommand } from "./distill-command.ts";
import { evaluateTeacher } from "./evaluate-teacher.ts";
import { readEvaluationSet } from "./evaluation-set.ts";
import { createFitPool } from "./fit-pool.ts";
import { loadJudge } from "./judge.ts";
import { OUTSIDE } from "./outside.ts";
import { teacherTable } from "./print-teacher.ts";
import type { TrueCase } from "./true-case.ts";

const ROOT = join(import.meta.dirname, "..", "..");

interface TeacherCommandOptions extends CommonOptions {
  guidance: number;
  steps: number;
  cases?: string;
  recordedOnly?: boolean;
  built: boolean;
}

async function teacherCommand(options: TeacherCommandOptions): Promise<void> {
  const begun = performance.now();
  const whole = await readEvaluationSet(options.set);
  const word = options.cases;
  const words = word?.split(",") ?? [""];
  const wanted = whole.cases.filter(({ recorded, built }) =>
    built ? options.built : recorded || !options.recordedOnly,
  );
  const set = {
    ...whole,
    cases: wanted.filter(({ id, prompt }) => words.some((part) => `${id} ${prompt}`.includes(part))),
  };
  if (set.cases.length === 0) {
    const hint = `Choose a part of "asset/key prompt", as in ${whole.cases[0]?.id}.`;
    throw new AnimusError("usage", `No case of ${options.set} has "${word}".`, { hint });
  }
  const judge = await loadJudge(options.judge, options.threads);
  const { device, threads } = options;
  const opened = await loadTeacher({ directory: options.teacher, device, threads });
  const teacher = options.twoCalls ? askTwice(opened) : opened;
  if (teacher.manifest.frames !== set.frames) {
    throw new AnimusError("input", `The set has ${set.frames} frames a clip, the teacher ${teacher.manifest.frames}.`, {
      file: options.set,
    });
  }
  const pool = createFitPool(threads);
  const { guidance, steps, azimuth, elevation, seeds } = options;
  process.stderr.write(`${teacher.description}; ${set.cases.length} cases\n`);
  try {
    const report = await evaluateTeacher({
      set,
      teacher,
      judge,
      pool,
      cache: await openCache(options.cache),
      settings: { guidance, steps, azimuth, elevation },
      outside: OUTSIDE.filter(([, prompt]) => words.some((part) => prompt.includes(part))),
      seeds,
      parallel: threads,
      sheets: options.sheets,
      onProgress: progressTo(process.stderr),
    });
    const seconds = Math.round((performance.now() - begun) / 1000);
    const recorded = {
      ...report,
      settings: {
        guidance,
        steps,
        seeds,
        azimuth,
        elevation,
        set: set.hash,
        ...(options.twoCalls && { twoCalls: true }),
      },
      // What was measured of the set: numbers of a part say which.
      measured: { ...counted(set.cases, whole.cases, false), only: word ?? null },
      builtMeasured: counted(set.cases, whole.cases, true),
      device: `${opened.description.split(" on ").pop()}, ${cpus()[0]?.model ?? process.arch}`,
      seconds,
    };
    process.stderr.write(`\n${teacherTable(report)}\n\nSheets in ${options.sheets}; ${seconds} s\n`);
    await giveOut("teacher", ROOT, recorded, "cases", options);
  } finally {
    await Promise.all([pool.dispose(), judge.dispose(), teacher.dispose()]);
  }
}

/** How many of the recorded or the built bodies' cases were measured, of how many there are. */
function counted(cases: readonly TrueCase[], whole: readonly TrueCase[], built: boolean) {
  const count = (list: readonly TrueCase[]) => list.filter((one) => one.built === built).length;
  return { cases: count(cases), of: count(whole) };
}

/** A line a case with the time left, judged by the pace since the present count began. */
function progressTo(stream: NodeJS.WriteStream) {
  let [begun, last, of] = [performance.now(), performance.now(), 0];
  return (done: number, total: number, message: string) => {
    if (total !== of || done === 1) [begun, of] = [last, total];
    last = performance.now();
    const left = ((last - begun) / 1000 / done) * (total - done);
    const eta = left >= 90 ? `${Math.round(left / 60)} min left` : `${Math.round(left)} s left`;
    stream.write(`${done}/${total} ${message}${done < total ? ` (${eta})` : ""}\n`);
  };
}

const program = new Command("evaluate").description("Measures a part of the product.").exitOverride();
const teacher = program
  .command("teacher")
  .description("judge the video teacher by itself on families it never saw")
  .option("--guidance <n>", "guidance of the sampler", decimal, SAMPLE_CLIP_DEFAULTS.guidance)
  .option("--steps <n>", "steps of the sampler", (value) => integer(value, 1, 1000), SAMPLE_CLIP_DEFAULTS.steps)
  .option("--cases <words>", "only cases with one of these, separated by commas, in asset/key or prompt")
  .option("--recorded-only", "of recorded bodies only recorded motions: no procedural ones, none standing still")
  .option("--no-built", "no bodies built from primitives");
addCommonOptions(teacher, ROOT, "sheets").action(teacherCommand);
addDistillCommand(program, ROOT);
program.arguments("[name]").action((name?: string) => {
  const known = program.commands.map((command) => command.name()).join(", ");
  throw new AnimusError("usage", name ? `There is no evaluation "${name}".` : "Say what to evaluate.", {
    hint: `There is: ${known}. \`npm run evaluate -- teacher --help\` shows its options.`,
  });
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_CODES.usage;
  } else if (error instanceof AnimusError) {
    process.stderr.write(`${error.message}${error.file ? ` [${error.file}]` : ""}\n${error.hint ?? ""}\n`);
    process.exitCode = EXIT_CODES[error.code];
  } else throw error;
}
