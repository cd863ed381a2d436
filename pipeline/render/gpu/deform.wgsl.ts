// Poses the splats by the handles, and takes the gradient back to the handles: the GPU's deform and deformBackward
// (../../motion/deform.ts). Forward a thread a splat and frame; backward a workgroup a handle and frame, whose threads share the
// splats that the handle moves and sum up in a fixed order, without atomics.

import { PARAMS_WGSL, WORKGROUP } from "./shared.wgsl.ts";

/** Numbers of one handle's transform in one frame: its rotation by rows, then where its centre goes. */
export const POSE_STRIDE = 12;

/** Threads of a handle: about as many splats follow one. */
const TEAM = 64;

const READ_HANDLE = /* wgsl */ `
fn row(handle: u32, i: u32) -> vec3f {
  let at = handle * ${POSE_STRIDE}u + i * 3u;
  return vec3f(pose[at], pose[at + 1u], pose[at + 2u]);
}
`;

export const DEFORM_WGSL = /* wgsl */ `
${PARAMS_WGSL}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> points: array<vec4f>; // at rest
@group(0) @binding(2) var<storage, read> bound: array<vec4u>; // the four handles of a splat
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read> handles: array<vec4f>; // at rest
@group(0) @binding(5) var<storage, read> pose: array<f32>; // [frames, handles, ${POSE_STRIDE}]
@group(0) @binding(6) var<storage, read_write> positions: array<f32>;
@group(0) @binding(7) var<storage, read_write> linears: array<f32>;

${READ_HANDLE}

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = threadOf(group, groups, lane);
  if (at >= params.count * params.frames) { return; }
  let splat = at % params.count;
  let count = arrayLength(&handles);
  let point = points[splat].xyz;
  var x = vec3f();
  var l0 = vec3f();
  var l1 = vec3f();
  var l2 = vec3f();
  for (var b = 0u; b < 4u; b++) {
    let weight = weights[splat][b];
    if (weight == 0.0) { continue; }
    let k = bound[splat][b];
    let handle = (at / params.count) * count + k;
    let d = point - handles[k].xyz;
    let r0 = row(handle, 0u);
    let r1 = row(handle, 1u);
    let r2 = row(handle, 2u);
    x += weight * (vec3f(dot(r0, d), dot(r1, d), dot(r2, d)) + row(handle, 3u));
    l0 += weight * r0;
    l1 += weight * r1;
    l2 += weight * r2;
  }
  for (var i = 0u; i < 3u; i++) {
    positions[at * 3u + i] = x[i];
    linears[at * 9u + i] = l0[i];
    linears[at * 9u + 3u + i] = l1[i];
    linears[at * 9u + 6u + i] = l2[i];
  }
}
`;

export const DEFORM_GRADIENT_WGSL = /* wgsl */ `
${PARAMS_WGSL}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> points: array<vec4f>;
@group(0) @binding(2) var<storage, read> weights: array<f32>; // [splats, 4]
@group(0) @binding(3) var<storage, read> handles: array<vec4f>;
@group(0) @binding(4) var<storage, read> starts: array<u32>; // of each handle's members, and one past the last
@group(0) @binding(5) var<storage, read> members: array<u32>; // splat * 4 + which of its handles this is
@group(0) @binding(6) var<storage, read> gradient: array<f32>; // positions of all frames, then linears of all frames
@group(0) @binding(7) var<storage, read_write> onPose: array<f32>; // layout of the pose

var<workgroup> rows: array<array<vec3f, 4>, ${TEAM}>;

@compute @workgroup_size(${TEAM})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = groupOf(group, groups);
  let count = arrayLength(&handles);
  let frame = at / count;
  let handle = at % count;
  var sum = array<vec3f, 4>(); // dL/drotation by rows, dL/dcentre
  if (frame < params.frames) {
    let c = handles[handle].xyz;
    let linears = params.count * params.frames * 3u;
    for (var m = starts[handle] + lane; m < starts[handle + 1u]; m += ${TEAM}u) {
      let splat = members[m] / 4u;
      let weight = weights[members[m]];
      let d = points[splat].xyz - c;
      let x = (frame * params.count + splat) * 3u;
      let l = linears + (frame * params.count + splat) * 9u;
      for (var i = 0u; i < 3u; i++) {
        let g = weight * gradient[x + i];
        let o = l + i * 3u;
        sum[i] += g * d + weight * vec3f(gradient[o], gradient[o + 1u], gradient[o + 2u]);
        sum[3][i] += g;
      }
    }
  }
  rows[lane] = sum;
  for (var half = ${TEAM / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      for (var i = 0u; i < 4u; i++) { rows[lane][i] += rows[lane + half][i]; }
    }
  }
  workgroupBarrier();
  if (frame < params.frames && lane < ${POSE_STRIDE}u) { onPose[at * ${POSE_STRIDE}u + lane] = rows[0][lane / 3u][lane % 3u]; }
}
`;
