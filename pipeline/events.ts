// Everything the pipeline tells the outside world, as one union. The terminal, the JSON lines and the game's overlay only
// render these; none of them knows more than what stands here.

import type { ErrorCode } from "./errors.ts";

/** Which job an event speaks of. */
export interface JobId {
  /** Path of the asset relative to the watched folder (or as given to `build`), with forward slashes. */
  asset: string;
  clip: string;
}

export type Stage = "import" | "prepare" | "source" | "inversion" | "distill" | "refine" | "encode";

/** Metrics of one clip, in units of the bounding-box diagonal; definitions in the README. */
export interface ClipMetrics {
  /** Median over vertices of the summed step lengths of one pass of the clip. */
  pathLength: number;
  /** Mean acceleration over mean speed, per frame step. */
  jitter: number;
  /** 95th percentile of the relative change of edge lengths. */
  stretch: number;
  /** Step across the seam over the median step (loops; 0 where the clip does not loop). */
  loopSeam: number;
  /** Where the feet keep to the ground: speed of what touches the ground against it, over the speed of the soles. */
  footSlide?: number;
  /** Of falls to the ground: height of the lowest vertex above it in the last frame. */
  hover?: number;
  /** Of both: mean depth of the deepest vertex below the ground. */
  sink?: number;
}

/** A file that a job wrote. Paths are absolute. */
export interface JobOutputs {
  motion: string;
  manifest: string;
  preview: string;
}

export type PipelineEvent =
  | ({ type: "queued"; prompt: string } & JobId)
  | ({ type: "stage"; stage: Stage } & JobId)
  | ({
      type: "progress";
      stage: Stage;
      /** 0..1 of the whole job. */
      fraction: number;
      /** Seconds until the job ends, estimated; null until there is a base for it. */
      etaSeconds: number | null;
      loss: number | null;
    } & JobId)
  | ({ type: "preview"; file: string } & JobId)
  | ({ type: "warning"; message: string } & JobId)
  | ({ type: "done"; outputs: JobOutputs; metrics: ClipMetrics; seconds: number; cached: boolean } & JobId)
  | ({
      type: "failed";
      code: ErrorCode;
      message: string;
      file: string | null;
      line: number | null;
      hint: string | null;
    } & JobId);

export type EventSink = (event: PipelineEvent) => void;
