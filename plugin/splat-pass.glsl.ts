// The splats' pass in GLSL ES 3.0: one fragment moves one splat, its centre by the blended matrix of its handles and its covariance S to
// F S F^T with F that matrix' linear part. OUTPUT chooses what is written. splat-pass.wgsl.ts is its twin, splat-reference.ts (test) the truth.

export const VERTEX = `
attribute vec2 position;
void main(void) {
  gl_Position = vec4(position, 0.0, 1.0);
}
`;

export const FRAGMENT = `
precision highp float;
precision highp int;
precision highp sampler2D;
uniform sampler2D restCenters;
uniform sampler2D restCovariancesA;
uniform sampler2D restCovariancesB;
uniform sampler2D handleIndices;
uniform sampler2D handleWeights;
uniform sampler2D poseTexture;

void main(void) {
  ivec2 place = ivec2(gl_FragCoord.xy);
  vec4 centre = texelFetch(restCenters, place, 0);
  vec4 a = texelFetch(restCovariancesA, place, 0) * centre.w;
  vec4 b = texelFetch(restCovariancesB, place, 0) * centre.w;
  vec4 indices = texelFetch(handleIndices, place, 0);
  vec4 weights = texelFetch(handleWeights, place, 0);
  float total = weights.x + weights.y + weights.z + weights.w;
  mat4 moved = mat4(1.0);
  if (total > 0.0) {
    moved = mat4(0.0);
    for (int i = 0; i < 4; i++) {
      int first = int(indices[i] + 0.5) * 4;
      for (int column = 0; column < 4; column++) {
        moved[column] += weights[i] / total * texelFetch(poseTexture, ivec2(first + column, 0), 0);
      }
    }
  }
  mat3 linear = mat3(moved);
  mat3 rest = mat3(a.x, a.y, a.z, a.y, a.w, b.x, a.z, b.x, b.y);
  mat3 s = linear * rest * transpose(linear);
  float most = max(max(abs(s[0][0]), max(abs(s[0][1]), abs(s[0][2]))), max(abs(s[1][1]), max(abs(s[1][2]), abs(s[2][2]))));
  float shares = most > 0.0 ? 1.0 / most : 0.0;
#if OUTPUT == 0
  gl_FragColor = vec4((moved * vec4(centre.xyz, 1.0)).xyz, most);
#elif OUTPUT == 1
  gl_FragColor = vec4(s[0][0], s[0][1], s[0][2], s[1][1]) * shares;
#else
  gl_FragColor = vec4(s[1][2], s[2][2], 0.0, 0.0) * shares;
#endif
}
`;
