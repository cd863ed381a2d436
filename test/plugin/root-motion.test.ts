// Root motion: the world places of vertices while a body travels, turns, loops and starts again. Without a graphics device.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { NullEngine } from "@babylonjs/core/Engines/nullEngine.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import { CreateBox } from "@babylonjs/core/Meshes/Builders/boxBuilder.js";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode.js";
import { Scene } from "@babylonjs/core/scene.js";
import { Motion } from "../../plugin/motion.ts";
import { createRootMotion, travelOf } from "../../plugin/root-motion.ts";
import type { MotionField } from "../../runtime/field.ts";
import { floatToHalf } from "../../runtime/half.ts";
import { sampleHandles } from "../../runtime/sample.ts";
import { makeField } from "./make-field.ts";

const engine = new NullEngine();
after(() => engine.dispose());

const TURN = 1.2;
const WAY = 2;

/** The wave's handles, their "hop" one rigid body that walks WAY along x and turns by TURN about y. */
function travelling(): MotionField {
  const field = makeField();
  const hop = field.clips.find(({ name }) => name === "hop")!;
  for (let row = 0; row < hop.rows; row++) {
    const phase = row / (hop.rows - 1);
    const [c, s] = [Math.cos(TURN * phase), Math.sin(TURN * phase)];
    for (let k = 0; k < field.handleCount; k++) {
      const [x, , z] = field.handles.subarray(k * 3, k * 3 + 3);
      const step = [c * x + s * z + WAY * phase - x, 0, c * z - s * x - z].map((value) => value / field.scale);
      const values = [0, Math.sin((TURN * phase) / 2), 0, Math.cos((TURN * phase) / 2), ...step, 1];
      hop.texels.set(values.map(floatToHalf), (row * field.handleCount + k) * 8);
    }
  }
  return field;
}

function stage(field: MotionField) {
  const scene = new Scene(engine);
  const parent = new TransformNode("parent", scene);
  parent.position.set(5, 1, -2);
  parent.rotation.y = 0.4;
  const root = CreateBox("root", {}, scene);
  root.parent = parent;
  // As the glTF loader turns its root.
  root.rotation.y = Math.PI;
  root.scaling.z = -1;
  const motion = new Motion(field, scene);
  const player = motion.attach(root, { autoUpdate: false, bindMeshes: false });
  /** Where the body shows a point of the asset, in the space of `parent`. */
  const shown = (at: Vector3) => {
    const m = player.matrices;
    const moved = [0, 4, 8].map((r) => m[r] * at.x + m[r + 1] * at.y + m[r + 2] * at.z + m[r + 3]);
    const world = Vector3.TransformCoordinates(Vector3.FromArray(moved), root.computeWorldMatrix(true));
    return Vector3.TransformCoordinates(world, parent.computeWorldMatrix(true).clone().invert());
  };
  return { scene, parent, root, motion, player, shown };
}

const near = (a: Vector3, b: Vector3, most = 0.01) => assert.ok(Vector3.Distance(a, b) < most, `${a} is not ${b}`);

test("the best fit finds the way and the turn of a rigid body", () => {
  const field = travelling();
  const hop = field.clips.find(({ name }) => name === "hop")!;
  const travel = travelOf(field, sampleHandles(field, hop, hop.duration / 2));
  assert.ok(Math.abs(travel.angle - TURN / 2) < 2e-3 && Math.abs(travel.x - WAY / 2) < 5e-3, JSON.stringify(travel));
});

test("the node travels as the body did, the body stays in its middle, and a second pass goes on from there", () => {
  const { player, motion, root, parent, shown, scene } = stage(travelling());
  const still = shown(new Vector3(0.3, 1, 0.2));
  const node = createRootMotion(player, motion);
  near(shown(new Vector3(0.3, 1, 0.2)), still);
  const clip = player.clip("hop").start();
  const alone = stage(travelling());
  alone.player.clip("hop").start();
  for (let i = 0; i < 20; i++) {
    player.update(clip.duration / 20);
    alone.player.update(clip.duration / 20);
    near(shown(new Vector3(0.3, 1, 0.2)), alone.shown(new Vector3(0.3, 1, 0.2)), 0.03);
  }
  const once = node.position.clone();
  assert.ok(Math.abs(once.length() - WAY) < 0.03, `${once}`);
  clip.restart();
  for (let i = 0; i < 20; i++) player.update(clip.duration / 20);
  // The second way is as long, along where the first left the body heading.
  const second = node.position.subtract(once);
  assert.ok(Math.abs(second.length() - WAY) < 0.05, `${second}`);
  const turned = Math.acos(Vector3.Dot(second, once) / second.length() / once.length());
  assert.ok(Math.abs(turned - TURN) < 0.05, `${turned}`);
  node.dispose(true);
  assert.equal(root.parent, parent);
  scene.dispose();
  alone.scene.dispose();
});

test("a clip in place that leans back and forth leaves the node where it was after a pass", () => {
  const { player, motion, scene } = stage(makeField());
  const node = createRootMotion(player, motion);
  player.clip("wave").start(true);
  const { duration } = player.clip("wave");
  let far = 0;
  for (let i = 0; i < 40; i++) {
    player.update(duration / 40);
    far = Math.max(far, node.position.length());
  }
  assert.ok(far > 0.05 && node.position.length() < 0.02, `${far}, then ${node.position}`);
  scene.dispose();
});

test("feet: the node goes against what touches the ground", () => {
  const field = travelling();
  const { player, motion, scene } = stage(field);
  const node = createRootMotion(player, motion, { from: "feet", ground: 1 });
  const clip = player.clip("hop").start();
  for (let i = 0; i < 10; i++) player.update(clip.duration / 20);
  const middle = [0, 2].map((axis) => {
    let sum = 0;
    for (let k = 0; k < field.handleCount; k++) sum += field.handles[k * 3 + axis];
    return sum / field.handleCount;
  });
  // All handles are feet here: the node undoes the way of their middle, told in the loader's mirrored space.
  const [c, s] = [Math.cos(TURN / 2), Math.sin(TURN / 2)];
  const way = [c * middle[0] + s * middle[1] + WAY / 2 - middle[0], c * middle[1] - s * middle[0] - middle[1]];
  assert.ok(Math.abs(node.position.length() - Math.hypot(...way)) < 0.02, `${node.position}, ${way}`);
  player.dispose();
  assert.ok(node.isDisposed());
  scene.dispose();
});
