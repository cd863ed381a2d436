// Draws projected splats into one image, front to back, and walks the same way again for the gradient. Splat by splat, each
// row clipped to the ellipse: the whole canvas stays in the processor's cache at the teachers' sizes, every splat's gradient
// is summed in one place and one order, and no per-pixel list is kept.

import type { DepthOrder } from "./depth-order.ts";
import { PROJECTED_STRIDE, type ProjectedSplats, SUPPORT } from "./project-splats.ts";
import { IMAGE_GRADIENT_STRIDE } from "./project-splats-gradient.ts";
import { BACKGROUND, type RenderSettings } from "./renderer.ts";

export interface CompositeOptions {
  /** Opacity at a splat's centre, below 1. */
  opacity: number;
  /** A pixel is finished once less than this share of what lies behind would be seen. Above 0. */
  stop: number;
}

export const COMPOSITE_DEFAULTS: CompositeOptions = { opacity: 0.75, stop: 1e-3 };

/** Transmittance and the colour so far (in the gradient: what is still to come), then dL/dcolour. */
const STRIDE = 5;

export function allocateCanvas({ width, height }: RenderSettings): Float64Array {
  return new Float64Array(width * height * STRIDE);
}

/**
 * Draws one image. A splat's opacity at squared Mahalanobis distance q is `opacity (1 - q/8)^4`: close to the Gaussian
 * exp(-q/2), but it ends smoothly at q = 8, so that no edge of a footprint makes the image jump.
 * @param image written: [3, height, width], values -1..1.
 */
export function composite(
  { data, visible }: ProjectedSplats,
  { order }: DepthOrder,
  colors: Float32Array,
  { width, height }: RenderSettings,
  { opacity, stop }: CompositeOptions,
  canvas: Float64Array,
  image: Float32Array,
): void {
  const pixels = width * height;
  for (let i = 0; i < pixels * STRIDE; i += STRIDE) {
    canvas[i] = 1;
    canvas[i + 1] = canvas[i + 2] = canvas[i + 3] = 0;
  }
  for (let k = 0; k < visible; k++) {
    const splat = order[k];
    const o = splat * PROJECTED_STRIDE;
    const [u, v, halfY] = [data[o], data[o + 1], data[o + 6]];
    const [a, b, c] = [data[o + 2], data[o + 3], data[o + 4]];
    const [red, green, blue] = [colors[splat * 3], colors[splat * 3 + 1], colors[splat * 3 + 2]];
    const firstRow = Math.max(0, Math.ceil(v - halfY - 0.5));
    const lastRow = Math.min(height - 1, Math.floor(v + halfY - 0.5));
    for (let y = firstRow; y <= lastRow; y++) {
      const dy = y + 0.5 - v;
      // a dx^2 + 2 b dy dx + c dy^2 < SUPPORT on this row.
      const middle = (-b * dy) / a;
      const reach = Math.sqrt(Math.max(0, middle * middle - (c * dy * dy - SUPPORT) / a));
      const first = Math.max(0, Math.ceil(u + middle - reach - 0.5));
      const last = Math.min(width - 1, Math.floor(u + middle + reach - 0.5));
      const s0 = 1 - (c * dy * dy) / SUPPORT;
      const s1 = (-2 * b * dy) / SUPPORT;
      const s2 = -a / SUPPORT;
      let at = (y * width + first) * STRIDE;
      for (let x = first; x <= last; x++, at += STRIDE) {
        const transmittance = canvas[at];
        if (transmittance < stop) continue;
        const dx = x + 0.5 - u;
        const s = s0 + dx * (s1 + dx * s2);
        const weight = opacity * s * s * s * s * transmittance;
        canvas[at] = transmittance - weight;
        canvas[at + 1] += weight * red;
        canvas[at + 2] += weight * green;
        canvas[at + 3] += weight * blue;
      }
    }
  }
  for (let i = 0, at = 0; i < pixels; i++, at += STRIDE) {
    const behind = canvas[at] * BACKGROUND;
    image[i] = 2 * (canvas[at + 1] + behind) - 1;
    image[pixels + i] = 2 * (canvas[at + 2] + behind) - 1;
    image[2 * pixels + i] = 2 * (canvas[at + 3] + behind) - 1;
  }
}

