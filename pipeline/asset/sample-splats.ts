// The asset's surface as splats: points spread evenly over its area, coloured, shaded and sized so that together they close
// it. Deterministic for a seed; what is transparent gets no splats.

import { AnimusError } from "../errors.ts";
import type { Splats } from "../render/renderer.ts";
import { LIGHT, shade } from "../render/shading.ts";
import type { Asset, Image } from "./asset.ts";
import { triangleCross } from "./bake.ts";
import { normalisation, toNormalised } from "./normalise.ts";
import { openShare } from "./open-share.ts";
import { uniform } from "./random.ts";
import { surfaceColor } from "./surface-color.ts";
import { thinPoints } from "./thin-points.ts";

export interface SampleSplatsOptions {
  count?: number;
  seed?: number;
}

export const SAMPLE_SPLATS_DEFAULTS = { count: 4096, seed: 0 } as const;

/** Splats and where on the asset each one sits. */
export interface SurfaceSamples {
  splats: Splats;
  /** sRGB 0..1 before shading, [count * 3]. */
  albedo: Float32Array;
  /** Index into `Asset.primitives`, [count]. */
  primitives: Uint32Array;
  /** Triangle of that primitive, [count]. */
  triangles: Uint32Array;
  /** Weights of the triangle's corners, [count * 3]. */
  barycentrics: Float32Array;
}

/** Candidates per splat that is kept. */
const OVERSAMPLING = 3;
/** Standard deviation over mean spacing: what lies behind shines through by less than 5 %. */
export const SIGMA_PER_SPACING = 0.7;
const ROUNDS = 6;
/** Double-sided surfaces with more open edges than this are sheets, lit from whichever side the light is on. */
const SHEET = 0.05;

/** @throws AnimusError "input" where the triangles have no area. */
export function sampleSplats(asset: Asset, options: SampleSplatsOptions = {}): SurfaceSamples {
  const { count, seed } = { ...SAMPLE_SPLATS_DEFAULTS, ...options };
  const surface = measure(asset);
  let candidates = new Candidates(asset, surface, count);
  const random = uniform(seed);
  for (let round = 0; round < ROUNDS && candidates.size < count * OVERSAMPLING; round++) {
    candidates.draw(count * OVERSAMPLING, random, true);
  }
  if (candidates.size < count) {
    // All but clear: better the shape without its transparency than hardly any.
    candidates = new Candidates(asset, surface, count);
    candidates.draw(count * OVERSAMPLING, random, false);
  }
  const visibleArea = surface.area * (candidates.size / candidates.drawn);
  const positions = Float32Array.from(candidates.positions);
  const kept = thinPoints(positions, Float32Array.from(candidates.normals), { count, area: visibleArea });
  const pick = (values: readonly number[], size: number): Float32Array =>
    Float32Array.from({ length: kept.length * size }, (_, i) => values[kept[Math.floor(i / size)] * size + (i % size)]);
  const space = normalisation(asset);
  const albedo = pick(candidates.colors, 3);
  const normals = pick(candidates.normals, 3);
  const sigma = SIGMA_PER_SPACING * Math.sqrt(visibleArea / kept.length) * space.scale;
  return {
    splats: {
      count: kept.length,
      positions: toNormalised(pick(candidates.positions, 3), space),
      normals,
      colors: shade(albedo, normals),
      sigmas: new Float32Array(kept.length).fill(sigma),
    },
    albedo,
    primitives: Uint32Array.from(kept, (i) => candidates.primitives[i]),
    triangles: Uint32Array.from(kept, (i) => candidates.triangles[i]),
    barycentrics: pick(candidates.barycentrics, 3),
  };
}

/** Running sums of triangle areas over all primitives, asset units. */
interface Surface {
  /** Sum of the areas of all triangles up to and including this one. */
  sums: Float64Array;
  /** First entry of each primitive in `sums`. */
  starts: number[];
  area: number;
}

