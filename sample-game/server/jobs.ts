// What the overlay shows of the pipeline's work: a pure fold of the events of /events into one entry a clip. The game reads the
// events as plain JSON and knows only the fields that it draws.

import { asRecord, text } from "./listing.ts";

export interface Failure {
  message: string;
  file: string | null;
  line: number | null;
  hint: string | null;
}

export interface JobState {
  asset: string;
  clip: string;
  phase: "queued" | "working" | "done" | "failed";
  stage: string;
  /** 0..1 of the whole job. */
  fraction: number;
  /** Seconds, null while unknown. */
  etaSeconds: number | null;
  prompt: string;
  failure: Failure | null;
}

export type Jobs = ReadonlyMap<string, JobState>;

/** Clip of an event that speaks of the whole asset: its sidecar, say. */
export const WHOLE_ASSET = "";

export function jobKey(asset: string, clip: string): string {
  return `${asset}\n${clip}`;
}

const NEW: Omit<JobState, "asset" | "clip"> = {
  phase: "queued",
  stage: "",
  fraction: 0,
  etaSeconds: null,
  prompt: "",
  failure: null,
};

/** The jobs after one event; the same map where the event changes nothing. */
export function foldEvent(jobs: Jobs, json: unknown): Jobs {
  const event = asRecord(json);
  const asset = text(event["asset"]);
  const clip = text(event["clip"]);
  if (asset === "") return jobs;
  const key = jobKey(asset, clip);
  const old = jobs.get(key) ?? { ...NEW, asset, clip };
  const put = (change: Partial<JobState>) => new Map(jobs).set(key, { ...old, ...change });
  switch (event["type"]) {
    case "queued":
      return put({ ...NEW, prompt: text(event["prompt"]) });
    case "stage":
      return put({ phase: "working", stage: text(event["stage"]), failure: null });
    case "progress":
      return put({
        phase: "working",
        stage: text(event["stage"]) || old.stage,
        fraction: Math.min(Math.max(number(event["fraction"]) ?? old.fraction, 0), 1),
        etaSeconds: number(event["etaSeconds"]),
        failure: null,
      });
    case "done":
      // Found done already: no news.
      if (event["cached"] === true) return without(jobs, key);
      return put({ phase: "done", fraction: 1, etaSeconds: 0, failure: null });
    case "failed":
      // Also said once a problem with a whole asset is gone.
      if (event["code"] === "cancelled") return without(jobs, key);
      return put({ phase: "failed", failure: readFailure(event) });
    default:
      return jobs;
  }
}

/** Forgets one entry: it was seen, or dismissed. */
export function without(jobs: Jobs, key: string): Jobs {
  const rest = new Map(jobs);
  rest.delete(key);
  return rest;
}

function readFailure(event: Record<string, unknown>): Failure {
  return {
    message: text(event["message"]) || "The build failed.",
    file: text(event["file"]) || null,
    line: number(event["line"]),
    hint: text(event["hint"]) || null,
  };
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
