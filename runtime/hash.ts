// Fingerprint of a primitive's rest positions, the same in the pipeline and in a player, so that a motion made for another
// model is noticed. Not cryptographic.

/** 64-bit FNV-1a over the little-endian bytes of the float32 values, 16 hex digits. */
export function hashPositions(positions: Float32Array): string {
  const bytes = new Uint8Array(positions.buffer, positions.byteOffset, positions.byteLength);
  // Two 32-bit halves; the 64-bit prime is 2^40 + 0x1b3, so one multiplication splits into 16-bit limbs.
  let l0 = 0x2325;
  let l1 = 0x8422;
  let l2 = 0x9ce4;
  let l3 = 0xcbf2;
  for (const byte of bytes) {
    l0 ^= byte;
    const p0 = l0 * 0x1b3;
    const p1 = l1 * 0x1b3;
    const p2 = l2 * 0x1b3 + l0 * 0x100;
    const p3 = l3 * 0x1b3 + l1 * 0x100;
    l0 = p0 & 0xffff;
    const c1 = p1 + (p0 >>> 16);
    l1 = c1 & 0xffff;
    const c2 = p2 + (c1 >>> 16);
    l2 = c2 & 0xffff;
    l3 = (p3 + (c2 >>> 16)) & 0xffff;
  }
  return [l3, l2, l1, l0].map((limb) => limb.toString(16).padStart(4, "0")).join("");
}
