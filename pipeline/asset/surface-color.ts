// The colour of any point on a primitive: texture times factor times vertex colour, averaged over about the area that a splat
// covers. No lighting.

import type { Image, Primitive, Wrap } from "./asset.ts";

/** Texture at halving sizes, the full image first. */
type Pyramid = Image[];

/** Colour at barycentric (b0, b1, b2) of a triangle: sRGB 0..1 and alpha, into out[0..3]. */
export type SurfaceColor = (triangle: number, b0: number, b1: number, b2: number, out: Float64Array) => void;

/**
 * @param footprint Edge of the surface patch to average over, asset units.
 * @param pyramids Remembers what was built for an image; share one map over an asset.
 */
export function surfaceColor(primitive: Primitive, footprint: number, pyramids: Map<Image, Pyramid>): SurfaceColor {
  const { indices, uvs, colors, material } = primitive;
  const factor = material.baseColorFactor;
  const texture = uvs ? material.texture : null;
  const pyramid = texture ? pyramidOf(texture, pyramids) : null;
  const texel = new Float64Array(4);
  return (triangle, b0, b1, b2, out) => {
    const [i, j, k] = indices.subarray(triangle * 3, triangle * 3 + 3);
    for (let c = 0; c < 4; c++) {
      const vertex = colors ? b0 * colors[4 * i + c] + b1 * colors[4 * j + c] + b2 * colors[4 * k + c] : 1;
      out[c] = factor[c] * vertex;
    }
    if (pyramid && uvs) {
      const u = b0 * uvs[2 * i] + b1 * uvs[2 * j] + b2 * uvs[2 * k];
      const v = b0 * uvs[2 * i + 1] + b1 * uvs[2 * j + 1] + b2 * uvs[2 * k + 1];
      const side = footprint * Math.sqrt(texelsPerArea(primitive, triangle, pyramid[0]));
      const level = Math.min(pyramid.length - 1, Math.max(0, Math.round(Math.log2(Math.max(side, 1)))));
      lookUp(pyramid[level], u, v, material.wrap, texel);
      for (let c = 0; c < 3; c++) out[c] *= toLinear(texel[c]);
      out[3] *= texel[3];
    }
    for (let c = 0; c < 3; c++) out[c] = toSrgb(out[c]);
    out[3] = Math.min(1, Math.max(0, out[3]));
  };
}

/** IEC 61966-2-1, both 0..1. */
export function toLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** IEC 61966-2-1, clamped to 0..1. */
export function toSrgb(value: number): number {
  if (!(value > 0)) return 0;
  return value <= 0.0031308 ? value * 12.92 : Math.min(1, 1.055 * value ** (1 / 2.4) - 0.055);
}

function texelsPerArea(primitive: Primitive, triangle: number, image: Image): number {
  const { positions: p, uvs } = primitive;
  const [i, j, k] = primitive.indices.subarray(triangle * 3, triangle * 3 + 3);
  const a = uvs!;
  const du1 = a[2 * j] - a[2 * i];
  const dv1 = a[2 * j + 1] - a[2 * i + 1];
  const du2 = a[2 * k] - a[2 * i];
  const dv2 = a[2 * k + 1] - a[2 * i + 1];
  const e = [0, 1, 2].map((c) => p[3 * j + c] - p[3 * i + c]);
  const f = [0, 1, 2].map((c) => p[3 * k + c] - p[3 * i + c]);
  const area = Math.hypot(e[1] * f[2] - e[2] * f[1], e[2] * f[0] - e[0] * f[2], e[0] * f[1] - e[1] * f[0]);
  return area > 0 ? (Math.abs(du1 * dv2 - du2 * dv1) * image.width * image.height) / area : 0;
}

function pyramidOf(image: Image, known: Map<Image, Pyramid>): Pyramid {
  let pyramid = known.get(image);
  if (pyramid) return pyramid;
  pyramid = [image];
  for (let last = image; last.width > 1 && last.height > 1; ) pyramid.push((last = halve(last)));
  known.set(image, pyramid);
  return pyramid;
}

/** 2x2 box filter; colours count by their alpha, so that the hidden colour of clear texels does not bleed in. */
function halve(image: Image): Image {
  const width = image.width >> 1;
  const height = image.height >> 1;
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const first = (2 * y * image.width + 2 * x) * 4;
      const corners = [first, first + 4, first + image.width * 4, first + image.width * 4 + 4];
      let alpha = 0;
      for (const at of corners) alpha += image.data[at + 3];
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (const at of corners) sum += image.data[at + c] * (alpha > 0 ? image.data[at + 3] / alpha : 0.25);
        data[(y * width + x) * 4 + c] = Math.round(sum);
      }
      data[(y * width + x) * 4 + 3] = Math.round(alpha / 4);
    }
  }
  return { width, height, data };
}

/** Bilinear, RGBA 0..1 as stored. */
function lookUp(image: Image, u: number, v: number, wrap: readonly [Wrap, Wrap], out: Float64Array): void {
  const x = u * image.width - 0.5;
  const y = v * image.height - 0.5;
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  out.fill(0);
  for (let corner = 0; corner < 4; corner++) {
    const dx = corner & 1;
    const dy = corner >> 1;
    const weight = (dx ? x - x0 : 1 - (x - x0)) * (dy ? y - y0 : 1 - (y - y0));
    const column = wrapped(x0 + dx, image.width, wrap[0]);
    const row = wrapped(y0 + dy, image.height, wrap[1]);
    const at = (row * image.width + column) * 4;
    for (let c = 0; c < 4; c++) out[c] += (weight * image.data[at + c]) / 255;
  }
}

function wrapped(index: number, size: number, wrap: Wrap): number {
  if (!Number.isFinite(index)) return 0;
  if (wrap === "clamp") return Math.min(size - 1, Math.max(0, index));
  const period = wrap === "mirror" ? 2 * size : size;
  const within = ((index % period) + period) % period;
  return within < size ? within : period - 1 - within;
}
