// Ends at which a motion is held to a given pose: the rest pose, or the pose in which another clip ends. Near such an end the trained
// curve fades out and the given pose fades in; the pose's own change over time goes on across the joint.

/** A pose as control values, and how it changes there. */
export interface HeldPose {
  /** One row of `Motion.values`: [(handles + 1) * 6], the root last. */
  values: Float64Array;
  /** Change of `values` over one pass of the motion that is held, same layout. */
  change: Float64Array;
}

export type HeldEnd = "free" | "rest" | HeldPose;

/** A loop's ends are one: what holds one of them holds both. */
export interface HeldEnds {
  start: HeldEnd;
  end: HeldEnd;
}

export const FREE_ENDS: HeldEnds = { start: "free", end: "free" };

/** @param rest at which ends the motion stands in the rest pose. */
export function heldAtRest(rest: "none" | "start" | "end" | "both"): HeldEnds {
  const at = (end: "start" | "end"): HeldEnd => (rest === end || rest === "both" ? "rest" : "free");
  return { start: at("start"), end: at("end") };
}

/** The same with both ends of a loop held where one is. */
export function joinEnds(held: HeldEnds, loop: boolean): HeldEnds {
  const both = held.start === "free" ? held.end : held.start;
  return loop ? { start: both, end: both } : held;
}

/** Share of one window of the teacher over which a held end gives way to the motion. */
export const HELD_RAMP = 0.2;

/** Both derivatives are zero at 0 and 1 (smootherstep, Perlin 2002). */
function smootherstep(distance: number, ramp: number): number {
  const x = Math.min(1, distance / ramp);
  return x * x * x * (x * (6 * x - 15) + 10);
}

/** How much the trained curve counts at a time (0..1 of the pass): 0 at held ends, 1 away from them. */
export function heldShare(time: number, { start, end }: HeldEnds, ramp: number): number {
  return (start === "free" ? 1 : smootherstep(time, ramp)) * (end === "free" ? 1 : smootherstep(1 - time, ramp));
}

/** Adds what the held poses give at a time to the row `out[at..]`; rest gives nothing. */
export function addHeldPoses(
  time: number,
  { start, end }: HeldEnds,
  ramp: number,
  out: Float64Array,
  at: number,
): void {
  for (const [pose, since] of [
    [start, time],
    [end, time - 1],
  ] as const) {
    if (typeof pose === "string" || Math.abs(since) >= ramp) continue;
    const share = 1 - smootherstep(Math.abs(since), ramp);
    for (let i = 0; i < pose.values.length; i++) out[at + i] += share * (pose.values[i] + since * pose.change[i]);
  }
}

/** True where an end is held to another clip's pose. */
export function holdsPose({ start, end }: HeldEnds): boolean {
  return typeof start !== "string" || typeof end !== "string";
}

/** Share of the whole turns made at a time: even, but for poses of other clips, which the turning leaves and reaches gently. */
export function turnedShare(time: number, held: HeldEnds, ramp: number): number {
  if (!holdsPose(held)) return time;
  // The integral of smootherstep, 0.5 at 1.
  const eased = (distance: number) => {
    const x = Math.min(1, distance / ramp);
    return ramp * x ** 4 * (x * (x - 3) + 2.5) + Math.max(0, distance - ramp);
  };
  const [from, to] = [held.start, held.end].map((end) => typeof end !== "string");
  const lost = (from ? ramp / 2 : 0) + (to ? ramp / 2 : 0);
  const before = from ? eased(time) : time;
  // Near the end: what is not yet turned, from behind.
  const left = to ? eased(1 - time) : 1 - time;
  return time < 0.5 ? before / (1 - lost) : 1 - left / (1 - lost);
}
