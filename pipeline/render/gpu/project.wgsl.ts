// Projects every splat of every image: the GPU's projectSplats (../project-splats.ts). One thread an entry.

import { PARAMS_WGSL, PROJECTED_WGSL, TILE, WORKGROUP } from "./shared.wgsl.ts";

/** Depth keys are the bits of the depth above those of the nearest depth, this many of them: enough up to 1e8. */
export const DEPTH_BITS = 28;

/** The forward step that project-gradient.wgsl.ts repeats: T = J W L and its parts. */
export const TRANSFORM_WGSL = /* wgsl */ `
struct View { right: vec3f, up: vec3f, back: vec3f }
/** Rows of M = J W and of T = M L, and the pieces of the Jacobian. */
struct Transform { depth: f32, u: f32, v: f32, sx: f32, sy: f32, m0: vec3f, m1: vec3f, t0: vec3f, t1: vec3f }

fn readView(camera: u32) -> View {
  return View(cameras[camera * 3u].xyz, cameras[camera * 3u + 1u].xyz, cameras[camera * 3u + 2u].xyz);
}
fn readPosition(at: u32) -> vec3f { return vec3f(positions[at * 3u], positions[at * 3u + 1u], positions[at * 3u + 2u]); }
fn readRow(at: u32, row: u32) -> vec3f {
  let i = at * 9u + row * 3u;
  return vec3f(linears[i], linears[i + 1u], linears[i + 2u]);
}
fn transform(view: View, p: vec3f, l0: vec3f, l1: vec3f, l2: vec3f) -> Transform {
  let depth = params.distance - dot(view.back, p);
  let sx = params.scaleX / depth;
  let sy = params.scaleY / depth;
  let u = sx * dot(view.right, p);
  let v = sy * dot(view.up, p);
  let m0 = sx * view.right + (u / depth) * view.back;
  let m1 = sy * view.up + (v / depth) * view.back;
  let t0 = m0.x * l0 + m0.y * l1 + m0.z * l2;
  let t1 = m1.x * l0 + m1.y * l1 + m1.z * l2;
  return Transform(depth, u, v, sx, sy, m0, m1, t0, t1);
}
`;

export const PROJECT_WGSL = /* wgsl */ `
${PARAMS_WGSL}
${PROJECTED_WGSL}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> surface: array<vec4f>; // normal, sigma
@group(0) @binding(2) var<storage, read> positions: array<f32>;
@group(0) @binding(3) var<storage, read> linears: array<f32>;
@group(0) @binding(4) var<storage, read> cameras: array<vec4f>; // view axes, three rows a camera
@group(0) @binding(5) var<storage, read_write> projected: array<vec4u>;
@group(0) @binding(6) var<storage, read_write> keys: array<u32>;
@group(0) @binding(7) var<storage, read_write> order: array<u32>;
@group(0) @binding(8) var<storage, read_write> status: array<atomic<u32>>; // intersections, first bad splat

${TRANSFORM_WGSL}

fn finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }
fn finite3(x: vec3f) -> bool { return finite(x.x) && finite(x.y) && finite(x.z); }

/** First and last pixel whose centre lies within reach of a coordinate measured from the middle of the image. */
fn pixels(middle: f32, reach: f32, size: u32) -> vec2i {
  let centre = middle + 0.5 * f32(size) - 0.5;
  let first = ceil(max(centre - reach, 0.0));
  let last = floor(min(centre + reach, f32(size) - 1.0));
  return vec2i(i32(min(first, f32(size))), i32(max(last, -1.0)));
}

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let entry = threadOf(group, groups, lane);
  if (entry >= params.count * params.frames * params.cameras) { return; }
  let splat = entry % params.count;
  let image = entry / params.count;
  let at = (image % params.frames) * params.count + splat;

  let nearest = bitcast<u32>(params.near);
  var key = ${2 ** DEPTH_BITS - 1}u;
  var head = vec4u();
  var tail = vec4u();
  let p = readPosition(at);
  let l0 = readRow(at, 0u);
  let l1 = readRow(at, 1u);
  let l2 = readRow(at, 2u);
  let t = transform(readView(image / params.frames), p, l0, l1, l2);
  var sound = finite3(p) && finite3(l0) && finite3(l1) && finite3(l2);
  if (sound && t.depth >= params.near) {
    let n = surface[splat];
    let variance = n.w * n.w;
    let q0 = dot(t.t0, n.xyz);
    let q1 = dot(t.t1, n.xyz);
    let plainX = variance * (dot(t.t0, t.t0) - params.flat * q0 * q0);
    let plainY = variance * (dot(t.t1, t.t1) - params.flat * q1 * q1);
    let xy = variance * (dot(t.t0, t.t1) - params.flat * q0 * q1);
    let xx = plainX + params.lowPass;
    let yy = plainY + params.lowPass;
    // The determinant without the low pass by Cauchy and Binet, all terms positive: xx yy - xy^2 would lose half its digits.
    let w = cross(t.t0, t.t1);
    let wn = dot(w, n.xyz);
    let thin = variance * variance * ((1.0 - params.flat) * dot(w, w) + params.flat * wn * wn);
    let determinant = thin + params.lowPass * (plainX + plainY + params.lowPass);
    sound = finite(determinant) && finite(t.u) && finite(t.v) && determinant > 0.0;
    let columns = pixels(t.u, sqrt(params.support * xx), params.width);
    let rows = pixels(t.v, sqrt(params.support * yy), params.height);
    if (sound && columns.x <= columns.y && rows.x <= rows.y) {
      let first = vec2u(vec2i(columns.x, rows.x)) / ${TILE}u;
      let end = vec2u(vec2i(columns.y, rows.y)) / ${TILE}u + 1u;
      head = bitcast<vec4u>(vec4f(t.u, t.v, yy / determinant, -xy / determinant));
      tail = vec4u(bitcast<u32>(xx / determinant), first.x | (first.y << 8u) | (end.x << 16u) | (end.y << 24u), 0u, 0u);
      key = min(bitcast<u32>(t.depth) - nearest, ${2 ** DEPTH_BITS - 2}u);
    }
  }
  if (!sound) { atomicMin(&status[1], at); }
  projected[entry * 2u] = head;
  projected[entry * 2u + 1u] = tail;
  keys[entry] = key;
  order[entry] = entry;
}
`;
