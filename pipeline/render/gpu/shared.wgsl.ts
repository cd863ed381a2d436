// What several kernels share: the numbers of one chain of dispatches, how a splat's projection is packed, and the index of a
// thread in a grid that may be folded into two dimensions.

/** Threads of a workgroup, in every kernel; also the pixels of a tile. */
export const WORKGROUP = 256;
/** Side of a tile, pixels. */
export const TILE = 16;

/** Entry `image * count + splat`; image `camera * frames + frame`, as in the renderer's result. */
export const PARAMS_WGSL = /* wgsl */ `
struct Params {
  count: u32, frames: u32, cameras: u32, width: u32,
  height: u32, tilesX: u32, tilesY: u32, capacity: u32,
  lowPass: f32, opacity: f32, stop: f32, scaleX: f32,
  scaleY: f32, flat: f32, support: f32, background: f32,
  near: f32, distance: f32, unused0: f32, unused1: f32,
}

fn threadOf(group: vec3u, groups: vec3u, lane: u32) -> u32 { return (group.x + group.y * groups.x) * ${WORKGROUP}u + lane; }
fn groupOf(group: vec3u, groups: vec3u) -> u32 { return group.x + group.y * groups.x; }
`;
export const PARAMS_BYTES = 80;

/**
 * A projected splat, two vec4u: mean u, v from the image's centre and conic a, b; then conic c, the rectangle of tiles (four
 * bytes: first column and row, and one past the last), the first of its slots, nothing. Bits, not floats: small whole numbers
 * would be denormal floats, which a GPU may flush to zero.
 */
export const PROJECTED_WGSL = /* wgsl */ `
struct Splat { u: f32, v: f32, a: f32, b: f32, c: f32 }

fn rectangleOf(packed: u32) -> vec4u { return (vec4u(packed) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u); }
fn tilesOf(packed: u32) -> u32 { let r = rectangleOf(packed); return (r.z - r.x) * (r.w - r.y); }
fn splatOf(head: vec4u, tail: vec4u) -> Splat {
  let f = bitcast<vec4f>(head);
  return Splat(f.x, f.y, f.z, f.w, bitcast<f32>(tail.x));
}
`;
export const PROJECTED_BYTES = 32;