/**
 * Gradients of one image. With transmittance T in front of a splat, its colour c and the light S from behind it,
 * dC/dalpha = T c - S / (1 - alpha); S is what is left of the finished pixel after the splats up to this one.
 * @param image what `composite` wrote.
 * @param gradient dL/dimage, same layout.
 * @param out [count * IMAGE_GRADIENT_STRIDE], written for the visible splats.
 */
export function compositeGradient(
  { data, visible }: ProjectedSplats,
  { order }: DepthOrder,
  colors: Float32Array,
  { width, height }: RenderSettings,
  { opacity, stop }: CompositeOptions,
  canvas: Float64Array,
  image: Float32Array,
  gradient: Float32Array,
  out: Float64Array,
): void {
  const pixels = width * height;
  for (let i = 0, at = 0; i < pixels; i++, at += STRIDE) {
    const [r, g, b] = [i, pixels + i, 2 * pixels + i];
    canvas[at] = 1;
    canvas[at + 1] = gradient[r] * (image[r] + 1) + gradient[g] * (image[g] + 1) + gradient[b] * (image[b] + 1);
    canvas[at + 2] = 2 * gradient[r];
    canvas[at + 3] = 2 * gradient[g];
    canvas[at + 4] = 2 * gradient[b];
  }
  for (let k = 0; k < visible; k++) {
    const splat = order[k];
    const o = splat * PROJECTED_STRIDE;
    const [u, v, halfY] = [data[o], data[o + 1], data[o + 6]];
    const [a, b, c] = [data[o + 2], data[o + 3], data[o + 4]];
    const [red, green, blue] = [colors[splat * 3], colors[splat * 3 + 1], colors[splat * 3 + 2]];
    const firstRow = Math.max(0, Math.ceil(v - halfY - 0.5));
    const lastRow = Math.min(height - 1, Math.floor(v + halfY - 0.5));
    // Moments of dL/dq over the footprint; mean and covariance follow from them.
    let [mx, my, mxx, mxy, myy] = [0, 0, 0, 0, 0];
    for (let y = firstRow; y <= lastRow; y++) {
      const dy = y + 0.5 - v;
      const middle = (-b * dy) / a;
      const reach = Math.sqrt(Math.max(0, middle * middle - (c * dy * dy - SUPPORT) / a));
      const first = Math.max(0, Math.ceil(u + middle - reach - 0.5));
      const last = Math.min(width - 1, Math.floor(u + middle + reach - 0.5));
      const s0 = 1 - (c * dy * dy) / SUPPORT;
      const s1 = (-2 * b * dy) / SUPPORT;
      const s2 = -a / SUPPORT;
      let [row, rowX, rowXX] = [0, 0, 0];
      let at = (y * width + first) * STRIDE;
      for (let x = first; x <= last; x++, at += STRIDE) {
        const transmittance = canvas[at];
        if (transmittance < stop) continue;
        const dx = x + 0.5 - u;
        const s = s0 + dx * (s1 + dx * s2);
        const cube = opacity * s * s * s;
        const weight = cube * s * transmittance;
        const seen = red * canvas[at + 2] + green * canvas[at + 3] + blue * canvas[at + 4];
        const behind = canvas[at + 1] - weight * seen;
        const left = transmittance - weight;
        canvas[at] = left;
        canvas[at + 1] = behind;
        // dL/dalpha = T (seen - behind / (T (1 - alpha))); dalpha/dq = -cube / 2, the half is taken below.
        const slope = transmittance * (seen - behind / left) * cube;
        row += slope;
        rowX += slope * dx;
        rowXX += slope * dx * dx;
      }
      mx += rowX;
      my += row * dy;
      mxx += rowXX;
      mxy += rowX * dy;
      myy += row * dy * dy;
    }
    // q = d^T K d with K the conic: dL/dmean = K m (times -2 times -1/2), dL/dcovariance = K M K / 2.
    const g = splat * IMAGE_GRADIENT_STRIDE;
    out[g] = a * mx + b * my;
    out[g + 1] = b * mx + c * my;
    const [xa, xb] = [a * mxx + b * mxy, b * mxx + c * mxy];
    const [ya, yb] = [a * mxy + b * myy, b * mxy + c * myy];
    out[g + 2] = (xa * a + ya * b) / 2;
    out[g + 3] = (xa * b + ya * c) / 2;
    out[g + 4] = (xb * b + yb * c) / 2;
  }
}
