// One clip as a glTF animation: a rotation, a translation and, where it changes, a scale channel per handle, one key a row.
// Between keys glTF turns by slerp where the runtime normalises a straight line: at the turns between two frames they are alike.

import type { Accessor, Buffer, Document, Node } from "@gltf-transform/core";
import type { FieldClip, MotionField } from "../../runtime/field.ts";
import { samplePose } from "../../runtime/sample.ts";

export function addClip(document: Document, field: MotionField, clip: FieldClip, joints: Node[], buffer: Buffer): void {
  const animation = document.createAnimation(clip.name);
  const times = Float32Array.from({ length: clip.rows }, (_, row) => row / clip.fps);
  const input = document.createAccessor().setType("SCALAR").setArray(times).setBuffer(buffer);
  const poses = Array.from({ length: clip.rows }, (_, row) => rowPose(field, clip, row));
  const add = (joint: Node, path: "rotation" | "translation" | "scale", type: "VEC3" | "VEC4", values: number[]) => {
    const output: Accessor = document
      .createAccessor()
      .setType(type)
      .setArray(Float32Array.from(values))
      .setBuffer(buffer);
    const sampler = document.createAnimationSampler().setInput(input).setOutput(output).setInterpolation("LINEAR");
    const channel = document.createAnimationChannel().setTargetNode(joint).setTargetPath(path).setSampler(sampler);
    animation.addSampler(sampler).addChannel(channel);
  };
  joints.forEach((joint, k) => {
    const own = poses.map((pose) => pose.subarray(k * 8, k * 8 + 8));
    add(
      joint,
      "rotation",
      "VEC4",
      own.flatMap((pose) => [...pose.subarray(0, 4)]),
    );
    add(
      joint,
      "translation",
      "VEC3",
      own.flatMap((pose) => [0, 1, 2].map((axis) => field.handles[k * 3 + axis] + field.scale * pose[4 + axis])),
    );
    if (own.some((pose) => pose[7] !== 1)) {
      add(
        joint,
        "scale",
        "VEC3",
        own.flatMap((pose) => [pose[7], pose[7], pose[7]]),
      );
    }
  });
}

/** A row as it is stored, the repeated one of a loop too; its quaternions are of unit length. */
function rowPose(field: MotionField, clip: FieldClip, row: number): Float32Array {
  return samplePose(field, { ...clip, loop: false, frames: clip.rows }, row / clip.fps);
}
