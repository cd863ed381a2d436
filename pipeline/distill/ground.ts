// Ground contact of a gait in place: soles do not sink below the ground, and where they touch it they go along with it, all at one
// velocity, without rising. Terms of the loss with closed-form gradients, means in normalised units as in regularisers.ts, and as there in
// double precision: steps between frames are small differences, which motion/deform.ts' single precision would blur.

import type { Handles } from "../motion/handles.ts";
import type { Pose, PoseGradient } from "../motion/motion.ts";
import type { GroundedPoints, Soles } from "../motion/soles.ts";

export interface GroundWeights {
  /** max(0, depth below the ground of the rest pose)^2, mean over frames and soles. */
  sink: number;
  /** |step along the ground - the ground's own step|^2 of soles in contact. */
  slide: number;
  /** (vertical step)^2 of soles in contact. */
  lift: number;
  /** Height above its rest from which a sole is free, normalised units. */
  reach: number;
  /** Shares of the iterations at which slide and lift begin and are whole: before there is a gait, they would forbid it. */
  ramp: [number, number];
}

/** 1 for a sole that touches the ground in a frame, 0 for one that swings, [frames * soles]. */
export type Contacts = Float64Array;

/** Positions of the soles, or of whatever points they are, [frames * points * 3]. */
export function placeSoles({ points, binding }: GroundedPoints, handles: Handles, pose: Pose): Float64Array {
  const { count, indices, weights } = binding;
  const out = new Float64Array(pose.frames * count * 3);
  for (let f = 0; f < pose.frames; f++) {
    for (let at = 0; at < count * 4; at++) {
      const p = (at >> 2) * 3;
      const k = f * pose.handles + indices[at];
      const c = indices[at] * 3;
      for (let i = 0; i < 3; i++) {
        let x = pose.centres[k * 3 + i];
        for (let j = 0; j < 3; j++) x += pose.rotations[k * 9 + i * 3 + j] * (points[p + j] - handles.positions[c + j]);
        out[f * count * 3 + p + i] += weights[at] * x;
      }
    }
  }
  return out;
}

/** Which soles touch the ground: 1 up to their rest height, 0 from `reach` above it, in between a smooth step. */
export function findContacts({ points, binding }: Soles, places: Float64Array, reach: number): Contacts {
  return Float64Array.from({ length: places.length / 3 }, (_, i) => {
    const x = Math.min(1, Math.max(0, (places[i * 3 + 1] - points[(i % binding.count) * 3 + 1]) / reach));
    return 1 - x * x * (3 - 2 * x);
  });
}

/**
 * Adds the gradients to `out` and returns the weighted sum of the terms.
 * @param contacts of the present pose; constants here, for their gradient would have feet lifted off to be free.
 * @param ramped 0..1, of slide and lift.
 */
export function groundTerms(
  soles: Soles,
  handles: Handles,
  pose: Pose,
  contacts: Contacts,
  loop: boolean,
  { sink, slide, lift }: Pick<GroundWeights, "sink" | "slide" | "lift">,
  ramped: number,
  out: PoseGradient,
): number {
  const { count } = soles.binding;
  const places = placeSoles(soles, handles, pose);
  const onPlaces = new Float64Array(places.length);
  let loss = 0;
  const sunk = sink / (pose.frames * count);
  for (let i = 1; i < places.length; i += 3) {
    const depth = Math.max(0, soles.ground - places[i]);
    loss += sunk * depth * depth;
    onPlaces[i] -= 2 * sunk * depth;
  }
  const steps = contactSteps(contacts, pose.frames, count, loop);
  const total = steps.reduce((sum, { weight }) => sum + weight, 0);
  if (total > 1e-9 && ramped > 0) {
    const ground = groundStep(places, steps);
    for (const { from, to, weight } of steps) {
      const share = (ramped * weight) / total;
      for (let i = 0; i < 3; i++) {
        const scale = share * (i === 1 ? lift : slide);
        const d = places[to + i] - places[from + i] - ground[i];
        loss += scale * d * d;
        onPlaces[to + i] += 2 * scale * d;
        onPlaces[from + i] -= 2 * scale * d;
      }
    }
  }
  carryBack(soles, handles, pose, onPlaces, out);
  return loss;
}

/**
 * The terms of one step, contacts and all.
 * @param done share of the iterations, for the ramp.
 */
export function groundContact(
  soles: Soles,
  handles: Handles,
  pose: Pose,
  loop: boolean,
  weights: GroundWeights,
  done: number,
  out: PoseGradient,
): number {
  const [from, to] = weights.ramp;
  const ramped = Math.min(1, Math.max(0, (done - from) / (to - from)));
  const contacts = findContacts(soles, placeSoles(soles, handles, pose), weights.reach);
  return groundTerms(soles, handles, pose, contacts, loop, weights, ramped, out);
}

interface ContactStep {
  /** Offsets of a sole's position before and after. */
  from: number;
  to: number;
  /** 1 where it touches the ground in both. */
  weight: number;
}

function contactSteps(contacts: Contacts, frames: number, count: number, loop: boolean): ContactStep[] {
  const steps: ContactStep[] = [];
  for (let f = 0; f < (loop ? frames : frames - 1); f++) {
    for (let p = 0; p < count; p++) {
      const from = f * count + p;
      const to = ((f + 1) % frames) * count + p;
      const weight = contacts[from] * contacts[to];
      if (weight > 0) steps.push({ from: from * 3, to: to * 3, weight });
    }
  }
  return steps;
}

/**
 * The step of the ground under a body in place: the mean of those that touch it, never forwards (+z). It minimises the slide, so that
 * its own change adds nothing to the gradient.
 */
function groundStep(places: Float64Array, steps: readonly ContactStep[]): [number, number, number] {
  let [x, z, total] = [0, 0, 0];
  for (const { from, to, weight } of steps) {
    x += weight * (places[to] - places[from]);
    z += weight * (places[to + 2] - places[from + 2]);
    total += weight;
  }
  return [x / total, 0, Math.min(0, z / total)];
}

/** Gradients of the positions that `placeSoles` gives to those of the pose. */
export function carryBack(
  { points, binding }: GroundedPoints,
  handles: Handles,
  pose: Pose,
  onPlaces: Float64Array,
  out: PoseGradient,
): void {
  const { count, indices, weights } = binding;
  for (let f = 0; f < pose.frames; f++) {
    for (let at = 0; at < count * 4; at++) {
      const p = (at >> 2) * 3;
      const k = f * pose.handles + indices[at];
      for (let i = 0; i < 3; i++) {
        const g = weights[at] * onPlaces[f * count * 3 + p + i];
        if (g === 0) continue;
        out.centres[k * 3 + i] += g;
        for (let j = 0; j < 3; j++) {
          out.rotations[k * 9 + i * 3 + j] += g * (points[p + j] - handles.positions[indices[at] * 3 + j]);
        }
      }
    }
  }
}
