// Niantic's .spz, versions 2 and 3: a gzip stream of columns: centres in 24-bit fixed point, opacities, colours, log scales, rotations.
// Version 4 is compressed otherwise and refused.

import { gunzipSync } from "node:zlib";
import { emptyCloud, SH_C0, type SplatCloud, SplatFormatError } from "./splat-cloud.ts";

const MAGIC = 0x5053474e;
const HEADER = 16;
/** Colours are stored as 0.15 c + 1/2 of the harmonics' coefficient c. */
const COLOR_SCALE = 0.15;
/** More than this does not unpack: a gzip bomb, or a city. */
const MOST_BYTES = 2 ** 30;

/** @throws SplatFormatError where the file is damaged or of another version. */
export function readSpz(packed: Uint8Array): SplatCloud {
  const bytes = unpack(packed);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER || view.getUint32(0, true) !== MAGIC) throw new SplatFormatError("is no SPZ file");
  const [version, count, fraction] = [view.getUint32(4, true), view.getUint32(8, true), bytes[13]];
  if (version !== 2 && version !== 3) throw new SplatFormatError(`is SPZ version ${version}; 2 and 3 can be read`);
  const rotation = version === 2 ? 3 : 4;
  const needed = HEADER + count * (9 + 1 + 3 + 3 + rotation);
  if (count < 1 || needed > bytes.length) {
    throw new SplatFormatError(`is cut off: ${count} splats need ${needed} bytes, ${bytes.length} are there`);
  }
  const cloud = emptyCloud(count);
  const [alphas, colors, scales, turns] = [9, 10, 13, 16].map((size) => HEADER + count * size);
  const unit = 1 / 2 ** fraction;
  for (let s = 0; s < count; s++) {
    for (let c = 0; c < 3; c++) {
      const at = HEADER + s * 9 + c * 3;
      cloud.positions[s * 3 + c] = (((bytes[at + 2] << 24) | (bytes[at + 1] << 16) | (bytes[at] << 8)) >> 8) * unit;
      const harmonic = (bytes[colors + s * 3 + c] - 127.5) / (COLOR_SCALE * 255);
      cloud.colors[s * 3 + c] = Math.min(1, Math.max(0, 0.5 + SH_C0 * harmonic));
      cloud.scales[s * 3 + c] = Math.exp(bytes[scales + s * 3 + c] / 16 - 10);
    }
    cloud.opacities[s] = bytes[alphas + s] / 255;
    const at = turns + s * rotation;
    cloud.rotations.set(version === 2 ? threeBytes(bytes, at) : smallestThree(view.getUint32(at, true)), s * 4);
  }
  return cloud;
}

function unpack(packed: Uint8Array): Uint8Array {
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) throw new SplatFormatError("is no gzip stream, as SPZ 2 and 3 are");
  try {
    return gunzipSync(packed, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw new SplatFormatError(`cannot be unpacked (${(cause as Error).message})`, { cause });
  }
}

/** x, y and z of a unit quaternion whose w is not negative; wxyz. */
function threeBytes(bytes: Uint8Array, at: number): number[] {
  const [x, y, z] = [0, 1, 2].map((c) => bytes[at + c] / 127.5 - 1);
  return [Math.sqrt(Math.max(0, 1 - x * x - y * y - z * z)), x, y, z];
}

/** Two bits name the largest of x, y, z, w; a sign and nine bits each of the others, the last one lowest; wxyz. */
function smallestThree(word: number): number[] {
  const largest = word >>> 30;
  const xyzw = [0, 0, 0, 0];
  let [rest, squares] = [word, 0];
  for (let c = 3; c >= 0; c--) {
    if (c === largest) continue;
    xyzw[c] = ((rest & 511) / 511) * Math.SQRT1_2 * (rest & 512 ? -1 : 1);
    squares += xyzw[c] ** 2;
    rest >>>= 10;
  }
  xyzw[largest] = Math.sqrt(Math.max(0, 1 - squares));
  return [xyzw[3], xyzw[0], xyzw[1], xyzw[2]];
}
