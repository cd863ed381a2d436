// Which way a body falls. Small steps from the rest pose may miss it: a standing knight that should lie was let down through the ground,
// upright, for that brings most of its pixels to where the teacher has them. So it is chosen beforehand like a whole turn (winding.ts):
// the quarter turn whose render lies nearest to the mean of all clips that fit the prompt is where the loop begins.

import type { Handles } from "../motion/handles.ts";
import { createMotion, evaluateMotion, type Motion, motionBasis } from "../motion/motion.ts";
import type { GroundedPoints } from "../motion/soles.ts";
import type { PoseRenderer } from "../render/pose-renderer.ts";
import type { Teacher, TextTokens } from "../teacher/teacher.ts";
import { placeSoles } from "./ground.ts";
import { findLowest, smoothstep } from "./landing.ts";
import type { Random } from "./random.ts";
import type { Rig } from "./rig.ts";
import { nearestToMean, predictMean, WINDING_DEFAULTS } from "./winding.ts";

/** Turns that lay a body down, axis-angles in radians: on its back, on its face, on its left and on its right side. */
export const FALLS: readonly (readonly [number, number, number])[] = [
  [-Math.PI / 2, 0, 0],
  [Math.PI / 2, 0, 0],
  [0, 0, -Math.PI / 2],
  [0, 0, Math.PI / 2],
];

/** Shares of the pass at which a fall begins and ends. */
const BEGINS = 0.1;
const ENDS = 0.65;

export interface FallScene {
  handles: Handles;
  body: GroundedPoints;
  rig: Rig;
  prompt: TextTokens;
  /** Of the points that count as the lowest (landing.ts). */
  share: number;
}

/**
 * Lays a motion at rest, a one-shot of one window, down the way that the teacher's mean clip falls; leaves it where no way is nearer.
 * @returns whether it lies.
 */
export async function chooseFall(
  motion: Motion,
  teacher: Teacher,
  renderer: PoseRenderer,
  { handles, body, rig, prompt, share }: FallScene,
  random: Random,
): Promise<boolean> {
  const mean = await predictMean(teacher, rig, prompt, random, WINDING_DEFAULTS);
  const ways = FALLS.map((turn) => layDown(motion, handles, body, turn, share));
  const { margin } = WINDING_DEFAULTS;
  const nearest = await nearestToMean(mean, [motion, ...ways], renderer, handles, rig, teacher.manifest.frames, margin);
  if (nearest > 0) motion.values = ways[nearest - 1].values;
  return nearest > 0;
}

/** A motion at rest whose root is turned, and let down so that its lowest part stays on the ground. */
function layDown(
  motion: Motion,
  handles: Handles,
  body: GroundedPoints,
  turn: readonly [number, number, number],
  share: number,
): Motion {
  const row = (motion.handles + 1) * 6;
  // Where each knot of the open spline weighs most.
  const times = Array.from({ length: motion.knots }, (_, knot) => (knot - 1) / (motion.knots - 3));
  const fallen = (time: number) => smoothstep((time - BEGINS) / (ENDS - BEGINS));
  const laid = { ...motion, values: motion.values.slice() };
  const turned = createMotion(motion.handles, 4, false);
  times.forEach((time, knot) => {
    const part = turn.map((angle) => angle * fallen(time));
    for (let k = 0; k < 4; k++) turned.values.set(part, k * row + row - 6);
    const pose = evaluateMotion(turned, handles, motionBasis(turned, [0]));
    const [height] = findLowest(body, placeSoles(body, handles, pose), share).heights;
    laid.values.set([...part, 0, -height, 0], knot * row + row - 6);
  });
  return laid;
}
