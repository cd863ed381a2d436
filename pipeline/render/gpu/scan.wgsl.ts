// Exclusive prefix sum of an array of whole numbers, in place: in three kernels (sums of blocks, their own prefix sum, and the blocks
// again), or in one where there are few. Its reference is the loop `start = sum; sum += value`, as in sortByDepth (../depth-order.ts).

import { PARAMS_WGSL, WORKGROUP } from "./shared.wgsl.ts";
import { subgroupsDirective, workgroupScanWgsl } from "./workgroup-scan.wgsl.ts";

/** Numbers that one thread and one workgroup take. */
export const SCAN_RUN = 8;
export const SCAN_BLOCK = WORKGROUP * SCAN_RUN;

const SIGNATURE = `@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32)`;

const RANGE = (subgroups: boolean) => /* wgsl */ `
${subgroupsDirective(subgroups)}
${PARAMS_WGSL}
${workgroupScanWgsl(subgroups)}
struct Range { length: u32, blocks: u32, pad0: u32, pad1: u32 }
@group(0) @binding(0) var<uniform> range: Range;
`;
const HEAD = (subgroups: boolean) => /* wgsl */ `
${RANGE(subgroups)}
@group(0) @binding(1) var<storage, read_write> sums: array<u32>; // one a block
`;

export const scanReduceWgsl = (subgroups: boolean) => /* wgsl */ `
${HEAD(subgroups)}
@group(0) @binding(2) var<storage, read> values: array<u32>;

${SIGNATURE} {
  let block = groupOf(group, groups);
  var sum = 0u;
  for (var k = 0u; k < ${SCAN_RUN}u; k++) {
    let i = block * ${SCAN_BLOCK}u + k * ${WORKGROUP}u + lane;
    if (i < range.length) { sum += values[i]; }
  }
  scanWorkgroup(lane, sum);
  if (lane == 0u && block < range.blocks) { sums[block] = scanTotal; }
}
`;

/** One workgroup. Leaves the sum of everything in total[0]. */
export const scanSumsWgsl = (subgroups: boolean) => /* wgsl */ `
${HEAD(subgroups)}
@group(0) @binding(2) var<storage, read_write> total: array<u32>;

${SIGNATURE} {
  var before = 0u;
  for (var start = 0u; start < range.blocks; start += ${WORKGROUP}u) {
    let i = start + lane;
    var value = 0u;
    if (i < range.blocks) { value = sums[i]; }
    let below = scanWorkgroup(lane, value);
    if (i < range.blocks) { sums[i] = before + below; }
    before += scanTotal;
    workgroupBarrier();
  }
  if (lane == 0u) { total[0] = before; }
}
`;

/** Replaces the values of a block by `before` and the sums of what comes before each in the block. */
const SCAN_A_BLOCK = /* wgsl */ `
fn scanBlock(lane: u32, block: u32, before: u32) {
  let start = block * ${SCAN_BLOCK}u + lane * ${SCAN_RUN}u;
  var own: array<u32, ${SCAN_RUN}>;
  var sum = 0u;
  for (var k = 0u; k < ${SCAN_RUN}u; k++) {
    if (start + k < range.length) { own[k] = values[start + k]; }
    sum += own[k];
  }
  var below = before + scanWorkgroup(lane, sum);
  for (var k = 0u; k < ${SCAN_RUN}u; k++) {
    if (start + k < range.length) { values[start + k] = below; }
    below += own[k];
  }
}
`;

export const scanApplyWgsl = (subgroups: boolean) => /* wgsl */ `
${HEAD(subgroups)}
@group(0) @binding(2) var<storage, read_write> values: array<u32>;
${SCAN_A_BLOCK}

${SIGNATURE} {
  let block = groupOf(group, groups);
  var before = 0u;
  if (block < range.blocks) { before = sums[block]; }
  scanBlock(lane, block, before);
}
`;

/** The whole of it in one workgroup, block after block. Leaves the sum of everything in total[0]. */
export const scanFewWgsl = (subgroups: boolean) => /* wgsl */ `
${RANGE(subgroups)}
@group(0) @binding(1) var<storage, read_write> values: array<u32>;
@group(0) @binding(2) var<storage, read_write> total: array<u32>;
${SCAN_A_BLOCK}

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(local_invocation_index) lane: u32) {
  var before = 0u;
  for (var block = 0u; block < range.blocks; block++) {
    scanBlock(lane, block, before);
    before += scanTotal;
    workgroupBarrier();
  }
  if (lane == 0u) { total[0] = before; }
}
`;
