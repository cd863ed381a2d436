// Sums each splat's slots and takes the gradient back to its position and linear part: the GPU's projectSplatsGradient
// (../project-splats-gradient.ts), with the end of compositeGradient before it. One thread a splat and frame; cameras in order.

import { TRANSFORM_WGSL } from "./project.wgsl.ts";
import { MOMENTS } from "./rasterise-gradient.wgsl.ts";
import { PARAMS_WGSL, PROJECTED_WGSL, WORKGROUP } from "./shared.wgsl.ts";

export const PROJECT_GRADIENT_WGSL = /* wgsl */ `
${PARAMS_WGSL}
${PROJECTED_WGSL}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> surface: array<vec4f>; // normal, sigma
@group(0) @binding(2) var<storage, read> positions: array<f32>;
@group(0) @binding(3) var<storage, read> linears: array<f32>;
@group(0) @binding(4) var<storage, read> cameras: array<vec4f>;
@group(0) @binding(5) var<storage, read> projected: array<vec4u>;
@group(0) @binding(6) var<storage, read> moments: array<f32>;
@group(0) @binding(7) var<storage, read_write> gradient: array<f32>; // positions of all frames, then linears of all frames

${TRANSFORM_WGSL}

struct Gradient { position: vec3f, l0: vec3f, l1: vec3f, l2: vec3f }

/** Gradient of one image, from the moments of dL/dq there. */
fn imageGradient(view: View, p: vec3f, l0: vec3f, l1: vec3f, l2: vec3f, n: vec4f, k: Splat, m: array<f32, ${MOMENTS}>) -> Gradient {
  // q = d^T K d with K the conic: dL/dmean = K m, dL/dcovariance = K M K / 2.
  let gu = k.a * m[0] + k.b * m[1];
  let gv = k.b * m[0] + k.c * m[1];
  let x = vec2f(k.a * m[2] + k.b * m[3], k.b * m[2] + k.c * m[3]);
  let y = vec2f(k.a * m[3] + k.b * m[4], k.b * m[3] + k.c * m[4]);
  let gxx = (x.x * k.a + y.x * k.b) / 2.0;
  let gxy = (x.x * k.b + y.x * k.c) / 2.0;
  let gyy = (x.y * k.b + y.y * k.c) / 2.0;

  // dL/dT = 2 s^2 G (T - flat q n^T).
  let t = transform(view, p, l0, l1, l2);
  let a0 = t.t0 - params.flat * dot(t.t0, n.xyz) * n.xyz;
  let a1 = t.t1 - params.flat * dot(t.t1, n.xyz) * n.xyz;
  let twice = 2.0 * n.w * n.w;
  let d0 = twice * (gxx * a0 + gxy * a1);
  let d1 = twice * (gxy * a0 + gyy * a1);

  // dL/dM = dL/dT L^T, read along the camera's axes: the entries of J.
  let e0 = vec3f(dot(d0, l0), dot(d0, l1), dot(d0, l2));
  let e1 = vec3f(dot(d1, l0), dot(d1, l1), dot(d1, l2));
  let gsx = dot(e0, view.right);
  let gjx = dot(e0, view.back);
  let gsy = dot(e1, view.up);
  let gjy = dot(e1, view.back);

  // View space: sx = scale / depth, jx = scale x / depth^2, and depth falls with view z.
  let jx = t.u / t.depth;
  let jy = t.v / t.depth;
  let viewX = (gu + gjx / t.depth) * t.sx;
  let viewY = (gv + gjy / t.depth) * t.sy;
  let viewZ = gu * jx + gv * jy + (gsx * t.sx + gsy * t.sy + 2.0 * (gjx * jx + gjy * jy)) / t.depth;
  let position = viewX * view.right + viewY * view.up + viewZ * view.back;
  // dL/dL = M^T dL/dT.
  return Gradient(position, t.m0.x * d0 + t.m1.x * d1, t.m0.y * d0 + t.m1.y * d1, t.m0.z * d0 + t.m1.z * d1);
}

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = threadOf(group, groups, lane);
  if (at >= params.count * params.frames) { return; }
  let splat = at % params.count;
  let p = readPosition(at);
  let l0 = readRow(at, 0u);
  let l1 = readRow(at, 1u);
  let l2 = readRow(at, 2u);
  let n = surface[splat];
  var sum = Gradient();
  for (var camera = 0u; camera < params.cameras; camera++) {
    let entry = camera * params.frames * params.count + at;
    let tail = projected[entry * 2u + 1u];
    let slots = tilesOf(tail.y);
    if (slots == 0u) { continue; }
    var m = array<f32, ${MOMENTS}>();
    for (var slot = tail.z; slot < tail.z + slots; slot++) {
      for (var i = 0u; i < ${MOMENTS}u; i++) { m[i] += moments[slot * ${MOMENTS}u + i]; }
    }
    let one = imageGradient(readView(camera), p, l0, l1, l2, n, splatOf(projected[entry * 2u], tail), m);
    sum = Gradient(sum.position + one.position, sum.l0 + one.l0, sum.l1 + one.l1, sum.l2 + one.l2);
  }
  let o = params.count * params.frames * 3u + at * 9u;
  for (var i = 0u; i < 3u; i++) {
    gradient[at * 3u + i] = sum.position[i];
    gradient[o + i] = sum.l0[i];
    gradient[o + 3u + i] = sum.l1[i];
    gradient[o + 6u + i] = sum.l2[i];
  }
}
`;
