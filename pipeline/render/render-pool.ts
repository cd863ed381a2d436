// The threads behind the CPU renderer. The only file of this room, beside the worker's own, that needs Node.

import { Worker } from "node:worker_threads";
import { AnimusError } from "../errors.ts";
import { createTaskRunner, type RenderScene, type RenderTask } from "./render-task.ts";
import type { WorkerReply } from "./render-worker.ts";

export interface RenderPool {
  /** Settles once every thread has stopped working on the task; one task at a time. */
  run(task: RenderTask): Promise<void>;
  dispose(): Promise<void>;
}

/** @param threads worker threads to start; 0 runs tasks in the calling thread. */
export function createRenderPool(scene: RenderScene, threads: number): RenderPool {
  if (threads === 0) {
    const runTask = createTaskRunner(scene);
    return { run: async (task) => runTask(task), dispose: async () => {} };
  }
  const members = Array.from({ length: threads }, () => startMember(scene));
  return {
    async run(task) {
      const ends = await Promise.allSettled(members.map((member) => member.run(task)));
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    },
    async dispose() {
      await Promise.all(members.map((member) => member.stop()));
    },
  };
}

function startMember(scene: RenderScene) {
  const worker = startWorker(scene);
  let settle: ((error?: AnimusError) => void) | undefined;
  let failure: AnimusError | undefined;

  const finish = (error?: AnimusError) => {
    const settleTask = settle;
    settle = undefined;
    worker.unref(); // An idle thread does not keep the process alive.
    settleTask?.(error);
  };
  const die = (message: string, cause?: unknown) => {
    failure ??= new AnimusError("internal", message, { cause });
    finish(failure);
  };
  worker.on("message", ({ error }: WorkerReply) => {
    finish(
      error && new AnimusError(error.code, error.message, { ...(error.hint && { hint: error.hint }), cause: error }),
    );
  });
  worker.on("error", (error) =>
    die(`A render thread failed: ${error instanceof Error ? error.message : error}`, error),
  );
  worker.on("exit", (code) => die(`A render thread has ended (exit code ${code}).`));
  worker.unref();

  return {
    run: (task: RenderTask) =>
      new Promise<void>((resolve, reject) => {
        if (failure) return reject(failure);
        settle = (error) => (error ? reject(error) : resolve());
        worker.ref();
        worker.postMessage(task);
      }),
    stop: () => worker.terminate(),
  };
}

/** Starts the compiled worker, or its source where this file itself runs from source under tsx. */
function startWorker(workerData: RenderScene): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    return new Worker(new URL("./render-worker.js", import.meta.url), { workerData });
  }
  // tsx hooks into the main thread only: a worker has to ask for it.
  const hook = `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))}; register();`;
  return new Worker(new URL("./render-worker.ts", import.meta.url), {
    workerData,
    execArgv: ["--import", `data:text/javascript,${encodeURIComponent(hook)}`],
  });
}
