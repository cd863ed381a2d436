// `animus doctor`: runs the checks of doctor-checks.ts and the benchmark of doctor-benchmark.ts, and prints them with their remedies.

import { EXIT_CODES } from "../errors.ts";
import { measureBackend } from "./doctor-benchmark.ts";
import {
  type Check,
  checkAdapter,
  checkBrowser,
  checkCuda,
  checkMachine,
  checkNativeRuntime,
  checkNode,
  checkTeacher,
  checkWebRuntime,
} from "./doctor-checks.ts";
import { lazyBackend } from "./lazy-backend.ts";
import type { DeviceOptions } from "./options.ts";
import type { CommandContext } from "./run-command.ts";
import { teacherFolder } from "./teacher-folder.ts";

const MARKS = { ok: "ok     ", warning: "warning", failed: "FAILED " } as const;

/** @returns 0, or the exit status of a device or teacher that does not work. */
export async function doctorCommand(options: DeviceOptions, { signal, reporter }: CommandContext): Promise<number> {
  let failed = false;
  const print = (check: Check) => {
    failed ||= check.status === "failed";
    const text = `${MARKS[check.status]} ${check.name}: ${check.detail}${check.remedy ? `\n        ${check.remedy}` : ""}`;
    process.stdout.write(`${options.json ? JSON.stringify(check) : text}\n`);
  };
  print(checkNode());
  print(checkMachine());
  print(await checkNativeRuntime());
  for (const check of checkCuda()) print(check);
  print(checkWebRuntime());
  print(await checkAdapter());
  const [teacherCheck, manifest] = await checkTeacher(teacherFolder(options.teacher));
  print(teacherCheck);
  if (manifest && !signal.aborted) {
    const backend = await lazyBackend(options, reporter.note);
    for (const check of await measureBackend(backend.load)) print(check);
    await backend.dispose();
  }
  print(checkBrowser());
  if (signal.aborted) return EXIT_CODES.cancelled;
  return failed ? EXIT_CODES.device : 0;
}
