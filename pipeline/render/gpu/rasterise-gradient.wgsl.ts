// Walks the tiles again for the gradient: the GPU's compositeGradient (../composite.ts). Loads some splats, and takes a few of them at
// a time: first with a thread a pixel (the slope dL/dq of each splat there, into workgroup memory), then with a thread a splat and half
// row (its moments over 8 pixels), then a thread a splat and moment. No atomics: each (tile, splat) pair writes its own slot, always
// summed in the same order.

import { TILE_WGSL } from "./rasterise.wgsl.ts";
import { TILE, WORKGROUP } from "./shared.wgsl.ts";

/** Splats loaded at a time: a multiple of BATCH, and as many as 16 KiB of workgroup memory allow beside the rest. */
const LOADED = 32;
/** Splats at a time: as many as a thread for each of their half rows allows. */
const BATCH = 8;
const HALF = TILE / 2;
const HALVES = TILE * 2;
/** One more than a row holds, so that threads which each read a row of their own do not all wait for one bank of the memory. */
const SLOPE_PITCH = HALF + 1;
const SUM_PITCH = HALVES + 1;

/** Moments of dL/dq over the footprint in one tile: x, y, xx, xy, yy, about the splat's mean. */
export const MOMENTS = 5;

export const RASTERISE_GRADIENT_WGSL = /* wgsl */ `
${TILE_WGSL(LOADED)}
@group(0) @binding(6) var<storage, read> images: array<f32>;
@group(0) @binding(7) var<storage, read> gradient: array<f32>;
@group(0) @binding(8) var<storage, read_write> moments: array<f32>; // ${MOMENTS} a slot, cleared before

var<workgroup> slopes: array<f32, ${BATCH * HALVES * SLOPE_PITCH}>; // [splat, half row, pixel]
var<workgroup> sums: array<f32, ${BATCH * MOMENTS * SUM_PITCH}>; // [splat, moment, half row]
var<workgroup> goals: array<u32, ${LOADED}>; // slots of the loaded splats

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

  let own = (lane / ${HALF}u) * ${SLOPE_PITCH}u + lane % ${HALF}u;
  let half = lane % ${HALVES}u;
  let firstOfHalf = origin + vec2f(f32((half % 2u) * ${HALF}u), f32(half / 2u));
  var turn = 0u;
  for (var start = range.x; start < range.y; start += ${LOADED}u) {
    turn++;
    if (!anySees(lane, turn, drawn && transmittance >= params.stop)) { break; }
    let length = min(${LOADED}u, range.y - start);
    if (lane < length) {
      loadSplat(lane, start + lane);
      goals[lane] = slots[start + lane];
    }
    workgroupBarrier();

    for (var first = 0u; first < length; first += ${BATCH}u) {
      for (var k = 0u; k < ${BATCH}u; k++) {
        let at = first + k;
        var slope = 0.0;
        if (at < length && drawn && transmittance >= params.stop) {
          let tail = tails[at];
          let s = insideOf(heads[at], tail.x, centre);
          if (s > 0.0) {
            let cube = params.opacity * s * s * s;
            let weight = cube * s * transmittance;
            let seen = dot(tail.yzw, slopeOfColor);
            let left = transmittance - weight;
            behind -= weight * seen;
            // dL/dalpha = T (seen - behind / (T (1 - alpha))); dalpha/dq = -cube / 2, the half is taken later.
            slope = transmittance * (seen - behind / left) * cube;
            transmittance = left;
          }
        }
        slopes[k * ${HALVES * SLOPE_PITCH}u + own] = slope;
      }
      workgroupBarrier();

      let splat = lane / ${HALVES}u;
      if (first + splat < length) {
        let d = firstOfHalf - heads[first + splat].xy;
        var sum = vec3f();
        for (var i = 0u; i < ${HALF}u; i++) {
          let slope = slopes[splat * ${HALVES * SLOPE_PITCH}u + half * ${SLOPE_PITCH}u + i];
          let dx = d.x + f32(i);
          sum += slope * vec3f(1.0, dx, dx * dx);
        }
        let goal = splat * ${MOMENTS * SUM_PITCH}u + half;
        sums[goal] = sum.y;
        sums[goal + ${SUM_PITCH}u] = sum.x * d.y;
        sums[goal + ${2 * SUM_PITCH}u] = sum.z;
        sums[goal + ${3 * SUM_PITCH}u] = sum.y * d.y;
        sums[goal + ${4 * SUM_PITCH}u] = sum.x * d.y * d.y;
      }
      workgroupBarrier();

      // Neighbouring threads, so that most of the workgroup has nothing to do here; the next barrier comes before \`sums\` changes.
      if (lane < ${BATCH * MOMENTS}u && first + lane / ${MOMENTS}u < length) {
        var total = 0.0;
        for (var i = 0u; i < ${HALVES}u; i++) { total += sums[lane * ${SUM_PITCH}u + i]; }
        moments[goals[first + lane / ${MOMENTS}u] * ${MOMENTS}u + lane % ${MOMENTS}u] = total;
      }
    }
  }
}
`;
