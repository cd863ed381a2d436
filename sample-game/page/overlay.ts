// Cards over the game for the pipeline's work: progress with the time left, and errors with file, line and remedy.

import { type JobState, jobKey, WHOLE_ASSET } from "../server/jobs.ts";
import { element } from "./element.ts";

const STAGES: Record<string, string> = {
  import: "reading the model",
  prepare: "placing handles",
  source: "learning its looks",
  inversion: "finding its noise",
  distill: "finding the motion",
  encode: "writing the motion",
};

/** At most this many cards; what waits behind them is counted. */
const SHOWN = 3;

/** Failures first, then running, finished, waiting. `onDismiss` gets the key of the job. */
export function drawOverlay(overlay: HTMLElement, jobs: Iterable<JobState>, onDismiss: (key: string) => void): void {
  const rank = { failed: 0, working: 1, done: 2, queued: 3 };
  const sorted = [...jobs].sort((a, b) => rank[a.phase] - rank[b.phase]);
  const cards = sorted.slice(0, SHOWN).map((job) => card(job, onDismiss));
  const more = sorted.length - SHOWN;
  if (more > 0) cards.push(element("div", { className: "job glass", text: `${more} more waiting` }));
  overlay.replaceChildren(...cards);
}

function card(job: JobState, onDismiss: (key: string) => void): HTMLElement {
  const title = element("span", { text: job.clip === WHOLE_ASSET ? job.asset : `${job.asset} · ${job.clip}` });
  const close = element("button", { text: "×", onClick: () => onDismiss(jobKey(job.asset, job.clip)) });
  close.ariaLabel = "Dismiss";
  const finished = job.phase === "failed" || job.phase === "done";
  const made = element(
    "article",
    { className: `job glass ${job.phase}` },
    element("div", { className: "head" }, title, finished ? close : null),
    ...(job.phase === "failed" ? failureLines(job) : progressLines(job)),
  );
  made.dataset["job"] = jobKey(job.asset, job.clip);
  return made;
}

function progressLines(job: JobState): HTMLElement[] {
  const fill = element("i");
  fill.style.width = `${(job.fraction * 100).toFixed(1)}%`;
  return [
    ...(job.prompt ? [element("div", { className: "prompt", text: `“${job.prompt}”` })] : []),
    element("div", { className: "bar" }, fill),
    element("div", { className: "detail", text: describeProgress(job) }),
  ];
}

/** "finding the motion · 42 % · 1 min 20 s left" */
export function describeProgress(job: JobState): string {
  if (job.phase === "queued") return "waiting";
  if (job.phase === "done") return "alive";
  const parts = [STAGES[job.stage] ?? job.stage, `${Math.floor(job.fraction * 100)} %`];
  if (job.etaSeconds !== null) parts.push(`${describeSeconds(job.etaSeconds)} left`);
  return parts.join(" · ");
}

function describeSeconds(seconds: number): string {
  const whole = Math.max(Math.round(seconds), 0);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function failureLines({ failure }: JobState): HTMLElement[] {
  if (failure === null) return [];
  const place = failure.file === null ? null : failure.line === null ? failure.file : `${failure.file}:${failure.line}`;
  return [
    element("div", { className: "message", text: failure.message }),
    ...(place ? [element("code", { className: "place", text: place })] : []),
    ...(failure.hint ? [element("div", { className: "detail", text: failure.hint })] : []),
  ];
}
