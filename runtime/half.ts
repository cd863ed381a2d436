// IEEE 754 binary16, the number format of a clip's texels, to and from JavaScript numbers. Bits in, bits out; no arrays.

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** Largest finite half: values beyond become infinite when rounded. */
export const HALF_MAX = 65504;

/** Nearest half (ties to even) of a number, as its 16 bits. Beyond ±65520 it is infinite; NaN stays NaN. */
export function floatToHalf(value: number): number {
  FLOAT[0] = value;
  const bits = BITS[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below 2^-14: a multiple of 2^-24, and 1024 of them carry into the smallest normal number by themselves.
    return sign | roundTiesToEven(Math.abs(FLOAT[0]) * 0x1000000);
  }
  // Re-bias the exponent (127 -> 15), then round the 13 bits that fall away to even.
  const odd = (magnitude >>> 13) & 1;
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
}

/** Value of 16 half bits. */
export function halfToFloat(half: number): number {
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return (half & 0x8000 ? -mantissa : mantissa) / 0x1000000;
  const widened = exponent === 31 ? 255 : exponent + 112;
  BITS[0] = ((half & 0x8000) << 16) | (widened << 23) | (mantissa << 13);
  return FLOAT[0];
}

function roundTiesToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
