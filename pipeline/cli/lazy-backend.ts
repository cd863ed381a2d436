// What is loaded only when the first job needs it: the steps of a build, the renderer and the teacher. The teacher's identity is
// known at once, so that clips that are up to date cost none of them.

import type { Backend } from "../backend.ts";
import type { TeacherIdentity } from "../watch/job-key.ts";
import type { Build } from "../watch/queue.ts";
import type { DeviceOptions } from "./options.ts";
import { readTeacherManifest, teacherFolder } from "./teacher-folder.ts";

export const lazyBuild: Build = async (options) => (await import("../build.ts")).buildClip(options);

export interface LazyBackend {
  identity: TeacherIdentity;
  /** Opens on the first call; what failed to open, or no longer vouches for its results, is opened anew. */
  load(): Promise<Backend>;
  dispose(): Promise<void>;
}

/**
 * @param note takes a line for people.
 * @throws AnimusError "teacher" where there is no teacher at the place named.
 */
export async function lazyBackend(
  { device, threads, teacher }: DeviceOptions,
  note: (text: string) => void,
): Promise<LazyBackend> {
  const directory = teacherFolder(teacher);
  let loading: Promise<Backend> | null = null;
  const open = async () => (await import("../backend.ts")).openBackend({ device, threads, directory, onNote: note });
  const dispose = async () => {
    const loaded = await loading?.catch(() => null);
    loading = null;
    await loaded?.dispose();
  };
  return {
    identity: await readTeacherManifest(directory),
    async load() {
      try {
        const loaded = await loading;
        await loaded?.assertSound();
      } catch {
        await dispose();
      }
      loading ??= open();
      return loading;
    },
    dispose,
  };
}
