// Runs the command line as its own process, from its sources.

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

export interface Run {
  process: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** stdout as one JSON object a line. @throws SyntaxError where a line is none. */
  // biome-ignore lint/suspicious/noExplicitAny: what was printed is what the test looks into.
  lines(): any[];
  /** Exit status once it ended. */
  status: Promise<number | null>;
}

export function animus(...args: string[]): Run {
  const main = join(ROOT, "pipeline", "cli", "main.ts");
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    lines: () =>
      stdout
        .trim()
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line)),
    status: new Promise((resolve) => child.on("close", resolve)),
  };
}
