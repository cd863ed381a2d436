// What is loaded only when the first job needs it: the steps of a build, and the teacher. The teacher's identity is known at
// once, so that clips that are up to date cost neither.

import type { Teacher } from "../teacher/teacher.ts";
import type { TeacherIdentity } from "../watch/job-key.ts";
import type { Build } from "../watch/queue.ts";
import type { DeviceOptions } from "./options.ts";
import { readTeacherManifest, teacherFolder } from "./teacher-folder.ts";

export const lazyBuild: Build = async (options) => (await import("../build.ts")).buildClip(options);

export interface LazyTeacher {
  identity: TeacherIdentity;
  /** Loads on the first call; a load that failed is tried again on the next. */
  load(): Promise<Teacher>;
  dispose(): Promise<void>;
}

/** @throws AnimusError "teacher" where there is no teacher at the place named. */
export async function lazyTeacher({ device, threads, teacher }: DeviceOptions): Promise<LazyTeacher> {
  const directory = teacherFolder(teacher);
  let loading: Promise<Teacher> | null = null;
  return {
    identity: await readTeacherManifest(directory),
    load() {
      loading ??= import("../teacher/load-teacher.ts")
        .then(({ loadTeacher }) => loadTeacher({ directory, device, threads }))
        .catch((error) => {
          loading = null;
          throw error;
        });
      return loading;
    },
    async dispose() {
      const loaded = await loading?.catch(() => null);
      await loaded?.dispose();
    },
  };
}
