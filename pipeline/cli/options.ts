// The options that several commands share, and how their values are read. A value that makes no sense is a usage error.

import { availableParallelism } from "node:os";
import { InvalidArgumentError, Option } from "commander";

export const DEVICES = ["auto", "cuda", "webgpu", "cpu"] as const;
export type Device = (typeof DEVICES)[number];

export interface CommonOptions {
  json?: boolean;
}

export interface DeviceOptions extends CommonOptions {
  device: Device;
  threads: number;
  /** Folder of a teacher; left out: the one that ships with the package. */
  teacher?: string;
}

export const jsonOption = () =>
  new Option("--json", "one JSON object a line on stdout; everything for people goes to stderr");

export const deviceOptions = () => [
  new Option("--device <device>", "what renders and runs the teacher").choices([...DEVICES]).default("auto"),
  new Option("--threads <n>", "threads of the renderer and the teacher")
    .argParser((value) => integer(value, 1, 256))
    .default(availableParallelism(), "all cores"),
  new Option("--teacher <dir>", "folder of another teacher").env("ANIMUS_TEACHER"),
];

/** @throws InvalidArgumentError where the text is no whole number within the range. */
export function integer(value: string, min: number, max: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  }
  return number;
}

/** @throws InvalidArgumentError where the text is no number. */
export function decimal(value: string): number {
  if (value.trim() === "" || !Number.isFinite(Number(value))) throw new InvalidArgumentError("It must be a number.");
  return Number(value);
}
