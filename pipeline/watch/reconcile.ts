// Compares what a folder asks for with what is built, and queues the difference. The comparison is by hash, so it does not
// matter what set a scan off, or how often; when to scan is decided in watch.ts.

import { resolve } from "node:path";
import { AnimusError } from "../errors.ts";
import type { EventSink, JobId } from "../events.ts";
import { discover, type Problem, type TaggedAsset } from "./discover.ts";
import { failedEvent, WHOLE_ASSET } from "./failed-event.ts";
import { keyedClips, type TeacherIdentity } from "./job-key.ts";
import type { JobQueue } from "./queue.ts";
import { assetName, outputFolder, type RecordedAsset, readRecorded } from "./recorded.ts";
import { createModelHashes, isSettled } from "./settle.ts";

export interface ReconcileOptions {
  root: string;
  /** Folder for the outputs, laid out like `root`; null: beside the models. */
  out: string | null;
  teacherIdentity: TeacherIdentity;
  queue: JobQueue;
  events: EventSink;
  settleMs: number;
}

export interface Reconciler {
  /**
   * @returns true where files are still being written: scan again after `settleMs`.
   * @throws AnimusError "input" where the folder cannot be read.
   */
  scan(): Promise<boolean>;
}

/** What was last decided about a clip; it stands until the key changes. */
interface Decision {
  id: JobId;
  sidecar: string;
  key: string;
}

export function createReconciler(options: ReconcileOptions): Reconciler {
  const { queue, events, settleMs } = options;
  const root = resolve(options.root);
  const hashes = createModelHashes(settleMs);
  const decisions = new Map<string, Decision>();
  const reported = new Map<string, Problem>();
  /** Clip names of each asset, as its sidecar last said. */
  const wantedClips = new Map<string, string[]>();

  async function scan(): Promise<boolean> {
    const found = await discover(root);
    const standing = new Set<string>();
    const problems: Problem[] = [];
    const pending = new Set<string>();
    const hold = (sidecar: string) => {
      for (const [name, decision] of decisions) if (decision.sidecar === sidecar) standing.add(name);
    };

    for (const { asset, clips } of found.tagged)
      wantedClips.set(
        asset,
        clips.map((clip) => clip.name),
      );
    for (const problem of found.problems) {
      if (!(await isSettled([problem.sidecar], settleMs))) pending.add(problem.sidecar);
      else problems.push(problem);
    }
    for (const tagged of found.tagged) {
      const { asset, sidecar } = tagged;
      try {
        const hash = (await isSettled([sidecar], settleMs)) ? await hashes.get(tagged.model) : null;
        if (hash === null) pending.add(sidecar);
        else for (const name of await decide(tagged, hash)) standing.add(name);
      } catch (error) {
        if (!(error instanceof AnimusError)) throw error;
        problems.push({ asset, sidecar, error, unreadable: false });
      }
    }

    for (const sidecar of pending) hold(sidecar);
    for (const problem of problems) {
      if (!problem.unreadable) continue;
      // What it said before goes on; once it can be read again, its clips are announced anew.
      hold(problem.sidecar);
      for (const decision of decisions.values()) {
        if (decision.sidecar === problem.sidecar && !queue.has(decision.id)) decision.key = "";
      }
    }
    for (const [name, { id }] of decisions) {
      if (standing.has(name)) continue;
      decisions.delete(name);
      queue.drop(id);
    }
    report(problems, pending);
    const atRest = await isSettled(found.models, settleMs);
    return pending.size > 0 || !atRest;
  }

  /** Decides about every clip of an asset; @returns their names in `decisions`. */
  async function decide({ asset, model, sidecar, clips }: TaggedAsset, hash: string): Promise<string[]> {
    const out = outputFolder(root, model, options.out);
    let recorded: Promise<RecordedAsset | null> | undefined;
    const names: string[] = [];
    for (const { clip, key, predecessor } of keyedClips(hash, clips, options.teacherIdentity)) {
      const id = { asset, clip: clip.name };
      const name = JSON.stringify([asset, clip.name]);
      names.push(name);
      const same = decisions.get(name)?.key === key;
      decisions.set(name, { id, sidecar, key });
      if (same) continue;
      recorded ??= readRecorded(out, assetName(model));
      const built = (await recorded)?.clips.get(clip.name);
      if (built?.key === key) {
        queue.drop(id);
        const { outputs, metrics, seconds } = built;
        events({ type: "done", ...id, outputs, metrics, seconds, cached: true });
      } else {
        queue.put({ id, key, model, clip, predecessor, keep: () => wantedClips.get(asset) ?? [], out });
      }
    }
    return names;
  }

  /** Says each problem once, and once that it is gone. */
  function report(problems: readonly Problem[], pending: ReadonlySet<string>): void {
    const open = new Map(problems.map((problem) => [problem.sidecar, problem]));
    for (const [sidecar, { asset }] of reported) {
      if (open.get(sidecar)?.asset === asset || pending.has(sidecar)) continue;
      reported.delete(sidecar);
      events(failedEvent({ asset, clip: WHOLE_ASSET }, new AnimusError("cancelled", "The problem is gone.")));
    }
    for (const [sidecar, problem] of open) {
      const last = reported.get(sidecar);
      reported.set(sidecar, problem);
      if (last && sameProblem(last, problem)) continue;
      events(failedEvent({ asset: problem.asset, clip: WHOLE_ASSET }, problem.error));
    }
  }

  return { scan };
}

function sameProblem(a: Problem, b: Problem): boolean {
  return a.error.message === b.error.message && a.error.line === b.error.line;
}
