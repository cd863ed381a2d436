// One card of the overlay: a job's title, prompt and progress, or its failure with file, line and remedy. A card is made for
// one phase; within it only its bar and its detail move.

import { type JobState, jobKey } from "../server/jobs.ts";
import { describeJob, describeProgress } from "./describe-job.ts";
import { element } from "./element.ts";

export interface JobCard {
  readonly element: HTMLElement;
  /** Shows another moment of the same job. @returns false where that needs another card. */
  update(job: JobState): boolean;
}

export function createJobCard(job: JobState, onDismiss: (key: string) => void): JobCard {
  const key = jobKey(job.asset, job.clip);
  const finished = job.phase === "failed" || job.phase === "done";
  const close = finished ? element("button", { text: "×", onClick: () => onDismiss(key) }) : null;
  if (close) {
    close.type = "button";
    close.ariaLabel = `Dismiss ${describeJob(job)}`;
  }
  const progress = job.phase === "failed" ? null : createProgress(job);
  const card = element(
    "article",
    { className: `job glass ${job.phase}` },
    element("div", { className: "head" }, element("span", { text: describeJob(job) }), close),
    ...(progress?.elements ?? failureLines(job)),
  );
  card.dataset["job"] = key;
  return {
    element: card,
    update(next) {
      if (next.phase !== job.phase || next.prompt !== job.prompt) return false;
      if (JSON.stringify(next.failure) !== JSON.stringify(job.failure)) return false;
      progress?.update(next);
      return true;
    },
  };
}

function createProgress(job: JobState) {
  const fill = element("i");
  const bar = element("div", { className: "bar" }, fill);
  bar.role = "progressbar";
  bar.ariaLabel = describeJob(job);
  bar.ariaValueMin = "0";
  bar.ariaValueMax = "100";
  const detail = element("div", { className: "detail" });
  const update = (now: JobState) => {
    fill.style.width = `${(now.fraction * 100).toFixed(1)}%`;
    bar.ariaValueNow = String(Math.floor(now.fraction * 100));
    detail.textContent = describeProgress(now);
  };
  update(job);
  const prompt = job.prompt ? [element("div", { className: "prompt", text: `“${job.prompt}”` })] : [];
  return { elements: [...prompt, bar, detail], update };
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
