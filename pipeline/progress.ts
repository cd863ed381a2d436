// Turns the stages of one build into a fraction of the whole and an estimate of the time left.

import type { EventSink, JobId, Stage } from "./events.ts";

/** Work of each stage in units of one prediction of the teacher; only their ratios matter. */
export type StageWork = Partial<Record<Stage, number>>;

export interface Progress {
  /** Announces a stage; earlier ones count as done. */
  stage(stage: Stage): void;
  /** @param fraction 0..1 of the present stage. */
  advance(fraction: number, loss: number | null): void;
}

/** Share of the work that must be done before its pace is worth an estimate. */
const ESTIMATE_FROM = 0.03;

export function createProgress(id: JobId, work: StageWork, events: EventSink, now = () => performance.now()): Progress {
  const stages = Object.keys(work) as Stage[];
  const total = stages.reduce((sum, stage) => sum + (work[stage] ?? 0), 0);
  const begun = now();
  let current: Stage = stages[0];
  return {
    stage(stage) {
      current = stage;
      events({ type: "stage", stage, ...id });
    },
    advance(share, loss) {
      let done = (work[current] ?? 0) * Math.min(1, share);
      for (const stage of stages.slice(0, stages.indexOf(current))) done += work[stage] ?? 0;
      const fraction = done / total;
      const elapsed = (now() - begun) / 1000;
      const etaSeconds = fraction < ESTIMATE_FROM ? null : (elapsed / fraction) * (1 - fraction);
      events({ type: "progress", stage: current, fraction, etaSeconds, loss, ...id });
    },
  };
}
