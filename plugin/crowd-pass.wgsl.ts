// The crowd's pose pass in WGSL: one fragment computes one column of one handle's matrix for one member. It mirrors
// mix-pose.ts (rotation, translation and scale) and spaces.ts (into mesh space); crowd-pass.glsl.ts is its twin.

export const VERTEX = `
attribute position: vec2<f32>;
@vertex
fn main(input: VertexInputs) -> FragmentInputs {
  vertexOutputs.position = vec4<f32>(vertexInputs.position, 0.0, 1.0);
}
`;

export const FRAGMENT = `
var motionTexture: texture_2d<f32>;
var handleTexture: texture_2d<f32>;
var memberTexture: texture_2d<f32>;
var spaceTexture: texture_2d<f32>;

@fragment
fn main(input: FragmentInputs) -> FragmentOutputs {
  let place = vec2<i32>(fragmentInputs.position.xy);
  let handle = place.x / 4;
  let column = place.x - handle * 4;
  let members = i32(textureDimensions(memberTexture).y);
  let space = place.y / members;
  let member = place.y - space * members;

  var rotation = vec4<f32>(0.0);
  var shift = vec4<f32>(0.0);
  for (var layer = 0; layer < 2; layer++) {
    let state = textureLoad(memberTexture, vec2<i32>(layer, member), 0);
    if (state.w > 0.0) {
      let first = vec2<i32>(handle * 2, i32(state.x));
      let second = vec2<i32>(handle * 2, i32(state.y));
      var turn = mix(textureLoad(motionTexture, first, 0), textureLoad(motionTexture, second, 0), state.z);
      turn = turn / length(turn);
      if (dot(rotation, turn) < 0.0) { turn = -turn; }
      rotation += state.w * turn;
      shift += state.w * mix(
        textureLoad(motionTexture, first + vec2<i32>(1, 0), 0),
        textureLoad(motionTexture, second + vec2<i32>(1, 0), 0), state.z);
    }
  }
  var q = rotation / length(rotation);
  // Moves first as the added clip and then as the others: addPose of mix-pose.ts.
  let added = textureLoad(memberTexture, vec2<i32>(2, member), 0);
  if (added.w > 0.0) {
    let first = vec2<i32>(handle * 2, i32(added.x));
    let second = vec2<i32>(handle * 2, i32(added.y));
    let rest = vec4<f32>(0.0, 0.0, 0.0, 1.0);
    var turn = mix(textureLoad(motionTexture, first, 0), textureLoad(motionTexture, second, 0), added.z);
    turn = turn / length(turn);
    if (turn.w < 0.0) { turn = -turn; }
    turn = mix(rest, turn, added.w);
    turn = turn / length(turn);
    let step = mix(rest, mix(
      textureLoad(motionTexture, first + vec2<i32>(1, 0), 0),
      textureLoad(motionTexture, second + vec2<i32>(1, 0), 0), added.z), added.w);
    shift += vec4<f32>(shift.w * (step.xyz + 2.0 * cross(q.xyz, cross(q.xyz, step.xyz) + q.w * step.xyz)), 0.0);
    shift.w *= step.w;
    q = vec4<f32>(q.w * turn.xyz + turn.w * q.xyz + cross(q.xyz, turn.xyz), q.w * turn.w - dot(q.xyz, turn.xyz));
  }
  let centre = textureLoad(handleTexture, vec2<i32>(handle, 0), 0);
  let before = textureLoad(spaceTexture, vec2<i32>(column, space), 0);
  let v = before.xyz - centre.xyz * before.w;
  let turned = shift.w * (v + 2.0 * cross(q.xyz, cross(q.xyz, v) + q.w * v));
  let moved = vec4<f32>(turned + (centre.xyz + centre.w * shift.xyz) * before.w, before.w);
  fragmentOutputs.color =
    textureLoad(spaceTexture, vec2<i32>(4, space), 0) * moved.x +
    textureLoad(spaceTexture, vec2<i32>(5, space), 0) * moved.y +
    textureLoad(spaceTexture, vec2<i32>(6, space), 0) * moved.z +
    textureLoad(spaceTexture, vec2<i32>(7, space), 0) * moved.w;
}
`;