function measure(asset: Asset): Surface {
  const starts: number[] = [];
  let triangles = 0;
  for (const primitive of asset.primitives) {
    starts.push(triangles);
    triangles += primitive.indices.length / 3;
  }
  const sums = new Float64Array(triangles);
  let area = 0;
  asset.primitives.forEach(({ positions, indices }, p) => {
    for (let t = 0; t < indices.length; t += 3) {
      area += Math.hypot(...triangleCross(positions, indices, t)) / 2;
      sums[starts[p] + t / 3] = area;
    }
  });
  if (area > 0) return { sums, starts, area };
  throw new AnimusError("input", `The triangles of ${asset.name} have no area.`, {
    file: asset.file,
    hint: "Export a model with a surface; all its vertices lie on a line.",
  });
}

class Candidates {
  drawn = 0;
  readonly positions: number[] = [];
  readonly normals: number[] = [];
  readonly colors: number[] = [];
  readonly primitives: number[] = [];
  readonly triangles: number[] = [];
  readonly barycentrics: number[] = [];
  readonly #asset: Asset;
  readonly #surface: Surface;
  readonly #colorOf: ReturnType<typeof surfaceColor>[];
  readonly #sheets: boolean[];

  constructor(asset: Asset, surface: Surface, count: number) {
    const pyramids = new Map<Image, Image[]>();
    this.#asset = asset;
    this.#surface = surface;
    this.#colorOf = asset.primitives.map((p) => surfaceColor(p, Math.sqrt(surface.area / count), pyramids));
    this.#sheets = asset.primitives.map((p) => p.material.doubleSided && openShare(p) > SHEET);
  }

  get size(): number {
    return this.primitives.length;
  }

  /** `n` points stratified by area; with `visible`, those on clear texels are dropped. */
  draw(n: number, random: () => number, visible: boolean): void {
    const { sums, starts, area } = this.#surface;
    let entry = 0;
    let p = 0;
    this.drawn += n;
    for (let i = 0; i < n; i++) {
      const target = ((i + random()) / n) * area;
      while (entry < sums.length - 1 && sums[entry] < target) entry++;
      while (p < starts.length - 1 && entry >= starts[p + 1]) p++;
      // Uniform in the triangle: the unit square folded along its diagonal.
      let b1 = random();
      let b2 = random();
      if (b1 + b2 > 1) [b1, b2] = [1 - b1, 1 - b2];
      this.#add(p, entry - starts[p], b1, b2, visible);
    }
  }

  #add(p: number, triangle: number, b1: number, b2: number, visible: boolean): void {
    const primitive = this.#asset.primitives[p];
    const { material, indices, positions, normals } = primitive;
    const b0 = 1 - b1 - b2;
    this.#colorOf[p](triangle, b0, b1, b2, RGBA);
    const needed = material.alphaMode === "MASK" ? material.alphaCutoff : material.alphaMode === "BLEND" ? 0.5 : 0;
    if (visible && RGBA[3] < needed) return;
    const [i, j, k] = indices.subarray(triangle * 3, triangle * 3 + 3);
    const at = (v: Float32Array, c: number): number => b0 * v[3 * i + c] + b1 * v[3 * j + c] + b2 * v[3 * k + c];
    const face = triangleCross(positions, indices, triangle * 3);
    let normal = [at(normals, 0), at(normals, 1), at(normals, 2)];
    // Where one side alone is drawn, the winding says which: a stored normal that points the other way is wrong.
    const facing = normal[0] * face[0] + normal[1] * face[1] + normal[2] * face[2];
    if ((!material.doubleSided && !(facing > 0)) || Math.hypot(...normal) < 1e-6) normal = face;
    const towardsLight = normal[0] * LIGHT[0] + normal[1] * LIGHT[1] + normal[2] * LIGHT[2];
    const length = (Math.hypot(...normal) || 1) * (this.#sheets[p] && towardsLight < 0 ? -1 : 1);
    for (let c = 0; c < 3; c++) {
      this.positions.push(at(positions, c));
      this.normals.push(normal[c] / length);
      this.colors.push(RGBA[c]);
    }
    this.primitives.push(p);
    this.triangles.push(triangle);
    this.barycentrics.push(b0, b1, b2);
  }
}

const RGBA = new Float64Array(4);
