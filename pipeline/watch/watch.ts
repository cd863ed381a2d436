// Keeps the clips of a folder up to date: watches it and scans it a moment after every change. What a scan does is in
// reconcile.ts.

import { relative, resolve, sep } from "node:path";
import { watch } from "chokidar";
import type { EventSink } from "../events.ts";
import { relativeName } from "./choose-model.ts";
import { isIgnoredFolder } from "./discover.ts";
import { failedEvent, WHOLE_ASSET } from "./failed-event.ts";
import type { TeacherIdentity } from "./job-key.ts";
import { isOutputFile } from "./model-files.ts";
import { createQueue, type QueueOptions } from "./queue.ts";
import { createReconciler } from "./reconcile.ts";
import { SETTLE_MS } from "./settle.ts";

export interface WatchOptions extends QueueOptions {
  root: string;
  /** Folder for the outputs, laid out like `root`; null: beside the models. */
  out: string | null;
  teacherIdentity: TeacherIdentity;
  /** Called after every scan and every finished job: the listing may have changed. */
  onChange?: () => void;
  /** Milliseconds without a change after which a file counts as complete. */
  settleMs?: number;
}

export interface FolderWatcher {
  /** Resolves once every change noticed so far is dealt with and no job is left. */
  idle(): Promise<void>;
  /** Cancels the jobs and stops watching. */
  close(): Promise<void>;
}

/** @throws AnimusError "input" where the folder cannot be read. */
export async function watchFolder(options: WatchOptions): Promise<FolderWatcher> {
  const { onChange = () => {}, settleMs = SETTLE_MS } = options;
  const root = resolve(options.root);
  const events: EventSink = (event) => {
    options.events(event.type === "failed" ? { ...event, file: shortName(root, event.file) } : event);
    if (event.type === "done") onChange();
  };
  const queue = createQueue({ ...options, events });
  const reconciler = createReconciler({ ...options, root, queue, events, settleMs });

  let timer: NodeJS.Timeout | null = null;
  let scanning: Promise<void> | null = null;
  let again = false;
  let closed = false;
  const waiters: (() => void)[] = [];

  function schedule(): void {
    if (closed) return;
    if (scanning) {
      again = true;
      return;
    }
    timer ??= setTimeout(() => {
      timer = null;
      scanning = scanOnce();
    }, settleMs);
  }

  async function scanOnce(): Promise<void> {
    again = false;
    try {
      if (await reconciler.scan()) again = true;
    } catch (error) {
      events(failedEvent({ asset: ".", clip: WHOLE_ASSET }, error));
    }
    scanning = null;
    onChange();
    if (again) schedule();
    else for (const wake of waiters.splice(0)) wake();
  }

  if (await reconciler.scan()) again = true;
  onChange();

  // A folder that appears while chokidar closes may leave a handle open: none of its handles may keep the process, so that
  // does this timer instead.
  const alive = setInterval(() => {}, 2 ** 30);
  const watcher = watch(root, {
    persistent: false,
    ignoreInitial: true,
    ignored: (path) => {
      const parts = relative(root, path).split(sep);
      return parts.some((part) => part !== ".." && isIgnoredFolder(part)) || isOutputFile(path);
    },
  });
  watcher.on("all", schedule);
  watcher.on("error", (error) => {
    const message = `The folder cannot be watched completely: ${error instanceof Error ? error.message : error}`;
    options.events({ type: "warning", asset: ".", clip: WHOLE_ASSET, message });
  });
  await new Promise<void>((ready) => watcher.once("ready", () => ready()));
  // Whatever changed between the first scan and now went unnoticed.
  schedule();

  return {
    async idle() {
      if (timer || scanning) await new Promise<void>((wake) => waiters.push(wake));
      await queue.idle();
    },
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      clearInterval(alive);
      await watcher.close();
      await scanning;
      await queue.close();
      for (const wake of waiters.splice(0)) wake();
    },
  };
}

/** A file inside the watched folder as a person sees it there. */
function shortName(root: string, file: string | null): string | null {
  return file?.startsWith(root + sep) ? relativeName(root, file) : file;
}
