// The shape of the island: three terraces around the viewer's side, so that rows of assets see over each other, and a shore.
// Pure geometry; the meshes are in island.ts.

import { noise } from "./noise.ts";

export interface Place {
  x: number;
  z: number;
  /** Height of the ground there. */
  y: number;
  /** Turn about y, radians: facing the point in front of the island. */
  heading: number;
}

/** The point that everything faces: the camera looks in from beyond it. */
const FOCUS_Z = 8;
const ROWS = [
  { radius: 8.2, count: 4, y: 0 },
  { radius: 11.6, count: 5, y: 0.8 },
  { radius: 15, count: 6, y: 1.7 },
];
const SPACING = 3.3;

/** Distance from the island's middle to the water in a direction. */
export function shoreRadius(angle: number): number {
  return 14.6 + 1.1 * Math.sin(angle * 3 + 0.7) + 0.7 * Math.sin(angle * 5 + 2) + 0.3 * Math.sin(angle * 11);
}

/** Height of the ground, metres; the water lies at -0.9. */
export function groundHeight(x: number, z: number): number {
  const rho = Math.hypot(x, z - FOCUS_Z);
  const wobble = 0.22 * noise(x * 0.7, z * 0.7);
  let y = 0.06 * noise(x * 0.5, z * 0.5);
  y += 0.8 * step(9.7 + wobble, 10.05 + wobble, rho) + 0.9 * step(13.15 + wobble, 13.5 + wobble, rho);
  const r = Math.hypot(x, z);
  const shore = shoreRadius(Math.atan2(z, x));
  const beach = step(shore, shore - 1.6, r);
  return y * beach - 2.6 * step(shore - 1.2, shore + 2.2, r);
}

/** The i-th place for an asset: front row first, from its middle outwards; beyond the last row, a ring further out. */
export function assetPlace(index: number): Place {
  let first = 0;
  for (const row of [...ROWS, { radius: 18, count: 1000, y: 1.7 }]) {
    if (index < first + row.count) return placeInRow(row, index - first);
    first += row.count;
  }
  throw new RangeError(`There is no place ${index}.`);
}

function placeInRow(row: { radius: number; count: number; y: number }, slot: number): Place {
  const shared = Math.min(row.count, 6);
  const offset = shared % 2 === 0 ? 0.5 : 0;
  const side = slot % 2 === 0 ? 1 : -1;
  const steps = offset === 0.5 ? Math.floor(slot / 2) + 0.5 : Math.ceil(slot / 2);
  const angle = (side * steps * SPACING) / row.radius;
  return { x: Math.sin(angle) * row.radius, z: FOCUS_Z - Math.cos(angle) * row.radius, y: row.y, heading: -angle };
}

function step(from: number, to: number, value: number): number {
  const t = Math.min(Math.max((value - from) / (to - from), 0), 1);
  return t * t * (3 - 2 * t);
}
