// Draws the tiles: the GPU's composite (../composite.ts). One workgroup a tile, one thread a pixel; the splats of the tile pass
// through workgroup memory in batches, front to back.

import { PARAMS_WGSL, PROJECTED_WGSL, TILE, WORKGROUP } from "./shared.wgsl.ts";

/** What both directions do alike: the tile of a workgroup, the pixel of a thread, the splats of a batch. */
export const TILE_WGSL = (batch: number) => /* wgsl */ `
${PARAMS_WGSL}
${PROJECTED_WGSL}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> ranges: array<vec2u>;
@group(0) @binding(2) var<storage, read> slots: array<u32>; // sorted by tile, then depth
@group(0) @binding(3) var<storage, read> entries: array<u32>;
@group(0) @binding(4) var<storage, read> projected: array<vec4u>;
@group(0) @binding(5) var<storage, read> colors: array<vec4f>;

// A batch of splats in two vec4f each, which all threads read at once; the conics are divided by the support.
var<workgroup> heads: array<vec4f, ${batch}>; // mean u, v, conic a, 2 b
var<workgroup> tails: array<vec4f, ${batch}>; // conic c, colour
var<workgroup> seeing: atomic<u32>; // the last batch at whose start a pixel still saw something
var<workgroup> goesOn: u32;
var<workgroup> tileRange: vec2u;

/** The pairs of a tile, the same in all threads for the compiler too; none past the last image. */
fn rangeOf(tile: u32, image: u32, lane: u32) -> vec2u {
  if (lane == 0u) {
    tileRange = vec2u();
    if (image < params.frames * params.cameras) { tileRange = ranges[tile]; }
  }
  return workgroupUniformLoad(&tileRange);
}

fn loadSplat(at: u32, pair: u32) {
  let entry = entries[slots[pair]];
  let s = splatOf(projected[entry * 2u], projected[entry * 2u + 1u]);
  heads[at] = vec4f(s.u, s.v, s.a / params.support, 2.0 * s.b / params.support);
  tails[at] = vec4f(s.c / params.support, colors[entry % params.count].xyz);
}

/** Whether any pixel of the workgroup still sees something; a barrier too. \`turn\` counts from 1. */
fn anySees(lane: u32, turn: u32, sees: bool) -> bool {
  if (sees) { atomicMax(&seeing, turn); }
  workgroupBarrier();
  if (lane == 0u) { goesOn = select(0u, 1u, atomicLoad(&seeing) == turn); }
  return workgroupUniformLoad(&goesOn) == 1u;
}

/** Centre of a pixel, from the middle of the image. */
fn centreOf(pixel: vec2u) -> vec2f {
  return vec2f(pixel) + 0.5 - 0.5 * vec2f(f32(params.width), f32(params.height));
}

/** 1 - q / support at a pixel; the splat ends where it falls to 0. @param c of its tail. */
fn insideOf(head: vec4f, c: f32, pixel: vec2f) -> f32 {
  let d = pixel - head.xy;
  return 1.0 - (head.z * d.x * d.x + head.w * d.x * d.y + c * d.y * d.y);
}
`;

export const RASTERISE_WGSL = /* wgsl */ `
${TILE_WGSL(WORKGROUP)}
@group(0) @binding(6) var<storage, read_write> images: array<f32>;

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tiles = params.tilesX * params.tilesY;
  let tile = groupOf(group, groups);
  let image = tile / tiles;
  let here = tile % tiles;
  let pixel = vec2u(here % params.tilesX, here / params.tilesX) * ${TILE}u + vec2u(lane % ${TILE}u, lane / ${TILE}u);
  let drawn = image < params.frames * params.cameras && pixel.x < params.width && pixel.y < params.height;
  let centre = centreOf(pixel);
  let range = rangeOf(tile, image, lane);

  var transmittance = 1.0;
  var color = vec3f();
  var turn = 0u;
  for (var start = range.x; start < range.y; start += ${WORKGROUP}u) {
    turn++;
    if (!anySees(lane, turn, drawn && transmittance >= params.stop)) { break; }
    let length = min(${WORKGROUP}u, range.y - start);
    if (lane < length) { loadSplat(lane, start + lane); }
    workgroupBarrier();
    for (var k = 0u; k < length; k++) {
      if (transmittance < params.stop) { break; }
      let tail = tails[k];
      let s = insideOf(heads[k], tail.x, centre);
      if (s > 0.0) {
        let weight = params.opacity * s * s * s * s * transmittance;
        transmittance -= weight;
        color += weight * tail.yzw;
      }
    }
  }
  if (drawn) {
    let plane = params.width * params.height;
    let camera = image / params.frames;
    let at = (camera * 3u * params.frames + image % params.frames) * plane + pixel.y * params.width + pixel.x;
    let value = 2.0 * (color + transmittance * params.background) - 1.0;
    images[at] = value.x;
    images[at + params.frames * plane] = value.y;
    images[at + 2u * params.frames * plane] = value.z;
  }
}
`;
