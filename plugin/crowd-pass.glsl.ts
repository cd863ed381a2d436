// The crowd's pose pass in GLSL ES 3.0: one fragment computes one column of one handle's matrix for one member. It mirrors
// mix-pose.ts (rotation, translation and scale) and spaces.ts (into mesh space); crowd-pass.wgsl.ts is its twin.

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
uniform sampler2D motionTexture;
uniform sampler2D handleTexture;
uniform sampler2D memberTexture;
uniform sampler2D spaceTexture;

void main(void) {
  ivec2 place = ivec2(gl_FragCoord.xy);
  int handle = place.x / 4;
  int column = place.x - handle * 4;
  int members = textureSize(memberTexture, 0).y;
  int space = place.y / members;
  int member = place.y - space * members;

  vec4 rotation = vec4(0.0);
  vec4 shift = vec4(0.0);
  for (int layer = 0; layer < 2; layer++) {
    vec4 state = texelFetch(memberTexture, ivec2(layer, member), 0);
    if (state.w > 0.0) {
      ivec2 first = ivec2(handle * 2, int(state.x));
      ivec2 second = ivec2(handle * 2, int(state.y));
      vec4 turn = mix(texelFetch(motionTexture, first, 0), texelFetch(motionTexture, second, 0), state.z);
      turn = turn / length(turn);
      if (dot(rotation, turn) < 0.0) { turn = -turn; }
      rotation += state.w * turn;
      shift += state.w * mix(
        texelFetch(motionTexture, first + ivec2(1, 0), 0), texelFetch(motionTexture, second + ivec2(1, 0), 0), state.z);
    }
  }
  vec4 q = rotation / length(rotation);
  // Moves first as the added clip and then as the others: addPose of mix-pose.ts.
  vec4 added = texelFetch(memberTexture, ivec2(2, member), 0);
  if (added.w > 0.0) {
    ivec2 first = ivec2(handle * 2, int(added.x));
    ivec2 second = ivec2(handle * 2, int(added.y));
    vec4 turn = mix(texelFetch(motionTexture, first, 0), texelFetch(motionTexture, second, 0), added.z);
    turn = turn / length(turn);
    if (turn.w < 0.0) { turn = -turn; }
    turn = mix(vec4(0.0, 0.0, 0.0, 1.0), turn, added.w);
    turn = turn / length(turn);
    vec4 step = mix(vec4(0.0, 0.0, 0.0, 1.0), mix(
      texelFetch(motionTexture, first + ivec2(1, 0), 0),
      texelFetch(motionTexture, second + ivec2(1, 0), 0), added.z), added.w);
    shift.xyz += shift.w * (step.xyz + 2.0 * cross(q.xyz, cross(q.xyz, step.xyz) + q.w * step.xyz));
    shift.w *= step.w;
    q = vec4(q.w * turn.xyz + turn.w * q.xyz + cross(q.xyz, turn.xyz), q.w * turn.w - dot(q.xyz, turn.xyz));
  }
  vec4 centre = texelFetch(handleTexture, ivec2(handle, 0), 0);
  vec4 before = texelFetch(spaceTexture, ivec2(column, space), 0);
  vec3 v = before.xyz - centre.xyz * before.w;
  vec3 turned = shift.w * (v + 2.0 * cross(q.xyz, cross(q.xyz, v) + q.w * v));
  vec4 moved = vec4(turned + (centre.xyz + centre.w * shift.xyz) * before.w, before.w);
  gl_FragColor =
    texelFetch(spaceTexture, ivec2(4, space), 0) * moved.x +
    texelFetch(spaceTexture, ivec2(5, space), 0) * moved.y +
    texelFetch(spaceTexture, ivec2(6, space), 0) * moved.z +
    texelFetch(spaceTexture, ivec2(7, space), 0) * moved.w;
}
`;
