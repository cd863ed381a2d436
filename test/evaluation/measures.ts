// The numbers of one clip, as pure functions of positions and pictures. What they are compared with is the caller's business.

import { BACKGROUND } from "../../pipeline/render/renderer.ts";

/** Positions of n points over the frames of one pass, beside their rest, normalised units. */
export interface Paths {
  frames: number;
  loop: boolean;
  /** [frames * n * 3] */
  positions: Float32Array;
  /** [n * 3] */
  rest: Float32Array;
}

/** Displacement about each point's mean place (loops) or from its rest (one-shots), layout of the positions. */
export function displacements({ frames, loop, positions, rest }: Paths): Float32Array {
  const row = rest.length;
  const about = new Float32Array(row);
  if (loop) for (let i = 0; i < positions.length; i++) about[i % row] += positions[i] / frames;
  else about.set(rest);
  return positions.map((value, i) => value - about[i % row]);
}

/** Mean over points of the root mean square displacement over time. */
export function motionSize(paths: Paths): number {
  const away = displacements(paths);
  const n = paths.rest.length / 3;
  let sum = 0;
  for (let p = 0; p < n; p++) {
    let square = 0;
    for (let f = 0; f < paths.frames; f++) {
      for (let c = 0; c < 3; c++) square += away[(f * n + p) * 3 + c] ** 2;
    }
    sum += Math.sqrt(square / paths.frames);
  }
  return sum / n;
}

/** Cosine of two displacement fields over all points and frames, -1..1; 0 where one stands still. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** The best cosine over cyclic shifts in time of two displacement fields [frames * n * 3]: how alike two loops are, whatever their phase. */
export function alignedCosine(a: Float32Array, b: Float32Array, frames: number): number {
  const row = a.length / frames;
  let best = -1;
  for (let shift = 0; shift < frames; shift++) {
    const turned = new Float32Array(a.length);
    turned.set(a.subarray(shift * row));
    turned.set(a.subarray(0, shift * row), (frames - shift) * row);
    best = Math.max(best, cosine(turned, b));
  }
  return best;
}

/**
 * A displacement field [frames * n * 3] seen in the body's plane of symmetry, x = 0: each point takes that of the point nearest to its own
 * mirror image, with x turned round. For motions that go to either side.
 */
export function mirrored(away: Float32Array, rest: Float32Array): Float32Array {
  const row = rest.length;
  const out = new Float32Array(away.length);
  for (let p = 0; p < row; p += 3) {
    let [nearest, least] = [0, Number.POSITIVE_INFINITY];
    for (let q = 0; q < row; q += 3) {
      const distance = (rest[q] + rest[p]) ** 2 + (rest[q + 1] - rest[p + 1]) ** 2 + (rest[q + 2] - rest[p + 2]) ** 2;
      if (distance < least) [nearest, least] = [q, distance];
    }
    for (let f = 0; f < away.length; f += row) {
      out[f + p] = -away[f + nearest];
      out[f + p + 1] = away[f + nearest + 1];
      out[f + p + 2] = away[f + nearest + 2];
    }
  }
  return out;
}

/**
 * Share of the motion's energy above the Nyquist rate of `knots` evenly spaced knots: what a spline of so many cannot follow. Harmonics of
 * the pass above knots / 2 cycles; a motion that does not loop is mirrored in time, so that its ends are no jump, and its cubic
 * spline has three segments fewer than knots.
 */
export function detailShare(paths: Paths, knots: number): number {
  const { frames, loop } = paths;
  const away = displacements(paths);
  const row = paths.rest.length;
  const turns = loop ? frames : 2 * frames - 2;
  const highest = loop ? knots / 2 : knots - 3;
  let [total, detail] = [0, 0];
  for (let h = 1; h <= turns / 2; h++) {
    const wave = Array.from({ length: turns }, (_, t) => (2 * Math.PI * h * t) / turns);
    const [cos, sin] = [wave.map(Math.cos), wave.map(Math.sin)];
    // The last harmonic of an even number of samples stands for itself alone.
    const weight = 2 * h === turns ? 0.5 : 1;
    for (let i = 0; i < row; i++) {
      let [c, s] = [0, 0];
      for (let t = 0; t < turns; t++) {
        const value = away[(t < frames ? t : turns - t) * row + i];
        c += value * cos[t];
        s += value * sin[t];
      }
      const energy = weight * (c * c + s * s);
      total += energy;
      if (h > highest) detail += energy;
    }
  }
  return total > 0 ? detail / total : 0;
}

