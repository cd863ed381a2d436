// A sculpture is a list of shapes melted into one skin, each with its colour, and a list of paints laid over that skin. It
// answers two questions about a point: how far is the surface, and which colour is it there. Meshing is polygonise.ts.

import type { Shape } from "./shapes.ts";

export type Rgb = readonly [number, number, number];

export interface PartOptions {
  /** Width over which the part melts into those before it, metres. */
  blend?: number;
  /** Adds the part's mirror image at x = 0 (shape the +x side: the creature's left). */
  mirror?: boolean;
}

export interface PaintOptions {
  /** Width of the transition, metres. */
  soft?: number;
  mirror?: boolean;
}

interface Part {
  shape: Shape;
  colour: Rgb;
  blend: number;
  mirror: boolean;
}

/** sRGB hex ("#e0762f") to linear 0..1, as glTF wants vertex colours (IEC 61966-2-1). */
export function linear(hex: string): Rgb {
  return [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
}

export class Sculpture {
  readonly #parts: Part[] = [];
  readonly #paints: Part[] = [];

  /** Melts shapes into the skin. */
  add(shapes: Shape | Shape[], colour: string, { blend = 0.02, mirror = false }: PartOptions = {}): this {
    for (const shape of [shapes].flat()) this.#parts.push({ shape, colour: linear(colour), blend, mirror });
    return this;
  }

  /** Colours the skin inside the shapes, without changing it. */
  paint(shapes: Shape | Shape[], colour: string, { soft = 0.008, mirror = false }: PaintOptions = {}): this {
    for (const shape of [shapes].flat()) this.#paints.push({ shape, colour: linear(colour), blend: soft, mirror });
    return this;
  }

  /** Box around all parts: [min, max]. */
  get bounds(): [number[], number[]] {
    const min = [Infinity, Infinity, Infinity];
    const max = [-Infinity, -Infinity, -Infinity];
    for (const { shape, mirror } of this.#parts) {
      for (let axis = 0; axis < 3; axis++) {
        min[axis] = Math.min(min[axis], shape.centre[axis] - shape.radius);
        max[axis] = Math.max(max[axis], shape.centre[axis] + shape.radius);
      }
      if (mirror) {
        max[0] = Math.max(max[0], shape.radius + Math.abs(shape.centre[0]));
        min[0] = Math.min(min[0], -max[0]);
      }
    }
    return [min, max];
  }

  distance(x: number, y: number, z: number): number {
    return this.#walk(x, y, z, null);
  }

  /** Linear colour of the skin nearest to the point. */
  colour(x: number, y: number, z: number): [number, number, number] {
    const out: [number, number, number] = [0, 0, 0];
    this.#walk(x, y, z, out);
    for (const { shape, colour, blend, mirror } of this.#paints) {
      const t = 0.5 - shape.distance(mirror ? Math.abs(x) : x, y, z) / blend;
      const weight = smooth(Math.min(Math.max(t, 0), 1));
      for (let i = 0; i < 3; i++) out[i] += (colour[i] - out[i]) * weight;
    }
    return out;
  }

  /** Folds the parts with the quadratic smooth minimum (Inigo Quilez, "smooth minimum"); colours mix over half its width. */
  #walk(x: number, y: number, z: number, colour: [number, number, number] | null): number {
    let d = Infinity;
    for (const part of this.#parts) {
      const px = part.mirror ? Math.abs(x) : x;
      const { shape, blend } = part;
      const c = shape.centre;
      if (d < Infinity && Math.hypot(px - c[0], y - c[1], z - c[2]) - shape.radius > d + blend) continue;
      const e = shape.distance(px, y, z);
      if (colour) {
        const width = Math.max(blend * 0.5, 0.004);
        const weight = d === Infinity ? 1 : smooth(Math.min(Math.max(0.5 + (0.5 * (d - e)) / width, 0), 1));
        for (let i = 0; i < 3; i++) colour[i] += (part.colour[i] - colour[i]) * weight;
      }
      if (d === Infinity || blend === 0) d = Math.min(d, e);
      else {
        const h = Math.max(blend - Math.abs(d - e), 0) / blend;
        d = Math.min(d, e) - h * h * blend * 0.25;
      }
    }
    return d;
  }
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}
