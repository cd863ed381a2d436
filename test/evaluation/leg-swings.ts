// The ruler of gaits: how the legs of a walking body swing in a clip. Each leg is one stiff piece on its hip; of a pair every two angles
// are tried in every frame, and the two swings chosen, one sine a leg, that the pictures of all frames bear out best. The body goes
// where the fit of the whole clip took it (fit-motion.ts), whose small steps from rest mistake thin legs for each other.

import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import type { Camera, Splats } from "../../pipeline/render/renderer.ts";
import { pickPoints, thinSplats } from "./body-splats.ts";
import { findLegs, type Leg } from "./find-legs.ts";
import { gaitOf } from "./leg-gait.ts";
import { correlation, type Gait } from "./measures.ts";

export interface SwingRequest {
  splats: Splats;
  /** Surface area of the splats, normalised units squared. */
  area: number;
  /** Where the fit took those of the splats that it followed, thinSplats of the same number, [frames * n * 3]. */
  carried: Float32Array;
  /** [views, 3, frames, size, size], -1..1, a loop. */
  clip: Float32Array;
  cameras: readonly Camera[];
  frames: number;
  size: number;
}

/** Raised with the code, for caches. */
export const SWINGS_VERSION = 2;
/** Splats of the pictures that are tried. */
const SPLATS = 700;
/** Angles that are tried, radians, evenly spaced; positive swings a foot back. */
const ANGLES = [-0.72, -0.54, -0.36, -0.18, 0, 0.18, 0.36, 0.54, 0.72];
/** Swings that are tried, once and twice a clip: phases over one, amplitudes and middles in radians. */
const [PHASES, SWINGS, MIDDLES] = [16, [0.12, 0.24, 0.36, 0.48, 0.6], [-0.12, 0, 0.12]];
/** Two swings a clip must explain so much more than one: they also pass for what a stiff leg cannot do. */
const TWICE = 1.5;
/** Points nearest to a hip that carry it. */
const NEAR = 40;

/** Correlation of the left and right legs' swings: -1 alternate, 1 together. */
export async function legSwings(request: SwingRequest): Promise<Gait> {
  const { area, carried, clip, cameras, frames, size } = request;
  const { splats } = thinSplats(request.splats, area, carried.length / 3 / frames);
  const legs = findLegs(splats, area);
  const shifts = legs.map((leg) => hipShifts(leg, legs, splats.positions, carried, frames));
  const small = thinSplats(splats, area, SPLATS);
  const smallCarried = pickFrames(carried, small.kept, frames);
  const renderer = createCpuRenderer(small.splats, { width: size, height: size }, { threads: 0 });
  const linears = new Float32Array(frames * small.kept.length * 9);
  for (let i = 0; i < linears.length; i++) linears[i] = i % 9 === 0 || i % 9 === 4 || i % 9 === 8 ? 1 : 0;
  const swings: number[][] = legs.map(() => Array(frames).fill(0));
  const own = legs.map((leg) => ({ ...leg, weights: Float32Array.from(small.kept, (p) => leg.weights[p]) }));
  /** Squared error of every frame with the present swings. */
  const errors = async () => {
    const positions = swingLegs(small.splats.positions, smallCarried, own, shifts, swings, frames);
    const images = await renderer.render({ frames, positions, linears }, cameras);
    const out = new Float64Array(frames);
    // Blurred differences: between two angles that were tried, a thin leg must not look as wrong as no leg.
    const blocks = shrink(
      images.map((value, i) => value - clip[i]),
      size,
    );
    const block = (size / 2) ** 2;
    blocks.forEach((value, i) => {
      out[Math.floor(i / block) % frames] += value ** 2;
    });
    return out;
  };
  try {
    const pairs = (["front", "hind"] as const)
      .map((pair) => legs.flatMap((leg, l) => (leg.pair === pair ? [l] : [])))
      .filter((own) => own.length === 2);
    // The second look at the front legs knows where the hind ones are.
    for (const pair of pairs.length > 1 ? [...pairs, pairs[0]] : pairs) {
      const table: Float64Array[] = [];
      for (const a of ANGLES) {
        for (const b of ANGLES) {
          swings[pair[0]] = Array(frames).fill(a);
          swings[pair[1]] = Array(frames).fill(b);
          table.push(await errors());
        }
      }
      bestSwings(table, frames).forEach((swing, side) => {
        swings[pair[side]] = swing;
      });
    }
    return gaitOf((pair) => {
      const [left, right] = swings.filter((_, l) => legs[l].pair === pair);
      return left && right ? correlation(left, right) : null;
    });
  } finally {
    await renderer.dispose();
  }
}

