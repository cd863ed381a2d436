// How many windows of the teacher a clip is made of. The teacher sees sixteen frames: one cycle of what repeats, the whole of what
// happens once. A loop and a motion that happens once are one window, however long they last.

import { CLIP_DEFAULTS, type ClipSpec } from "../clip-spec.ts";
import { promptLoops } from "./choose-loop.ts";

/** Seconds that one window stands for in a clip that is longer. */
const WINDOW_SECONDS = CLIP_DEFAULTS.seconds;

/**
 * Frames that two windows in succession share. None: the teacher wants every window to begin its cycle anew, so a frame in two windows is
 * pulled to two phases of it. With a teacher that knows one cycle of 8 frames, 0, 1 and 2 shared frames leave 10, 39 and 69 % of the
 * error. The spline joins the windows, whose knots reach across the joint.
 */
export const WINDOW_OVERLAP = 0;

/**
 * More than one only where a motion that could go on ("walks", "dances") is asked for without a loop, for longer than a window and a
 * half. "Falls over" is one fall, slow or fast.
 */
export function windowsOf({ prompt, loop, seconds }: Pick<ClipSpec, "prompt" | "loop" | "seconds">): number {
  if (loop !== false || !promptLoops(prompt)) return 1;
  return Math.max(1, Math.round(seconds / WINDOW_SECONDS));
}

/** Frames of all windows together, each of the teacher's `frames`. */
export function framesOfWindows(windows: number, frames: number): number {
  return windows * frames - (windows - 1) * WINDOW_OVERLAP;
}
