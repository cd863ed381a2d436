// Shows pipeline events: JSON lines on stdout where they are asked for, and on stderr what a person wants to read, with one
// progress line that is rewritten in place on a terminal.

import type { ClipMetrics, EventSink, JobId, PipelineEvent } from "../events.ts";

export interface ReporterOptions {
  json: boolean;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  /** Seconds between progress lines where they cannot be rewritten. */
  quietSeconds?: number;
}

export interface Reporter {
  event: EventSink;
  /** A line for people. */
  note(text: string): void;
  /** Takes the progress line away. */
  close(): void;
}

export function createReporter(options: ReporterOptions): Reporter {
  const { json, stdout, stderr, quietSeconds = 10 } = options;
  const terminal = stderr.isTTY === true;
  let lineOpen = false;
  let lastProgress = Number.NEGATIVE_INFINITY;

  const clear = () => {
    if (lineOpen) stderr.write("\r\u001b[K");
    lineOpen = false;
  };
  const note = (text: string) => {
    clear();
    stderr.write(`${text}\n`);
  };
  const progress = (text: string) => {
    if (terminal) {
      clear();
      stderr.write(text.slice(0, (stderr.columns ?? 80) - 1));
      lineOpen = true;
    } else if (performance.now() - lastProgress >= quietSeconds * 1000) {
      lastProgress = performance.now();
      note(text);
    }
  };

  return {
    event(event) {
      if (json) stdout.write(`${JSON.stringify(event)}\n`);
      if (event.type === "progress") return progress(progressText(event));
      if (event.type === "queued" || event.type === "done") lastProgress = Number.NEGATIVE_INFINITY;
      const text = describe(event);
      if (text !== null) note(text);
    },
    note,
    close: clear,
  };
}

/** One event as text; null where it has nothing for people. */
function describe(event: Exclude<PipelineEvent, { type: "progress" }>): string | null {
  const job = nameOf(event);
  switch (event.type) {
    case "queued":
      return `${job}: queued "${event.prompt}"`;
    case "stage":
      return `${job}: ${event.stage}`;
    case "preview":
      return `${job}: preview ${event.file}`;
    case "warning":
      return `${job}: warning: ${event.message}`;
    case "done": {
      const how = event.cached ? "up to date" : `done in ${duration(event.seconds)}`;
      return `${job}: ${how} -> ${event.outputs.motion} (${metricsText(event.metrics)})`;
    }
    case "failed": {
      if (event.code === "cancelled") return `${job}: ${event.message}`;
      const where = event.file === null ? "" : ` [${event.file}${event.line === null ? "" : `:${event.line}`}]`;
      return `${job}: failed: ${event.message}${where}${event.hint === null ? "" : `\n  ${event.hint}`}`;
    }
  }
}

function progressText({
  stage,
  fraction,
  etaSeconds,
  loss,
  ...id
}: Extract<PipelineEvent, { type: "progress" }>): string {
  const parts = [`${nameOf(id)}: ${stage} ${Math.round(fraction * 100)} %`];
  if (etaSeconds !== null) parts.push(`${duration(etaSeconds)} left`);
  if (loss !== null) parts.push(`loss ${loss.toPrecision(3)}`);
  return parts.join(", ");
}

export function metricsText({ pathLength, jitter, stretch, loopSeam, footSlide, hover, sink }: ClipMetrics): string {
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
  const parts = [`path ${pathLength.toFixed(3)}`, `jitter ${jitter.toFixed(2)}`, `stretch ${percent(stretch)}`];
  parts.push(`seam ${loopSeam.toFixed(2)}`);
  if (footSlide !== undefined) parts.push(`foot slide ${footSlide.toFixed(2)}`);
  if (hover !== undefined) parts.push(`hover ${percent(hover)}`);
  if (sink !== undefined) parts.push(`sink ${percent(sink)}`);
  return parts.join(", ");
}

/** "8 s", "2 min 05 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

function nameOf({ asset, clip }: JobId): string {
  return clip === "" ? asset : `${asset} (${clip})`;
}
