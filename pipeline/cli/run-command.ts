// The frame around every command: turns errors into an event and an exit status, and the first Ctrl+C into a cancellation.

import { AnimusError, EXIT_CODES } from "../errors.ts";
import { failedEvent, WHOLE_ASSET } from "../watch/failed-event.ts";
import { createReporter, type Reporter } from "./report.ts";

export interface CommandContext {
  /** Aborted by Ctrl+C. */
  signal: AbortSignal;
  reporter: Reporter;
}

/**
 * Runs one command and ends the process with its status.
 * @param subject what messages about the whole command name: the model, folder or file it was given.
 * @param action returns the exit status where it has told of its failures itself.
 */
export async function runCommand(
  subject: string,
  json: boolean,
  action: (context: CommandContext) => Promise<number>,
): Promise<void> {
  const controller = new AbortController();
  const reporter = createReporter({ json, stdout: process.stdout, stderr: process.stderr });
  const cancel = () => {
    if (controller.signal.aborted) process.exit(EXIT_CODES.cancelled);
    reporter.note("Stopping. Press Ctrl+C again to stop at once.");
    controller.abort();
  };
  // A reader that closes early (`| head -1`) wants no more.
  process.stdout.on("error", () => controller.abort());
  process.on("SIGINT", cancel).on("SIGTERM", cancel);

  let status: number;
  try {
    status = await action({ signal: controller.signal, reporter });
  } catch (error) {
    reporter.event(failedEvent({ asset: subject, clip: WHOLE_ASSET }, error));
    status = error instanceof AnimusError ? EXIT_CODES[error.code] : EXIT_CODES.internal;
  }
  reporter.close();
  await exit(status);
}

/** Ends the process once its output is written; runtimes of the teacher may hold threads that would keep it. */
export async function exit(status: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((done) => stream.write("", () => done()));
  process.exit(status);
}
