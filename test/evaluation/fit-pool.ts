// Threads that fit clips, one clip a thread: a fit is a long chain of small steps, so fits beside each other beat threads within
// one.

import { Worker } from "node:worker_threads";
import { AnimusError } from "../../pipeline/errors.ts";
import type { FitRequest } from "./fit-motion.ts";
import type { FitReply, FitResult, FitTask } from "./fit-worker.ts";
import type { SwingRequest } from "./leg-swings.ts";
import type { Gait } from "./measures.ts";

export interface FitPool {
  /** Waits for a free thread. @throws AnimusError "internal" where the fit fails. */
  fit(request: FitRequest): Promise<FitResult>;
  /** The same for the legs of a clip that was fitted. */
  swings(request: SwingRequest): Promise<Gait>;
  dispose(): Promise<void>;
}

export function createFitPool(threads: number): FitPool {
  const workers = Array.from({ length: threads }, startWorker);
  const idle = [...workers];
  const waiting: ((worker: Worker) => void)[] = [];
  const take = () => {
    const worker = idle.pop();
    return worker ? Promise.resolve(worker) : new Promise<Worker>((resolve) => waiting.push(resolve));
  };
  const work = async (task: FitTask) => {
    const worker = await take();
    try {
      return await ask(worker, task);
    } finally {
      const next = waiting.shift();
      if (next) next(worker);
      else idle.push(worker);
    }
  };
  return {
    fit: (request) => work({ fit: request }) as Promise<FitResult>,
    swings: (request) => work({ swings: request }) as Promise<Gait>,
    dispose: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function ask(worker: Worker, task: FitTask): Promise<FitResult | Gait> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(new AnimusError("internal", `A fit failed: ${cause}`, { cause }));
    const settle = (reply: FitReply) => {
      worker.off("error", fail);
      if ("result" in reply) resolve(reply.result);
      else fail(reply.error);
    };
    worker.once("message", settle);
    worker.once("error", fail);
    worker.postMessage(task);
  });
}

/** The sources run under tsx, which hooks into the main thread only: a worker has to ask for it. */
function startWorker(): Worker {
  const hook = `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))}; register();`;
  return new Worker(new URL("./fit-worker.ts", import.meta.url), {
    execArgv: ["--import", `data:text/javascript,${encodeURIComponent(hook)}`],
  });
}