/** The two sines, of one amplitude and middle, whose errors are least: [left, right][frames]. */
function bestSwings(table: readonly Float64Array[], frames: number): [number[], number[]] {
  const by = ANGLES.length;
  const place = (angle: number) => Math.min(by - 1.001, Math.max(0, (angle - ANGLES[0]) / (ANGLES[1] - ANGLES[0])));
  const error = (f: number, a: number, b: number) => {
    const [i, j] = [Math.floor(a), Math.floor(b)];
    const [u, v] = [a - i, b - j];
    const at = (k: number, l: number) => table[k * by + l][f];
    return (1 - u) * ((1 - v) * at(i, j) + v * at(i, j + 1)) + u * ((1 - v) * at(i + 1, j) + v * at(i + 1, j + 1));
  };
  const sine = (cycles: number, middle: number, size: number, phase: number) =>
    Array.from(
      { length: frames },
      (_, f) => middle + size * Math.cos(2 * Math.PI * ((cycles * f) / frames - phase / PHASES)),
    );
  type Swings = { error: number; swings: [number[], number[]] };
  const bestOf = (cycles: number): Swings => {
    let best: Swings = { error: Infinity, swings: [[], []] };
    for (const [middle, size] of MIDDLES.flatMap((m) => SWINGS.map((a) => [m, a]))) {
      const sines = Array.from({ length: PHASES }, (_, phase) => sine(cycles, middle, size, phase));
      const places = sines.map((values) => values.map(place));
      for (let i = 0; i < PHASES; i++) {
        for (let j = 0; j < PHASES; j++) {
          let sum = 0;
          for (let f = 0; f < frames; f++) sum += error(f, places[i][f], places[j][f]);
          if (sum < best.error) best = { error: sum, swings: [sines[i], sines[j]] };
        }
      }
    }
    return best;
  };
  const middle = Array.from({ length: frames }, (_, f) => error(f, place(0), place(0)));
  const still = middle.reduce((a, b) => a + b);
  const [once, twice] = [bestOf(1), bestOf(2)];
  return (still - twice.error > TWICE * (still - once.error) ? twice : once).swings;
}

/** How far the body beside a hip was carried, [frames * 3]. */
function hipShifts(leg: Leg, legs: readonly Leg[], rest: Float32Array, carried: Float32Array, frames: number) {
  const n = rest.length / 3;
  const away = (p: number) => [0, 1, 2].reduce((sum, c) => sum + (rest[3 * p + c] - leg.hip[c]) ** 2, 0);
  const near = Array.from({ length: n }, (_, p) => p)
    .filter((p) => legs.every(({ weights }) => weights[p] === 0))
    .sort((p, q) => away(p) - away(q))
    .slice(0, NEAR);
  return Float64Array.from({ length: frames * 3 }, (_, i) => {
    const [f, c] = [Math.floor(i / 3), i % 3];
    const total = near.reduce((sum, p) => sum + carried[(f * n + p) * 3 + c] - rest[3 * p + c], 0);
    return total / Math.max(1, near.length);
  });
}

/** Points with the legs turned about their hips. */
function swingLegs(
  rest: Float32Array,
  carried: Float32Array,
  legs: readonly Leg[],
  shifts: readonly Float64Array[],
  swings: readonly number[][],
  frames: number,
): Float32Array {
  const n = rest.length / 3;
  const out = carried.slice();
  legs.forEach(({ weights, hip }, l) => {
    for (let p = 0; p < n; p++) {
      const weight = weights[p];
      if (weight === 0) continue;
      const [y, z] = [rest[3 * p + 1] - hip[1], rest[3 * p + 2] - hip[2]];
      for (let f = 0; f < frames; f++) {
        const [cos, sin] = [Math.cos(swings[l][f]), Math.sin(swings[l][f])];
        const turned = [rest[3 * p], hip[1] + cos * y - sin * z, hip[2] + sin * y + cos * z];
        for (let c = 0; c < 3; c++) {
          const i = (f * n + p) * 3 + c;
          out[i] += weight * (turned[c] + shifts[l][f * 3 + c] - carried[i]);
        }
      }
    }
  });
  return out;
}

function pickFrames(points: Float32Array, kept: Uint32Array, frames: number): Float32Array {
  const row = points.length / frames;
  const out = new Float32Array(frames * kept.length * 3);
  for (let f = 0; f < frames; f++)
    out.set(pickPoints(points.subarray(f * row, (f + 1) * row), kept), f * kept.length * 3);
  return out;
}

/** Mean over blocks of 2 x 2 pixels. */
function shrink(pictures: Float32Array, size: number): Float32Array {
  const side = size / 2;
  const out = new Float32Array(pictures.length / 4);
  for (let i = 0; i < pictures.length; i++) {
    const y = Math.floor(i / size);
    const row = Math.floor(y / size) * side + Math.floor((y % size) / 2);
    out[row * side + Math.floor((i % size) / 2)] += pictures[i] / 4;
  }
  return out;
}
