// Runs jobs one after another, because they share one device. The newest job of a clip wins: it replaces a waiting one and
// aborts a running one. Which jobs are needed at all is decided in watch.ts.

import type { Backend } from "../backend.ts";
import type { BuildOptions, BuildResult } from "../build.ts";
import type { ClipSpec } from "../clip-spec.ts";
import { AnimusError, throwIfCancelled } from "../errors.ts";
import type { EventSink, JobId, PipelineEvent } from "../events.ts";
import type { Predecessor } from "../predecessor.ts";
import { failedEvent } from "./failed-event.ts";

export type Build = (options: BuildOptions) => Promise<BuildResult>;

export interface Job {
  id: JobId;
  /** See job-key.ts. */
  key: string;
  /** Absolute path of the model. */
  model: string;
  clip: ClipSpec;
  /** Clips that the motion file may hold, in their order; asked when the job starts. */
  keep: () => string[];
  /** Folder of the outputs. */
  out: string;
  /** The clip that this one begins in. */
  predecessor: Predecessor | null;
}

export interface QueueOptions {
  build: Build;
  /** Called when a job starts; the same one may be given every time. */
  backend: () => Promise<Backend>;
  events: EventSink;
}

export interface JobQueue {
  /** Queues a job, in the place of an older one of the same clip. */
  put(job: Job): void;
  /** Cancels the job of this clip, or takes back its failure, and says so; silent where there is neither. */
  drop(id: JobId): void;
  /** True while a job of this clip waits or runs. */
  has(id: JobId): boolean;
  /** Resolves once nothing waits or runs. */
  idle(): Promise<void>;
  /** Cancels everything and waits for the running job to stop. */
  close(): Promise<void>;
}

export function createQueue(options: QueueOptions): JobQueue {
  const waiting = new Map<string, Job>();
  /** Names of the jobs that failed and were neither queued again nor dropped. */
  const failed = new Set<string>();
  let running: { name: string; controller: AbortController } | null = null;
  let work: Promise<void> | null = null;

  async function runAll(): Promise<void> {
    for (let next = waiting.entries().next(); !next.done; next = waiting.entries().next()) {
      const [name, job] = next.value;
      waiting.delete(name);
      const controller = new AbortController();
      running = { name, controller };
      if (!(await runJob(job, controller.signal, options))) failed.add(name);
      running = null;
    }
    work = null;
  }

  function drop(id: JobId): void {
    const name = nameOf(id);
    const aborted = running?.name === name && !running.controller.signal.aborted;
    if (aborted) running?.controller.abort();
    const takenBack = failed.delete(name);
    if (waiting.delete(name) || aborted) {
      options.events(failedEvent(id, new AnimusError("cancelled", "The job was cancelled.")));
    } else if (takenBack) {
      options.events(failedEvent(id, new AnimusError("cancelled", "The job that failed is no longer asked for.")));
    }
  }

  return {
    put(job) {
      const name = nameOf(job.id);
      if (running?.name === name) running.controller.abort();
      failed.delete(name);
      waiting.delete(name);
      waiting.set(name, job);
      options.events({ type: "queued", ...job.id, prompt: job.clip.prompt });
      // Started in a later turn: a caller that puts several jobs sees all of them queued first.
      work ??= Promise.resolve().then(runAll);
    },
    drop,
    has: (id) => waiting.has(nameOf(id)) || (running?.name === nameOf(id) && !running.controller.signal.aborted),
    async idle() {
      while (work) await work;
    },
    async close() {
      for (const job of [...waiting.values()]) drop(job.id);
      if (running) drop(parseName(running.name));
      while (work) await work;
    },
  };
}

/**
 * Runs one job and says how it ended; an aborted job falls silent, whoever aborted it has spoken.
 * @returns false where a failure was said
 */
async function runJob(job: Job, signal: AbortSignal, options: QueueOptions): Promise<boolean> {
  const { id, key, model, clip, keep, out, predecessor } = job;
  const say = (event: PipelineEvent) => {
    if (!signal.aborted) options.events(event);
  };
  try {
    const backend = await options.backend();
    throwIfCancelled(signal);
    // How a job begins and ends is said here alone.
    const events: EventSink = (event) => {
      if (event.type !== "queued" && event.type !== "done" && event.type !== "failed") say(event);
    };
    const { outputs, metrics, seconds } = await options.build({
      asset: model,
      id,
      clip,
      keep: keep(),
      key,
      predecessor,
      out,
      backend,
      events,
      signal,
    });
    say({ type: "done", ...id, outputs, metrics, seconds, cached: false });
    return true;
  } catch (error) {
    say(failedEvent(id, error));
    return signal.aborted;
  }
}

function nameOf({ asset, clip }: JobId): string {
  return JSON.stringify([asset, clip]);
}

function parseName(name: string): JobId {
  const [asset, clip] = JSON.parse(name) as [string, string];
  return { asset, clip };
}
