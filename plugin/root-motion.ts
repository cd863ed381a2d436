// Root motion on request: what a clip does with the body as a whole is taken out of it and given to a node that the game steers, or, where
// clips are in place, told by the feet. Import it from "animus3d/root-motion". The player goes on as it is; two nodes above the model do it.

import { Matrix, Quaternion, Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode.js";
import type { FieldClip, MotionField } from "../runtime/field.ts";
import { sampleHandles } from "../runtime/sample.ts";
import type { Player } from "./player.ts";
import type { PlayerClip } from "./player-clip.ts";

export interface RootMotionOptions {
  /**
   * "body": the way of the handles' middle along the ground and their turn about y are taken out of the pose and added up in the node.
   * "feet": the pose stays, and the node goes against what touches the ground, so that feet do not slide.
   */
  from?: "body" | "feet";
  /** Handles below this share of the height count as feet. */
  ground?: number;
}

export const ROOT_MOTION_DEFAULTS: Required<RootMotionOptions> = { from: "body", ground: 0.08 };

/** A turn about y and a step along the ground. */
interface Travel {
  angle: number;
  x: number;
  z: number;
}

/**
 * @returns the node above the model that travels: place, turn and scale it as the game likes. Dispose of it to end root motion; the
 * model then goes back to the parent it had. It ends with the player.
 */
export function createRootMotion(
  player: Player,
  motion: { field: MotionField },
  options: RootMotionOptions = {},
): TransformNode {
  const { from, ground } = { ...ROOT_MOTION_DEFAULTS, ...options };
  const model = player.root as TransformNode;
  const parent = model.parent;
  const node = new TransformNode("root motion", player.scene);
  const held = new TransformNode("root motion, taken out", player.scene);
  node.rotationQuaternion = new Quaternion();
  node.parent = parent;
  held.parent = node;
  model.parent = held;
  const toParent = model.computeWorldMatrix(true).multiply(Matrix.Invert(held.computeWorldMatrix(true)));

  /** A motion of the asset's space as one of the space that the model stands in. */
  const carried = (travel: Matrix) => Matrix.Invert(toParent).multiply(travel).multiply(toParent);
  const step = (travel: Matrix) => carried(travel).multiply(matrixOf(node)).decomposeToTransformNode(node);
  const former = new Map<PlayerClip, number>();
  let lastShares = new Map<PlayerClip, number>();
  let feet: Float32Array | null = null;

  function follow(): void {
    const { field } = motion;
    if (from === "feet") {
      const places = placesOf(field, player.matrices);
      if (feet?.length === places.length) step(againstFeet(field, feet, places, ground));
      feet = places;
      return;
    }
    const now = shares(player);
    for (const [clip, before] of former) {
      // A clip that has just ended had its share until now.
      const share = now.get(clip) ?? lastShares.get(clip) ?? 1;
      if (before !== clip.time) step(between(field, clip.data, before, clip.time, share));
    }
    lastShares = now;
    former.clear();
    for (const clip of player.clips) if (clip.isPlaying) former.set(clip, clip.time);
    Matrix.Invert(carried(toMatrix(travelOf(field, player.matrices)))).decomposeToTransformNode(held);
  }

  const begun = player.clips.map(
    (clip) => [clip, clip.onAnimationGroupPlayObservable.add(() => former.set(clip, clip.time))] as const,
  );
  const observer = player.onPoseObservable.add(follow);
  player.onDisposeObservable.addOnce(() => node.dispose(true));
  node.onDisposeObservable.addOnce(() => {
    player.onPoseObservable.remove(observer);
    for (const [clip, one] of begun) clip.onAnimationGroupPlayObservable.remove(one);
    if (!model.isDisposed()) model.parent = parent;
    held.dispose(true);
  });
  follow();
  return node;
}

/** Clips that move the pose on, and how much of it each has; additive ones do not lead the way. */
function shares(player: Player): Map<PlayerClip, number> {
  const playing = player.clips.filter((clip) => clip.isPlaying && !clip.isAdditive);
  const given = playing.reduce((sum, { weight }) => sum + Math.max(weight, 0), 0);
  const free = playing.filter(({ weight }) => weight < 0);
  const rest = Math.max(1 - given, 0) / Math.max(free.length, 1);
  return new Map(playing.map((clip) => [clip, clip.weight < 0 ? rest : clip.weight / Math.max(given, 1)]));
}

/** What the body does between two times of a clip as seen from itself, a share of it. A loop ends where it begins. */
function between(field: MotionField, clip: FieldClip, before: number, after: number, share: number): Matrix {
  const [a, b] = [before, after].map((time) => travelOf(field, sampleHandles(field, clip, time)));
  const way = toMatrix(b).multiply(Matrix.Invert(toMatrix(a)));
  const turn = Math.atan2(way.m[8], way.m[0]);
  return toMatrix({ angle: turn * share, x: way.m[12] * share, z: way.m[14] * share });
}

/** Where the body as a whole is and how it is turned, against rest: the best fit of the handles in the ground's plane. */
export function travelOf(field: MotionField, matrices: Float32Array): Travel {
  const places = placesOf(field, matrices);
  const count = field.handleCount;
  const mean = (values: Float32Array, axis: number) => {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += values[k * 3 + axis];
    return sum / count;
  };
  const [rx, rz, mx, mz] = [mean(field.handles, 0), mean(field.handles, 2), mean(places, 0), mean(places, 2)];
  let [along, across] = [0, 0];
  for (let k = 0; k < count; k++) {
    const [x, z] = [field.handles[k * 3] - rx, field.handles[k * 3 + 2] - rz];
    const [u, w] = [places[k * 3] - mx, places[k * 3 + 2] - mz];
    along += x * u + z * w;
    across += z * u - x * w;
  }
  const angle = Math.atan2(across, along);
  // The turn is about the origin: what it does to the middle is part of the step.
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return { angle, x: mx - (c * rx + s * rz), z: mz - (c * rz - s * rx) };
}

/** The handles' places, [handles * 3]. */
function placesOf({ handles, handleCount }: MotionField, m: Float32Array): Float32Array {
  const places = new Float32Array(handleCount * 3);
  for (let k = 0; k < handleCount; k++) {
    const [x, y, z] = handles.subarray(k * 3, k * 3 + 3);
    for (let r = 0; r < 3; r++) {
      const at = k * 12 + r * 4;
      places[k * 3 + r] = m[at] * x + m[at + 1] * y + m[at + 2] * z + m[at + 3];
    }
  }
  return places;
}

/** The opposite of the mean step of the handles that are near the ground before and after. */
function againstFeet(field: MotionField, before: Float32Array, after: Float32Array, ground: number): Matrix {
  const { min, max } = field.bounds;
  const height = min[1] + ground * (max[1] - min[1]);
  const step = { x: 0, z: 0, count: 0 };
  for (let i = 0; i < after.length; i += 3) {
    if (before[i + 1] > height || after[i + 1] > height) continue;
    step.x += before[i] - after[i];
    step.z += before[i + 2] - after[i + 2];
    step.count++;
  }
  const count = Math.max(step.count, 1);
  return Matrix.Translation(step.x / count, 0, step.z / count);
}

/** For row vectors: x' = x cos + z sin, z' = z cos - x sin, then the step. */
function toMatrix({ angle, x, z }: Travel): Matrix {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return Matrix.FromValues(c, 0, -s, 0, 0, 1, 0, 0, s, 0, c, 0, x, 0, z, 1);
}

function matrixOf(node: TransformNode): Matrix {
  return Matrix.Compose(node.scaling, node.rotationQuaternion ?? new Quaternion(), node.position ?? Vector3.Zero());
}
