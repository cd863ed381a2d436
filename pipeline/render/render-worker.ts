// The body of one render thread: builds its scratch memory once, then runs the tasks it is sent and reports each one's end.

import { parentPort, workerData } from "node:worker_threads";
import { AnimusError } from "../errors.ts";
import { createTaskRunner, type RenderScene, type RenderTask } from "./render-task.ts";

/** A finished task; errors travel as plain data because classes do not survive the way. */
export interface WorkerReply {
  error?: { code: AnimusError["code"]; message: string; hint: string | undefined; stack: string | undefined };
}

const run = createTaskRunner(workerData as RenderScene);

parentPort?.on("message", (task: RenderTask) => {
  const reply: WorkerReply = {};
  try {
    run(task);
  } catch (error) {
    const { message, stack } = error as Error;
    const { code, hint } = error instanceof AnimusError ? error : { code: "internal" as const, hint: undefined };
    reply.error = { code, message, hint, stack };
  }
  parentPort?.postMessage(reply);
});
