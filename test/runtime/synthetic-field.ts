// Motion fields made for tests: a box of vertices around scattered handles, with clips of known or random transforms.

import type { Asset, Primitive } from "../../pipeline/asset/asset.ts";
import { normalisation, toNormalised } from "../../pipeline/asset/normalise.ts";
import { createRandom, type Random } from "../../pipeline/distill/random.ts";
import { assetField } from "../../pipeline/encode/asset-field.ts";
import { type ClipOptions, type EncodableTrack, motionClip } from "../../pipeline/encode/motion-clip.ts";
import type { Binding } from "../../pipeline/motion/handles.ts";
import type { FieldClip, MotionField } from "../../runtime/field.ts";
import { hashPositions } from "../../runtime/hash.ts";

export interface SyntheticOptions {
  handles: number;
  vertices: number;
  /** Length of the model's box along x, asset units; it is half as high and a quarter as deep. */
  size: number;
  /** Where the box's corner lies, in sizes. */
  offset: number;
  seed: number;
}

export const SYNTHETIC: SyntheticOptions = { handles: 20, vertices: 60, size: 1, offset: 0, seed: 1 };

export interface Synthetic {
  asset: Asset;
  /** Without clips. */
  field: MotionField;
  /** What `field.bindings` was rounded from, one per primitive. */
  bindings: Binding[];
  random: Random;
}

/** Two primitives of random points; each follows its four nearest handles. */
export function synthesise(options: Partial<SyntheticOptions> = {}): Synthetic {
  const { handles, vertices, size, offset, seed } = { ...SYNTHETIC, ...options };
  const random = createRandom(seed);
  const cloud = (n: number) =>
    Float32Array.from({ length: n * 3 }, (_, i) => (random() * [1, 0.5, 0.25][i % 3] + offset) * size);
  const primitives = [0, 1].map((index) => primitive(cloud(vertices), index));
  const all = primitives.flatMap(({ positions }) => [...positions]);
  const axis = (c: number) => all.filter((_, i) => i % 3 === c);
  const corner = (pick: (...values: number[]) => number) =>
    [0, 1, 2].map((c) => pick(...axis(c))) as [number, number, number];
  const bounds = { min: corner(Math.min), max: corner(Math.max) };
  const asset: Asset = { name: "box", file: "box.glb", hash: "ab".repeat(32), primitives, bounds, splats: null };
  const normal = normalisation(asset);
  const positions = toNormalised(cloud(handles), normal);
  const bindings = primitives.map((part) => nearestFour(toNormalised(part.positions, normal), positions));
  const placed = {
    count: handles,
    positions,
    radii: new Float32Array(handles).fill(0.2),
    edges: new Uint32Array([0, 1]),
  };
  return { asset, field: assetField(asset, placed, normal, bindings), bindings, random };
}

/** Random rotations of any size and translations within `reach` diagonals; smooth where `frames` is large. */
export function randomTrack(field: MotionField, frames: number, random: Random, reach = 1): EncodableTrack {
  const n = frames * field.handleCount;
  const rotations = new Float32Array(n * 4);
  for (let i = 0; i < n; i++) {
    const q = [0, 1, 2, 3].map(() => random() - 0.5);
    const length = Math.hypot(...q);
    for (let c = 0; c < 4; c++) rotations[i * 4 + c] = q[c] / length;
  }
  const translations = Float32Array.from({ length: n * 3 }, () => (random() * 2 - 1) * reach * field.scale);
  const scales = Float32Array.from({ length: n }, () => 0.8 + random() * 0.4);
  return { frames, handles: field.handleCount, rotations, translations, scales };
}

/** All handles turn as one body about an axis through a point: angle(frame) in radians. */
export function bodyTurn(
  field: MotionField,
  frames: number,
  axis: readonly [number, number, number],
  through: readonly [number, number, number],
  angle: (frame: number) => number,
): EncodableTrack {
  const handles = field.handleCount;
  const rotations = new Float32Array(frames * handles * 4);
  const translations = new Float32Array(frames * handles * 3);
  for (let i = 0; i < frames * handles; i++) {
    const a = angle(Math.floor(i / handles));
    const at = (i % handles) * 3;
    const rest = [0, 1, 2].map((c) => field.handles[at + c]);
    const turned = rotateAbout(rest, axis, through, a);
    for (let c = 0; c < 3; c++) {
      rotations[i * 4 + c] = axis[c] * Math.sin(a / 2);
      translations[i * 3 + c] = turned[c] - rest[c];
    }
    rotations[i * 4 + 3] = Math.cos(a / 2);
  }
  return { frames, handles, rotations, translations };
}

/** Rodrigues' formula about a line; `axis` is a unit vector. */
export function rotateAbout(
  point: readonly number[],
  axis: readonly number[],
  through: readonly number[],
  angle: number,
): number[] {
  const p = point.map((value, c) => value - through[c]);
  const dot = axis[0] * p[0] + axis[1] * p[1] + axis[2] * p[2];
  const cross = [0, 1, 2].map((c) => axis[(c + 1) % 3] * p[(c + 2) % 3] - axis[(c + 2) % 3] * p[(c + 1) % 3]);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return p.map((value, c) => value * cos + cross[c] * sin + axis[c] * dot * (1 - cos) + through[c]);
}

export const CLIP: ClipOptions = {
  name: "walk",
  prompt: "a box walking",
  fps: 30,
  loop: true,
  seed: 7,
  preset: "draft",
  teacher: "test",
};

export function clipOf(made: Synthetic, track: EncodableTrack, options: Partial<ClipOptions> = {}): FieldClip {
  return motionClip(track, made.field, made.asset.primitives, { ...CLIP, ...options });
}

function primitive(positions: Float32Array, index: number): Primitive {
  const vertexCount = positions.length / 3;
  return {
    node: index + 1,
    nodeName: `part ${index}`,
    mesh: 0,
    primitive: index,
    vertexCount,
    positions,
    normals: positions.map((_, i) => (i % 3 === 1 ? 1 : 0)),
    indices: Uint32Array.from({ length: (vertexCount - 2) * 3 }, (_, i) => Math.floor(i / 3) + (i % 3)),
    uvs: null,
    colors: null,
    material: {
      baseColorFactor: [1, 1, 1, 1],
      texture: null,
      wrap: ["repeat", "repeat"],
      alphaMode: "OPAQUE",
      alphaCutoff: 0.5,
      doubleSided: false,
    },
    positionsHash: hashPositions(positions),
    meshToAsset: new Float32Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
    skinned: false,
  };
}

function nearestFour(points: Float32Array, handles: Float32Array): Binding {
  const count = points.length / 3;
  const indices = new Uint16Array(count * 4);
  const weights = new Float32Array(count * 4);
  for (let p = 0; p < count; p++) {
    const distances = Array.from({ length: handles.length / 3 }, (_, k) => {
      const [x, y, z] = [0, 1, 2].map((c) => points[p * 3 + c] - handles[k * 3 + c]);
      return [Math.hypot(x, y, z), k];
    }).sort((a, b) => a[0] - b[0]);
    const nearest = Array.from({ length: 4 }, (_, i) => distances[i] ?? [Number.POSITIVE_INFINITY, 0]);
    const raw = nearest.map(([distance]) => Math.exp(-((distance / 0.2) ** 2) / 2));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    nearest.forEach(([, k], i) => {
      indices[p * 4 + i] = k;
      weights[p * 4 + i] = raw[i] / total;
    });
  }
  return { count, indices, weights };
}
