// Splats to tiles: how many tiles each splat touches, one slot a (tile, splat) pair, and where each tile's pairs lie once they
// are sorted. The CPU renderer has no tiles; the reference of the whole chain is its image.

import { PARAMS_WGSL, PROJECTED_WGSL, WORKGROUP } from "./shared.wgsl.ts";

const SIGNATURE = `@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32)`;

/** counts[i]: tiles of the i-th entry from front to back. */
export const COUNT_TILES_WGSL = /* wgsl */ `
${PARAMS_WGSL}
${PROJECTED_WGSL}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> projected: array<vec4u>;
@group(0) @binding(2) var<storage, read> order: array<u32>;
@group(0) @binding(3) var<storage, read_write> counts: array<u32>;

${SIGNATURE} {
  let i = threadOf(group, groups, lane);
  if (i >= params.count * params.frames * params.cameras) { return; }
  counts[i] = tilesOf(projected[order[i] * 2u + 1u].y);
}
`;

/** After the prefix sum of the counts: a splat's slots are neighbours, and all slots run from front to back. */
export const FILL_SLOTS_WGSL = /* wgsl */ `
${PARAMS_WGSL}
${PROJECTED_WGSL}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> projected: array<vec4u>;
@group(0) @binding(2) var<storage, read> order: array<u32>;
@group(0) @binding(3) var<storage, read> firsts: array<u32>;
@group(0) @binding(4) var<storage, read_write> tiles: array<u32>;
@group(0) @binding(5) var<storage, read_write> slots: array<u32>;
@group(0) @binding(6) var<storage, read_write> entries: array<u32>;

${SIGNATURE} {
  let i = threadOf(group, groups, lane);
  if (i >= params.count * params.frames * params.cameras) { return; }
  let entry = order[i];
  let r = rectangleOf(projected[entry * 2u + 1u].y);
  let image = entry / params.count;
  var slot = firsts[i];
  projected[entry * 2u + 1u].z = slot;
  for (var y = r.y; y < r.w; y++) {
    for (var x = r.x; x < r.z; x++) {
      if (slot < params.capacity) {
        tiles[slot] = (image * params.tilesY + y) * params.tilesX + x;
        slots[slot] = slot;
        entries[slot] = entry;
      }
      slot++;
    }
  }
}
`;

/** ranges[tile]: its first pair and one past its last; zero, as cleared, where it has none. */
export const FIND_RANGES_WGSL = /* wgsl */ `
${PARAMS_WGSL}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> status: array<u32>;
@group(0) @binding(2) var<storage, read> tiles: array<u32>; // sorted
@group(0) @binding(3) var<storage, read_write> ranges: array<vec2u>;

${SIGNATURE} {
  let i = threadOf(group, groups, lane);
  let length = min(params.capacity, status[0]);
  if (i >= length) { return; }
  let tile = tiles[i];
  if (i == 0u || tiles[i - 1u] != tile) { ranges[tile].x = i; }
  if (i + 1u == length || tiles[i + 1u] != tile) { ranges[tile].y = i + 1u; }
}
`;
