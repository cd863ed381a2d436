// Walks the tiles again for the gradient: the GPU's compositeGradient (../composite.ts). A few splats at a time, first with a
// thread a pixel (the slope dL/dq of each splat there, into workgroup memory), then with a thread a splat and half row (its
// sums over 8 pixels), then a thread a splat and moment. No atomics: each (tile, splat) pair writes its own slot, always summed
// in the same order.

import { TILE_WGSL } from "./rasterise.wgsl.ts";
import { TILE, WORKGROUP } from "./shared.wgsl.ts";

/** Splats at a time: as many as a thread for each of their half rows allows. */
const BATCH = 8;
const HALF = TILE / 2;
const HALVES = TILE * 2;
/** One more than a half row, so that the threads of a half row each do not all wait for one bank of the memory. */
const PITCH = HALF + 1;

/** Moments of dL/dq over the footprint in one tile: x, y, xx, xy, yy, about the splat's mean. */
export const MOMENTS = 5;

export const RASTERISE_GRADIENT_WGSL = /* wgsl */ `
${TILE_WGSL(BATCH)}
@group(0) @binding(6) var<storage, read> images: array<f32>;
@group(0) @binding(7) var<storage, read> gradient: array<f32>;
@group(0) @binding(8) var<storage, read_write> moments: array<f32>; // ${MOMENTS} a slot, cleared before

var<workgroup> slopes: array<f32, ${BATCH * HALVES * PITCH}>;
var<workgroup> sums: array<vec3f, ${BATCH * HALVES}>;

/** One of a splat's moments in this tile. */
fn momentOf(k: u32, moment: u32, top: f32) -> f32 {
  var total = 0.0;
  for (var half = 0u; half < ${HALVES}u; half++) {
    let dy = top + f32(half / 2u) - batch[k].v;
    let s = sums[k * ${HALVES}u + half];
    switch moment {
      case 0u: { total += s.y; }
      case 1u: { total += s.x * dy; }
      case 2u: { total += s.z; }
      case 3u: { total += s.y * dy; }
      default: { total += s.x * dy * dy; }
    }
  }
  return total;
}

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tiles = params.tilesX * params.tilesY;
  let tile = groupOf(group, groups);
  let image = tile / tiles;
  let here = tile % tiles;
  let corner = vec2u(here % params.tilesX, here / params.tilesX) * ${TILE}u;
  let pixel = corner + vec2u(lane % ${TILE}u, lane / ${TILE}u);
  let drawn = image < params.frames * params.cameras && pixel.x < params.width && pixel.y < params.height;
  let centre = centreOf(pixel);
  let origin = centreOf(corner);
  let range = rangeOf(tile, image, lane);

  var transmittance = 1.0;
  var behind = 0.0; // what is still to come of this pixel, times dL/dpixel
  var slopeOfColor = vec3f();
  if (drawn) {
    let plane = params.width * params.height;
    let camera = image / params.frames;
    let at = (camera * 3u * params.frames + image % params.frames) * plane + pixel.y * params.width + pixel.x;
    let stride = params.frames * plane;
    let g = vec3f(gradient[at], gradient[at + stride], gradient[at + 2u * stride]);
    behind = dot(g, vec3f(images[at], images[at + stride], images[at + 2u * stride]) + 1.0);
    slopeOfColor = 2.0 * g;
  }

  let own = (lane / ${HALF}u) * ${PITCH}u + lane % ${HALF}u;
  let splat = lane / ${HALVES}u;
  let half = lane % ${HALVES}u;
  var turn = 0u;
  for (var start = range.x; start < range.y; start += ${BATCH}u) {
    turn++;
    if (!anySees(lane, turn, drawn && transmittance >= params.stop)) { break; }
    let length = min(${BATCH}u, range.y - start);
    if (lane < length) { loadSplat(lane, start + lane); }
    workgroupBarrier();

    for (var k = 0u; k < ${BATCH}u; k++) {
      var slope = 0.0;
      if (k < length && drawn && transmittance >= params.stop) {
        let s = insideOf(batch[k], centre - vec2f(batch[k].u, batch[k].v));
        if (s > 0.0) {
          let cube = params.opacity * s * s * s;
          let weight = cube * s * transmittance;
          let seen = dot(batchColors[k], slopeOfColor);
          let left = transmittance - weight;
          behind -= weight * seen;
          // dL/dalpha = T (seen - behind / (T (1 - alpha))); dalpha/dq = -cube / 2, the half is taken later.
          slope = transmittance * (seen - behind / left) * cube;
          transmittance = left;
        }
      }
      slopes[k * ${HALVES * PITCH}u + own] = slope;
    }
    workgroupBarrier();

    if (splat < length) {
      var sum = vec3f();
      let x = origin.x + f32((half % 2u) * ${HALF}u) - batch[splat].u;
      for (var i = 0u; i < ${HALF}u; i++) {
        let slope = slopes[splat * ${HALVES * PITCH}u + half * ${PITCH}u + i];
        let dx = x + f32(i);
        sum += slope * vec3f(1.0, dx, dx * dx);
      }
      sums[splat * ${HALVES}u + half] = sum;
    }
    workgroupBarrier();

    if (splat < length && half < ${MOMENTS}u) {
      moments[slots[start + splat] * ${MOMENTS}u + half] = momentOf(splat, half, origin.y);
    }
  }
}
`;
