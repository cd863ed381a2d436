// Reads from teacher.json what decides a job's key, without loading the teacher: a clip that is up to date needs no teacher.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AnimusError } from "../errors.ts";
import type { TeacherIdentity } from "../watch/job-key.ts";
import { packageRoot } from "./package-root.ts";

/** Folder of the teacher that ships with the package. */
export function embeddedTeacher(): string {
  return join(packageRoot(), "pipeline", "teacher", "embedded");
}

/** @throws AnimusError "teacher" where there is no teacher in the folder. */
export async function readTeacherIdentity(directory: string): Promise<TeacherIdentity> {
  const file = join(directory, "teacher.json");
  const hint = "Name a teacher's folder with --teacher, or reinstall the package to get its own back.";
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new AnimusError("teacher", `There is no teacher in ${directory}: teacher.json cannot be read.`, {
      file,
      hint,
      cause,
    });
  });
  const { name, weightsHash } = parse(text) ?? {};
  if (typeof name !== "string" || typeof weightsHash !== "string") {
    throw new AnimusError("teacher", `${file} is not a teacher's manifest.`, { file, hint });
  }
  return { name, weightsHash };
}

function parse(text: string): Partial<TeacherIdentity> | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
