// A motion for the test model, as a decoded field: handles along body and arms, a looping "wave" of rotations and shifts, and a
// "hop" that does not loop and changes size. Runs in Node and in the page.

import { deformPositions } from "../../runtime/deform.ts";
import type { FieldBinding, FieldBounds, FieldClip, MotionField } from "../../runtime/field.ts";
import { floatToHalf } from "../../runtime/half.ts";
import { hashPositions } from "../../runtime/hash.ts";
import { poseMatrices, samplePose } from "../../runtime/sample.ts";
import { MESHES, NODES, transformPoints, worldMatrix } from "./model-data.ts";

export interface FieldOptions {
  /** Handles along each axis of the model's box. */
  handles: [number, number, number];
  /** Frames of "wave". */
  frames: number;
  /** Size of the motion; 1 turns handles by about half a radian. */
  strength: number;
  clips: string[];
}

export const FIELD_DEFAULTS: FieldOptions = { handles: [4, 4, 1], frames: 16, strength: 1, clips: ["wave", "hop"] };

type Transform = { angle: number; axis: [number, number, number]; shift: [number, number, number]; size: number };

/** The motion itself: what the handle at rest position c does at phase 0..1. */
const MOTIONS: Record<string, (c: Float32Array, phase: number, strength: number) => Transform> = {
  wave: (c, phase, strength) => {
    const swing = Math.sin(2 * Math.PI * phase + c[1]);
    return {
      angle: 0.6 * strength * swing,
      axis: [0.3, 0.2, 0.93],
      shift: [-0.35 * strength * swing * c[1] * 0.4, 0.1 * strength * Math.cos(2 * Math.PI * phase), 0],
      size: 1,
    };
  },
  spin: (_, phase, strength) => ({ angle: strength * phase, axis: [0, 1, 0], shift: [0, 0, 0], size: 1 }),
  hop: (c, phase, strength) => ({
    angle: 0.8 * strength * phase * Math.sign(c[0]),
    axis: [1, 0, 0],
    shift: [0, 0.2 * strength * Math.sin(Math.PI * phase), 0.05 * phase],
    size: 1 + 0.2 * strength * Math.sin(Math.PI * phase),
  }),
};

export interface Placed {
  binding: FieldBinding;
  rest: Float32Array;
}

export function boundsOf(all: Float32Array[]): FieldBounds {
  const bounds: FieldBounds = { min: [Infinity, Infinity, Infinity], max: [-Infinity, -Infinity, -Infinity] };
  for (const points of all) {
    points.forEach((value, i) => {
      bounds.min[i % 3] = Math.min(bounds.min[i % 3], value);
      bounds.max[i % 3] = Math.max(bounds.max[i % 3], value);
    });
  }
  return bounds;
}

/** The four nearest handles with Gaussian weights that sum to 65535. */
export function bind(
  rest: Float32Array,
  handles: Float32Array,
  radius: number,
): Pick<FieldBinding, "indices" | "weights"> {
  const vertexCount = rest.length / 3;
  const indices = new Uint8Array(vertexCount * 4);
  const weights = new Uint16Array(vertexCount * 4);
  for (let v = 0; v < vertexCount; v++) {
    const near = Array.from({ length: handles.length / 3 }, (_, k) => ({
      k,
      squared: [0, 1, 2].reduce((sum, axis) => sum + (handles[k * 3 + axis] - rest[v * 3 + axis]) ** 2, 0),
    }))
      .sort((a, b) => a.squared - b.squared)
      .slice(0, 4);
    const gauss = near.map(({ squared }) => Math.exp(-(squared - near[0].squared) / (2 * radius * radius)));
    const sum = gauss.reduce((a, b) => a + b, 0);
    near.forEach(({ k }, i) => {
      indices[v * 4 + i] = k;
      weights[v * 4 + i] = Math.round((gauss[i] / sum) * 65535);
    });
    const total = weights.subarray(v * 4, v * 4 + 4).reduce((a, b) => a + b, 0);
    weights[v * 4] += 65535 - total;
  }
  return { indices, weights };
}

export function makeClip(name: string, field: MotionField, placed: Placed[], options: FieldOptions): FieldClip {
  const loop = name === "wave";
  const frames = loop ? options.frames : 9;
  const fps = loop ? 16 : 12;
  const rows = loop ? frames + 1 : frames;
  const texels = new Uint16Array(rows * field.handleCount * 8);
  for (let row = 0; row < rows; row++) {
    const phase = loop ? (row % frames) / frames : row / (frames - 1);
    for (let k = 0; k < field.handleCount; k++) {
      const { angle, axis, shift, size } = MOTIONS[name](
        field.handles.subarray(k * 3, k * 3 + 3),
        phase,
        options.strength,
      );
      const length = Math.hypot(...axis);
      const turn = axis.map((value) => (value / length) * Math.sin(angle / 2));
      const values = [...turn, Math.cos(angle / 2), ...shift.map((value) => value / field.scale), size];
      texels.set(values.map(floatToHalf), (row * field.handleCount + k) * 8);
    }
  }
  const clip: FieldClip = {
    name,
    prompt: `a thing doing a ${name}`,
    fps,
    frames,
    loop,
    duration: (loop ? frames : frames - 1) / fps,
    texels,
    rows,
    bounds: field.bounds,
    seed: 1,
    preset: "draft",
    teacher: "none",
    metrics: {},
  };
  const shapes = Array.from({ length: rows * 2 - 1 }, (_, i) =>
    poseMatrices(field, samplePose(field, clip, i / 2 / fps)),
  ).flatMap((matrices) => placed.map(({ binding, rest }) => deformPositions(binding, matrices, rest)));
  clip.bounds = boundsOf(shapes);
  return clip;
}

export function makeField(changes: Partial<FieldOptions> = {}): MotionField {
  const options = { ...FIELD_DEFAULTS, ...changes };
  const shapes = NODES.flatMap(({ mesh }, node) =>
    (MESHES[mesh] ?? []).map(({ positions }, primitive) => ({ node, mesh, primitive, positions })),
  );
  const rests = shapes.map(({ node, positions }) => transformPoints(worldMatrix(node), positions));
  const bounds = boundsOf(rests);
  const size = [0, 1, 2].map((axis) => bounds.max[axis] - bounds.min[axis]);
  const [nx, ny, nz] = options.handles;
  const handles = Float32Array.from(
    Array.from({ length: nx * ny * nz }, (_, k) => [
      k % nx,
      Math.floor(k / nx) % ny,
      Math.floor(k / (nx * ny)),
    ]).flatMap((cell) =>
      cell.map((index, axis) => bounds.min[axis] + ((index + 0.5) / options.handles[axis]) * size[axis]),
    ),
  );
  const placed: Placed[] = shapes.map(({ node, mesh, primitive, positions }, i) => ({
    rest: rests[i],
    binding: {
      node,
      nodeName: NODES[node].name,
      mesh,
      primitive,
      vertexCount: positions.length / 3,
      positionsHash: hashPositions(positions),
      meshToAsset: Float32Array.from(worldMatrix(node)),
      ...bind(rests[i], handles, 0.5),
    },
  }));
  const field: MotionField = {
    version: 1,
    asset: { name: "waver", hash: "0".repeat(64) },
    generator: "plugin tests",
    scale: Math.hypot(...size),
    handleCount: handles.length / 3,
    handles,
    bounds,
    bindings: placed.map(({ binding }) => binding),
    clips: [],
  };
  field.clips = options.clips.map((name) => makeClip(name, field, placed, options));
  return field;
}
