// Turns whatever was thrown into the `failed` event of a job. Errors that are not the product's own are defects and say so.

import { AnimusError } from "../errors.ts";
import type { JobId, PipelineEvent } from "../events.ts";

/** Clip of a JobId that speaks of the whole asset: what is wrong lies before any of its clips. */
export const WHOLE_ASSET = "";

export type FailedEvent = Extract<PipelineEvent, { type: "failed" }>;

export function failedEvent(id: JobId, error: unknown): FailedEvent {
  const { asset, clip } = id;
  if (error instanceof AnimusError) {
    const { code, message, file = null, line = null, hint = null } = error;
    return { type: "failed", asset, clip, code, message, file, line, hint };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}${placeOf(error)}` : String(error);
  const hint = "This is a defect of the product. Please report it together with what `animus doctor` prints.";
  return { type: "failed", asset, clip, code: "internal", message, file: null, line: null, hint };
}

/** The innermost call, for a report: " (at deform (file:12:3))". */
function placeOf({ stack = "" }: Error): string {
  const frame = stack.split("\n").find((line) => /^\s+at /.test(line));
  return frame === undefined ? "" : ` (${frame.trim()})`;
}
