// Where a command finds its teacher, and what teacher.json says, without loading the teacher: a clip that is up to date needs
// none.

import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AnimusError } from "../errors.ts";
import { parseManifest, type TeacherManifest } from "../teacher/manifest.ts";
import { packageRoot } from "./package-root.ts";

/** Absolute folder: the one named with --teacher, else that of the teacher that ships with the package. */
export function teacherFolder(named: string | undefined): string {
  return named === undefined ? join(packageRoot(), "pipeline", "teacher", "embedded") : resolve(named);
}

/** @throws AnimusError "teacher" where there is no teacher in the folder. */
export async function readTeacherManifest(folder: string): Promise<TeacherManifest> {
  const file = join(folder, "teacher.json");
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new AnimusError("teacher", `There is no teacher in ${folder}: teacher.json cannot be read.`, {
      file,
      hint: "Name a teacher's folder with --teacher, or reinstall the package to get its own back.",
      cause,
    });
  });
  return parseManifest(text, file);
}
