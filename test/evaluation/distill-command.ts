// `npm run evaluate -- distill`: its options, and what they open.

import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import type { Command } from "commander";
import { openBackend } from "../../pipeline/backend.ts";
import { integer } from "../../pipeline/cli/options.ts";
import { AnimusError } from "../../pipeline/errors.ts";
import { askTwice } from "./ask-twice.ts";
import { openCache } from "./cache.ts";
import { addCommonOptions, type CommonOptions, giveOut } from "./common-options.ts";
import { predictionsOf, type SettingsChange, searched, variants } from "./distill-variants.ts";
import { distillTable, evaluateDistill } from "./evaluate-distill.ts";
import { readEvaluationSet } from "./evaluation-set.ts";
import { loadJudge } from "./judge.ts";

interface DistillCommandOptions extends CommonOptions {
  predictions?: number;
  variants?: string;
  search?: string;
  cases: string;
  part: string;
}

/** Motions of eight held-out bodies, three prompts each: seven recorded ones, of which some prompts are procedural, and a built one. */
const CASES =
  "camel/walk,camel/run,camel/die,peacock/proc:flap,peacock/proc:rise,peacock/die,tiger/walk,tiger/attack,tiger/die,Stag/walk,Stag/leap,Stag/kick,Frog/jump,Frog/attack,Frog/proc:spin,Robot/walk,Robot/punch,Robot/wave,Mage/walk,Mage/slash,Mage/pickup,toy_knight_0/walk,toy_knight_0/run,toy_knight_0/slash";

/** @throws AnimusError "usage" where there is no such file, or it holds no JSON. */
async function readSearch(file: string): Promise<Record<string, SettingsChange>> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    const hint = 'It holds names and changes: { "firmer": { "regularisers": { "arap": 15 } } }.';
    throw new AnimusError("usage", `--search cannot read ${file}: ${(cause as Error).message}`, { file, cause, hint });
  }
}

export function addDistillCommand(program: Command, root: string): void {
  const run = async (options: DistillCommandOptions): Promise<void> => {
    const begun = performance.now();
    const whole = await readEvaluationSet(options.set);
    const words = options.cases.split(",");
    const cases = whole.cases.filter(({ id }) => options.cases === "all" || words.some((word) => id.endsWith(word)));
    if (cases.length === 0) {
      throw new AnimusError("usage", `No case of ${options.set} ends in one of "${options.cases}".`, {
        hint: `Cases are "asset/key", as in ${whole.cases[0]?.id}; "all" takes every one.`,
      });
    }
    const known = variants().map(({ name }) => name);
    const names = options.variants?.split(",") ?? known;
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) {
      const hint = `There are: ${known.join(", ")}.`;
      throw new AnimusError("usage", `There is no variant "${unknown}".`, { hint });
    }
    const [index, of] = options.part.split("/").map(Number);
    if (!(Number.isInteger(index) && Number.isInteger(of) && index >= 0 && index < of)) {
      throw new AnimusError("usage", `--part must be like 0/4; it is "${options.part}".`, {
        hint: "Parts count from 0.",
      });
    }
    const judge = await loadJudge(options.judge, options.threads);
    const { device, threads, teacher: directory } = options;
    const onNote = (text: string) => process.stderr.write(`${text}\n`);
    const opened = await openBackend({ device, threads, directory, onNote });
    const backend = options.twoCalls ? { ...opened, teacher: askTwice(opened.teacher) } : opened;
    const { manifest } = backend.teacher;
    const every = variants(options.predictions, manifest);
    const asked = options.search
      ? searched(await readSearch(options.search), options.predictions, manifest)
      : every.filter(({ name }) => names.includes(name));
    process.stderr.write(`${backend.description}; ${cases.length} cases\n`);
    try {
      const report = await evaluateDistill({
        set: { ...whole, cases },
        backend,
        judge,
        cache: await openCache(options.cache),
        variants: asked,
        seeds: options.seeds,
        look: { azimuth: options.azimuth, elevation: options.elevation },
        part: { index, of },
        sheets: options.sheets,
        onProgress: (done, total, message) => process.stderr.write(`${done}/${total} ${message}\n`),
      });
      process.stderr.write(`\n${distillTable(report)}\n\nSheets in ${options.sheets}\n`);
      const recorded = {
        ...report,
        settings: {
          predictions: options.predictions ?? predictionsOf(every[2].settings, backend.teacher.manifest),
          ...(options.twoCalls && { twoCalls: true }),
          seeds: options.seeds,
          set: whole.hash,
        },
        // What was measured of the set: numbers of a part say which.
        measured: { cases: cases.length, of: whole.cases.length, only: cases.map(({ id }) => id).join(", ") },
        // Without the folder that the teacher came from.
        device: `${backend.description.replace(/ \([^)]*\)/, "")}, ${cpus()[0]?.model ?? process.arch}`,
        seconds: Math.round((performance.now() - begun) / 1000),
      };
      await giveOut("distill", root, recorded, "runs", options);
    } finally {
      await Promise.all([judge.dispose(), backend.dispose()]);
    }
  };
  const command = program
    .command("distill")
    .description("set the ways to find a motion beside each other on bodies that the teacher never saw")
    .option("--predictions <n>", "teacher predictions of a run; the draft's where left out", (value) =>
      integer(value, 60, 1e6),
    )
    .option("--variants <names>", "only these, separated by commas")
    .option("--search <file>", "instead of the variants: names and changes of the draft's settings, as JSON")
    .option("--cases <words>", 'only cases that end in one of these, separated by commas; or "all"', CASES)
    .option("--part <i/n>", "every n-th run from the i-th, for several processes with one cache", "0/1");
  addCommonOptions(command, root, "distill-sheets").action(run);
}
