// Repeatable randomness for the scenery: a hash of integers, and smooth value noise on it.

/** 0..1, the same for the same seed. */
export function hash(seed: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Smooth noise in the plane, -1..1, features of size 1. */
export function noise(x: number, z: number): number {
  const ix = Math.floor(x);
  const iz = Math.floor(z);
  const corner = (dx: number, dz: number) => hash((ix + dx) * 73856093 + (iz + dz) * 19349663) * 2 - 1;
  const smooth = (t: number) => t * t * (3 - 2 * t);
  const u = smooth(x - ix);
  const v = smooth(z - iz);
  const near = corner(0, 0) * (1 - u) + corner(1, 0) * u;
  const far = corner(0, 1) * (1 - u) + corner(1, 1) * u;
  return near * (1 - v) + far * v;
}
