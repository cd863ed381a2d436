// An exclusive prefix sum over the 256 numbers of a workgroup, with subgroup operations or without: whole numbers, so both give
// the same bits. A piece of other kernels, not a kernel.

import { WORKGROUP } from "./shared.wgsl.ts";

/**
 * `scanWorkgroup(lane, value)` returns the sum of the values of lower lanes and leaves the sum of all in `scanTotal`. All
 * threads must call it together.
 */
export const workgroupScanWgsl = (subgroups: boolean) => (subgroups ? WITH_SUBGROUPS : WITHOUT);

/** Must be the first line of a kernel that scans with subgroups. */
export const subgroupsDirective = (subgroups: boolean) => (subgroups ? "enable subgroups;" : "");

const WITHOUT = /* wgsl */ `
var<workgroup> scanParts: array<u32, ${WORKGROUP}>;
var<workgroup> scanTotal: u32;

fn scanWorkgroup(lane: u32, value: u32) -> u32 {
  scanParts[lane] = value;
  workgroupBarrier();
  for (var step = 1u; step < ${WORKGROUP}u; step <<= 1u) {
    var lower = 0u;
    if (lane >= step) { lower = scanParts[lane - step]; }
    workgroupBarrier();
    scanParts[lane] += lower;
    workgroupBarrier();
  }
  let through = scanParts[lane];
  if (lane == ${WORKGROUP - 1}u) { scanTotal = through; }
  workgroupBarrier();
  return through - value;
}
`;

/** Subgroups of a one-dimensional workgroup are runs of equally many lanes. */
const WITH_SUBGROUPS = /* wgsl */ `
var<workgroup> scanParts: array<u32, ${WORKGROUP}>; // one sum a subgroup; as many as there could be
var<workgroup> scanTotal: u32;

fn scanWorkgroup(lane: u32, value: u32) -> u32 {
  let below = subgroupExclusiveAdd(value);
  let sum = subgroupAdd(value);
  let size = subgroupAdd(1u);
  let own = subgroupBroadcastFirst(lane) / size;
  if (lane == own * size) { scanParts[own] = sum; }
  workgroupBarrier();
  var before = 0u;
  for (var part = 0u; part < own; part++) { before += scanParts[part]; }
  if (lane == ${WORKGROUP - 1}u) { scanTotal = before + sum; }
  workgroupBarrier();
  return before + below;
}
`;
