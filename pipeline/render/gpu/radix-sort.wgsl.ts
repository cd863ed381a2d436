// One pass of a stable radix sort of (key, value) pairs by four bits: a histogram a block, and the scatter that follows the
// prefix sum of the histograms. The GPU's sortByDepth (../depth-order.ts). Stable and free of races, so the same bits always.

import { PARAMS_WGSL, WORKGROUP } from "./shared.wgsl.ts";
import { subgroupsDirective, workgroupScanWgsl } from "./workgroup-scan.wgsl.ts";

export const DIGIT_BITS = 4;
export const DIGITS = 1 << DIGIT_BITS;
/** Pairs that one thread and one workgroup take. */
const RUN = 8;
export const SORT_BLOCK = WORKGROUP * RUN;

/** `counted`: as many pairs as the counting pass found, where they are fewer. */
const HEAD = /* wgsl */ `
${PARAMS_WGSL}
struct Pass { length: u32, blocks: u32, shift: u32, counted: u32 }
@group(0) @binding(0) var<uniform> pass_: Pass;
@group(0) @binding(1) var<storage, read> status: array<u32>;

fn lengthOf() -> u32 { return select(pass_.length, min(pass_.length, status[0]), pass_.counted == 1u); }
fn digitOf(key: u32) -> u32 { return (key >> pass_.shift) & ${DIGITS - 1}u; }
`;
const SIGNATURE = `@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32)`;

/** histogram[digit * blocks + block] */
export const RADIX_COUNT_WGSL = /* wgsl */ `
${HEAD}
@group(0) @binding(2) var<storage, read> keys: array<u32>;
@group(0) @binding(3) var<storage, read_write> histogram: array<u32>;
var<workgroup> counts: array<atomic<u32>, ${DIGITS}>;

${SIGNATURE} {
  let block = groupOf(group, groups);
  let length = lengthOf();
  for (var k = 0u; k < ${RUN}u; k++) {
    let i = block * ${SORT_BLOCK}u + k * ${WORKGROUP}u + lane;
    if (i < length) { atomicAdd(&counts[digitOf(keys[i])], 1u); }
  }
  workgroupBarrier();
  if (lane < ${DIGITS}u && block < pass_.blocks) { histogram[lane * pass_.blocks + block] = atomicLoad(&counts[lane]); }
}
`;

/**
 * Each thread takes a run of neighbours and counts their digits, two counters to a word (digit and digit + 8). The prefix sum
 * of the counters, digit by digit and lane by lane, is the rank of each pair within its block.
 */
export const radixScatterWgsl = (subgroups: boolean) => /* wgsl */ `
${subgroupsDirective(subgroups)}
${HEAD}
${workgroupScanWgsl(subgroups)}
@group(0) @binding(2) var<storage, read> keys: array<u32>;
@group(0) @binding(3) var<storage, read> values: array<u32>;
@group(0) @binding(4) var<storage, read> histogram: array<u32>; // its prefix sum
@group(0) @binding(5) var<storage, read_write> keysOut: array<u32>;
@group(0) @binding(6) var<storage, read_write> valuesOut: array<u32>;
var<workgroup> counters: array<u32, ${(DIGITS / 2) * WORKGROUP}>;
var<workgroup> starts: array<u32, ${DIGITS}>;

fn counterOf(digit: u32, lane: u32) -> u32 { return (digit & 7u) * ${WORKGROUP}u + lane; }
fn halfOf(digit: u32) -> u32 { return (digit >> 3u) * 16u; }

${SIGNATURE} {
  let block = groupOf(group, groups);
  let length = lengthOf();
  let first = block * ${SORT_BLOCK}u + lane * ${RUN}u;
  var own: array<u32, ${RUN}>;
  for (var digit = 0u; digit < 8u; digit++) { counters[counterOf(digit, lane)] = 0u; }
  for (var k = 0u; k < ${RUN}u; k++) {
    if (first + k < length) {
      own[k] = keys[first + k];
      let digit = digitOf(own[k]);
      counters[counterOf(digit, lane)] += 1u << halfOf(digit);
    }
  }
  workgroupBarrier();

  var sum = 0u;
  for (var k = 0u; k < 8u; k++) { sum += counters[lane * 8u + k]; }
  var below = scanWorkgroup(lane, sum);
  below += scanTotal << 16u; // Digits from 8 on come after all those below.
  for (var k = 0u; k < 8u; k++) {
    let count = counters[lane * 8u + k];
    counters[lane * 8u + k] = below;
    below += count;
  }
  workgroupBarrier();
  if (lane < ${DIGITS}u) {
    let local = (counters[counterOf(lane, 0u)] >> halfOf(lane)) & 0xffffu;
    var before = 0u;
    if (block < pass_.blocks) { before = histogram[lane * pass_.blocks + block]; }
    starts[lane] = before - local;
  }
  workgroupBarrier();

  for (var k = 0u; k < ${RUN}u; k++) {
    if (first + k < length) {
      let digit = digitOf(own[k]);
      let counter = counterOf(digit, lane);
      let goal = starts[digit] + ((counters[counter] >> halfOf(digit)) & 0xffffu);
      counters[counter] += 1u << halfOf(digit);
      keysOut[goal] = own[k];
      valuesOut[goal] = values[first + k];
    }
  }
}
`;
