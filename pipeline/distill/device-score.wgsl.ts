// The arithmetic of the score on the GPU: the noised clip of addNoise (noise.ts) and the score of motionScore (score.ts).

import { WORKGROUP } from "../render/gpu/shared.wgsl.ts";

/** Values that one thread takes. */
const RUN = 16;
/** Values that one workgroup takes, and of which it sums the squared score. */
export const SCORE_BLOCK = WORKGROUP * RUN;

export const SCORE_PARAMS_BYTES = 32;

const PARAMS = /* wgsl */ `
struct Params { length: u32, level: f32, guidance: f32, sourceWeight: f32, scale: f32, moving: f32, predictions: u32, unused: f32 }
@group(0) @binding(0) var<uniform> params: Params;
`;
const SIGNATURE = `@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32)`;
/** The i-th value of a thread lies beside that of its neighbours. */
const INDEX = `let i = (group.x + group.y * groups.x) * ${SCORE_BLOCK}u + k * ${WORKGROUP}u + lane;
    if (i >= params.length) { break; }`;

/** x_s = (1 - s) x + s eps, once for the source and once for every prediction that guidance needs. */
export const ADD_NOISE_WGSL = /* wgsl */ `
${PARAMS}
@group(0) @binding(1) var<storage, read> clip: array<f32>;
@group(0) @binding(2) var<storage, read> noise: array<f32>;
@group(0) @binding(3) var<storage, read_write> noisy: array<f32>;
@group(0) @binding(4) var<storage, read_write> asked: array<f32>;

${SIGNATURE} {
  for (var k = 0u; k < ${RUN}u; k++) {
    ${INDEX}
    let value = (1.0 - params.level) * clip[i] + params.level * noise[i];
    noisy[i] = value;
    for (var p = 0u; p < params.predictions; p++) { asked[p * params.length + i] = value; }
  }
}
`;

/** gradient = g scale; sums[block] = the block's sum of g^2, always added in the same order. */
export const COMBINE_WGSL = /* wgsl */ `
${PARAMS}
@group(0) @binding(1) var<storage, read> clip: array<f32>;
@group(0) @binding(2) var<storage, read> answer: array<f32>; // guided, or: with the prompt, then without
@group(0) @binding(3) var<storage, read> still: array<f32>; // moving: the source's prediction; static: its residual
@group(0) @binding(4) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(5) var<storage, read_write> sums: array<f32>;
var<workgroup> partial: array<f32, ${WORKGROUP}>;

${SIGNATURE} {
  let block = group.x + group.y * groups.x;
  var sum = 0.0;
  for (var k = 0u; k < ${RUN}u; k++) {
    ${INDEX}
    var wanted = answer[i];
    if (params.predictions > 1u) {
      let plain = answer[params.length + i];
      wanted = plain + params.guidance * (wanted - plain);
    }
    var g = clip[i] - wanted;
    if (params.sourceWeight > 0.0) { g += params.sourceWeight * select(-still[i], still[i] - clip[i], params.moving > 0.5); }
    sum += g * g;
    gradient[i] = g * params.scale;
  }
  partial[lane] = sum;
  for (var half = ${WORKGROUP / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { partial[lane] += partial[lane + half]; }
  }
  if (lane == 0u && block * ${SCORE_BLOCK}u < params.length) { sums[block] = partial[0]; }
}
`;
