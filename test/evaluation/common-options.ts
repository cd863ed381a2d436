// What every evaluation's command shares: where its set, judge and teacher are, where it keeps things, how numbers are recorded.

import { cpus } from "node:os";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { DEVICES, type Device, decimal, integer } from "../../pipeline/cli/options.ts";
import { writeAtomically } from "../../pipeline/encode/atomic-write.ts";

export interface CommonOptions {
  set: string;
  judge: string;
  teacher?: string;
  device: Device;
  threads: number;
  seeds: number;
  azimuth: number;
  elevation: number;
  cache: string;
  sheets: string;
  twoCalls?: boolean;
  record?: boolean;
  json?: boolean;
}

/** @param root the repository; @param sheets folder of the contact sheets below `.train`. */
export function addCommonOptions(command: Command, root: string, sheets: string): Command {
  return command
    .option("--set <dir>", "folder of set.json and set.bin", join(root, ".train/evaluation"))
    .option("--judge <dir>", "folder of judge.onnx and judge.json", join(root, "test/evaluation/judge"))
    .option("--teacher <dir>", "folder of another teacher than the shipped one")
    .addOption(new Option("--device <device>", "what computes").choices([...DEVICES]).default("auto"))
    .option("--threads <n>", "threads of what runs on the processor", (value) => integer(value, 1, 256), cpus().length)
    .option("--seeds <n>", "runs of each case", (value) => integer(value, 1, 100), 1)
    .option("--azimuth <rad>", "of the first camera that judges", decimal, 0.6)
    .option("--elevation <rad>", "of all of them", decimal, 0.2)
    .option("--cache <dir>", "where what took long is kept", join(root, ".train/evaluation-cache"))
    .option("--two-calls", "guide by two predictions also where the teacher answers guided clips at once")
    .option("--sheets <dir>", "folder of the contact sheets", join(root, ".train", sheets))
    .option("--record", `write test/evaluation/${command.name()}.json`)
    .option("--json", "one JSON object on stdout");
}

/** Gives out the report as --json and --record ask; single runs (`dropped`) stay out of version control. */
export async function giveOut(
  name: string,
  root: string,
  report: object,
  dropped: string,
  { json, record }: CommonOptions,
): Promise<void> {
  if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
  if (!record) return;
  const file = join(root, `test/evaluation/${name}.json`);
  const kept = Object.fromEntries(Object.entries(report).filter(([key]) => key !== dropped));
  await writeAtomically(file, Buffer.from(`${JSON.stringify(kept, null, 2)}\n`));
  process.stderr.write(`Recorded in ${file}\n`);
}
