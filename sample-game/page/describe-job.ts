// The words for a job: its title, how far it is and how it stands. Text only; the cards are in job-card.ts.

import { type JobState, WHOLE_ASSET } from "../server/jobs.ts";

const STAGES: Record<string, string> = {
  import: "reading the model",
  prepare: "placing handles",
  source: "learning its looks",
  inversion: "finding its noise",
  distill: "finding the motion",
  refine: "refining it",
  encode: "writing the motion",
};

/** "fox/fox.glb · walk" */
export function describeJob({ asset, clip }: JobState): string {
  return clip === WHOLE_ASSET ? asset : `${asset} · ${clip}`;
}

/** "finding the motion · 42 % · 1 min 20 s left" */
export function describeProgress(job: JobState): string {
  if (job.phase === "queued") return "waiting";
  if (job.phase === "done") return "alive";
  const parts = [STAGES[job.stage] ?? job.stage, `${Math.floor(job.fraction * 100)} %`];
  if (job.etaSeconds !== null) parts.push(`${describeSeconds(job.etaSeconds)} left`);
  return parts.join(" · ");
}

/** One sentence for a screen reader, the same as long as the phase is. */
export function describePhase(job: JobState): string {
  switch (job.phase) {
    case "queued":
      return `${describeJob(job)} waits.`;
    case "working":
      return `${describeJob(job)}: its motion is being made.`;
    case "done":
      return `${describeJob(job)} is alive.`;
    case "failed":
      return `${describeJob(job)} failed: ${job.failure?.message ?? ""}`;
  }
}

function describeSeconds(seconds: number): string {
  const whole = Math.max(Math.round(seconds), 0);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
