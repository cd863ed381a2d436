// Cards over the game for the pipeline's work. Chooses which jobs get a card and keeps the cards of those that stay; what a
// card shows is in job-card.ts.

import { type JobState, jobKey } from "../server/jobs.ts";
import { describePhase } from "./describe-job.ts";
import { element } from "./element.ts";
import { createJobCard, type JobCard } from "./job-card.ts";

/** At most this many cards; what waits behind them is counted. */
const SHOWN = 3;

const RANK: Record<JobState["phase"], number> = { working: 0, failed: 1, done: 2, queued: 3 };

/**
 * Returns the function that draws: running jobs first, then failures, finished, waiting.
 * @param status read aloud when a job enters another phase, never for its progress
 * @param onDismiss gets the key of the job
 */
export function createOverlay(
  overlay: HTMLElement,
  status: HTMLElement,
  onDismiss: (key: string) => void,
): (jobs: Iterable<JobState>) => void {
  const cards = new Map<string, JobCard>();
  const phases = new Map<string, string>();
  const rest = element("div", { className: "job glass" });
  return (jobs) => {
    const sorted = [...jobs].sort((a, b) => RANK[a.phase] - RANK[b.phase]);
    const shown = sorted.slice(0, SHOWN);
    const keys = new Set(shown.map(({ asset, clip }) => jobKey(asset, clip)));
    for (const key of cards.keys()) if (!keys.has(key)) cards.delete(key);
    const elements = shown.map((job) => {
      const key = jobKey(job.asset, job.clip);
      const old = cards.get(key);
      const card = old?.update(job) ? old : createJobCard(job, onDismiss);
      cards.set(key, card);
      return card.element;
    });
    if (sorted.length > SHOWN) {
      rest.textContent = `${sorted.length - SHOWN} more`;
      elements.push(rest);
    }
    place(overlay, elements);
    announce(status, phases, sorted);
  };
}

/** Puts the elements in their order. One that has the focus keeps it: only the others are moved. */
function place(overlay: HTMLElement, elements: readonly HTMLElement[]): void {
  for (const old of [...overlay.children]) if (!elements.includes(old as HTMLElement)) old.remove();
  const focused = elements.findIndex((card) => card.contains(document.activeElement));
  elements.forEach((card, index) => {
    if (overlay.children[index] === card) return;
    if (index === focused) for (const other of elements.slice(index + 1)) overlay.append(other);
    else overlay.insertBefore(card, overlay.children[index] ?? null);
  });
}

function announce(status: HTMLElement, phases: Map<string, string>, jobs: readonly JobState[]): void {
  const news: string[] = [];
  const open = new Set<string>();
  for (const job of jobs) {
    const key = jobKey(job.asset, job.clip);
    open.add(key);
    const phase = describePhase(job);
    if (phases.get(key) !== phase) news.push(phase);
    phases.set(key, phase);
  }
  for (const key of phases.keys()) if (!open.has(key)) phases.delete(key);
  if (news.length > 0) status.textContent = news.join(" ");
}