/** Correlation of left and right legs' way forward over time: -1 alternate, 1 together. */
export interface Gait {
  front: number | null;
  /** Of four legs only. */
  hind: number | null;
  /** Mean of those there are. */
  both: number | null;
}

/** Pearson's; null where one of them does not change. */
export function correlation(a: readonly number[], b: readonly number[]): number | null {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    ab += (value - meanA) * (b[i] - meanB);
    aa += (value - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  });
  return aa > 1e-12 && bb > 1e-12 ? ab / Math.sqrt(aa * bb) : null;
}

/** Shape of a clip [views, 3, frames, size, size], -1..1. */
export interface ClipShape {
  views: number;
  frames: number;
  size: number;
}

/** A pixel shows the object where a channel is farther than this from the background. */
const VISIBLE = 0.12;
const EMPTY = 2 * BACKGROUND - 1;

/** Which pixels show the object, [views, frames, size, size]. */
export function foregroundOf(clip: Float32Array, { views, frames, size }: ClipShape): Uint8Array {
  const plane = frames * size * size;
  const mask = new Uint8Array(views * plane);
  for (let i = 0; i < clip.length; i++) {
    if (Math.abs(clip[i] - EMPTY) > VISIBLE) mask[Math.floor(i / (3 * plane)) * plane + (i % plane)] = 1;
  }
  return mask;
}

/** Peak signal to noise of two clips over the pixels where either shows the object, dB, one for each view. */
export function objectPsnr(a: Float32Array, b: Float32Array, shape: ClipShape): number[] {
  const [ours, theirs] = [foregroundOf(a, shape), foregroundOf(b, shape)];
  const plane = shape.frames * shape.size ** 2;
  return Array.from({ length: shape.views }, (_, view) => {
    let [square, count] = [0, 0];
    for (let i = view * 3 * plane; i < (view + 1) * 3 * plane; i++) {
      const pixel = view * plane + (i % plane);
      if (!ours[pixel] && !theirs[pixel]) continue;
      square += (a[i] - b[i]) ** 2;
      count++;
    }
    return 10 * Math.log10(4 / Math.max(1e-8, square / Math.max(1, count)));
  });
}

/** Mean |x(t-1) - 2 x(t) + x(t+1)| of the pixels that show the object in all three frames. */
export function flicker(clip: Float32Array, shape: ClipShape): number {
  const mask = foregroundOf(clip, shape);
  const image = shape.size ** 2;
  const plane = shape.frames * image;
  let [sum, count] = [0, 0];
  for (let i = 0; i < clip.length; i++) {
    const frame = Math.floor((i % plane) / image);
    if (frame === 0 || frame === shape.frames - 1) continue;
    const pixel = Math.floor(i / (3 * plane)) * plane + (i % plane);
    if (!mask[pixel - image] || !mask[pixel] || !mask[pixel + image]) continue;
    sum += Math.abs(clip[i - image] - 2 * clip[i] + clip[i + image]);
    count++;
  }
  return count > 0 ? sum / count : 0;
}

/** Pixels that a body may be off its fit before it counts as fallen apart. */
const SLACK = 2;

/**
 * Share of the object's pixels that the fitted body does not explain: pixels of the clip farther than `SLACK` from the fit's
 * silhouette (stray blobs), and of the silhouette (where its own picture shows) farther than that from the clip's object (holes).
 * @param coverage of the fit, 0..1, [views, frames, size, size].
 */
export function fallenApart(
  clip: Float32Array,
  render: Float32Array,
  coverage: Float32Array,
  shape: ClipShape,
): number {
  const object = foregroundOf(clip, shape);
  const shown = foregroundOf(render, shape);
  const body = Uint8Array.from(coverage, (value) => (value > 0.5 ? 1 : 0));
  const [nearBody, nearObject] = [grow(body, shape.size), grow(object, shape.size)];
  let [lost, total] = [0, 0];
  for (let i = 0; i < object.length; i++) {
    total += object[i];
    if ((object[i] && !nearBody[i]) || (body[i] && shown[i] && !nearObject[i])) lost++;
  }
  return lost / Math.max(1, total);
}

/** The mask and all pixels within `SLACK` of it, in a square. */
function grow(mask: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(mask.length);
  mask.forEach((value, i) => {
    if (!value) return;
    const image = i - (i % (size * size));
    const [x, y] = [i % size, Math.floor((i - image) / size)];
    for (let v = Math.max(0, y - SLACK); v <= Math.min(size - 1, y + SLACK); v++) {
      out.fill(1, image + v * size + Math.max(0, x - SLACK), image + v * size + Math.min(size - 1, x + SLACK) + 1);
    }
  });
  return out;
}
