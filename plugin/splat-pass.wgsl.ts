// The splats' pass in WGSL: one fragment moves one splat, its centre by the blended matrix of its handles and its covariance S to F S F^T
// with F that matrix' linear part. OUTPUT chooses what is written. splat-pass.glsl.ts is its twin.

export const VERTEX = `
attribute position: vec2<f32>;
@vertex
fn main(input: VertexInputs) -> FragmentInputs {
  vertexOutputs.position = vec4<f32>(vertexInputs.position, 0.0, 1.0);
}
`;

export const FRAGMENT = `
var restCenters: texture_2d<f32>;
var restCovariancesA: texture_2d<f32>;
var restCovariancesB: texture_2d<f32>;
var handleIndices: texture_2d<f32>;
var handleWeights: texture_2d<f32>;
var poseTexture: texture_2d<f32>;

@fragment
fn main(input: FragmentInputs) -> FragmentOutputs {
  let place = vec2<i32>(fragmentInputs.position.xy);
  let centre = textureLoad(restCenters, place, 0);
  let a = textureLoad(restCovariancesA, place, 0) * centre.w;
  let b = textureLoad(restCovariancesB, place, 0) * centre.w;
  let indices = textureLoad(handleIndices, place, 0);
  let weights = textureLoad(handleWeights, place, 0);
  let total = weights.x + weights.y + weights.z + weights.w;
  var x = vec4<f32>(1.0, 0.0, 0.0, 0.0);
  var y = vec4<f32>(0.0, 1.0, 0.0, 0.0);
  var z = vec4<f32>(0.0, 0.0, 1.0, 0.0);
  var w = vec4<f32>(0.0, 0.0, 0.0, 1.0);
  if (total > 0.0) {
    x = vec4<f32>(0.0);
    y = vec4<f32>(0.0);
    z = vec4<f32>(0.0);
    w = vec4<f32>(0.0);
    for (var i = 0; i < 4; i++) {
      let first = i32(indices[i] + 0.5) * 4;
      let share = weights[i] / total;
      x += share * textureLoad(poseTexture, vec2<i32>(first, 0), 0);
      y += share * textureLoad(poseTexture, vec2<i32>(first + 1, 0), 0);
      z += share * textureLoad(poseTexture, vec2<i32>(first + 2, 0), 0);
      w += share * textureLoad(poseTexture, vec2<i32>(first + 3, 0), 0);
    }
  }
  let moved = mat4x4<f32>(x, y, z, w);
  let linear = mat3x3<f32>(x.xyz, y.xyz, z.xyz);
  let rest = mat3x3<f32>(a.x, a.y, a.z, a.y, a.w, b.x, a.z, b.x, b.y);
  let s = linear * rest * transpose(linear);
  let most = max(
    max(abs(s[0][0]), max(abs(s[0][1]), abs(s[0][2]))), max(abs(s[1][1]), max(abs(s[1][2]), abs(s[2][2]))));
  let shares = select(0.0, 1.0 / most, most > 0.0);
#if OUTPUT == 0
  fragmentOutputs.color = vec4<f32>((moved * vec4<f32>(centre.xyz, 1.0)).xyz, most);
#elif OUTPUT == 1
  fragmentOutputs.color = vec4<f32>(s[0][0], s[0][1], s[0][2], s[1][1]) * shares;
#else
  fragmentOutputs.color = vec4<f32>(s[1][2], s[2][2], 0.0, 0.0) * shares;
#endif
}
`;
