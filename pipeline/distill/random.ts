// Seeded random numbers: the same seed gives the same bytes on every machine (only +, *, xor and Math.log/cos on doubles).

/** Uniform numbers in [0, 1): sfc32, a small fast counting generator (PractRand suite). */
export type Random = () => number;

/** @param stream Numbers of one seed that have nothing to do with each other: a step's noise must not depend on earlier steps. */
export function createRandom(seed: number, stream = 0): Random {
  let a = 0x9e3779b9 | 0;
  let b = (0x243f6a88 ^ Math.imul(stream, 0x85ebca6b)) | 0;
  let c = seed | 0;
  let d = 1;
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}

/** Fills with standard normal numbers (Box and Muller 1958). */
export function fillNormal(out: Float32Array, random: Random): Float32Array {
  for (let i = 0; i < out.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    out[i] = radius * Math.cos(angle);
    if (i + 1 < out.length) out[i + 1] = radius * Math.sin(angle);
  }
  return out;
}

/** 0..count-1 in random order (Fisher and Yates). */
export function shuffled(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
