// Public face of the runtime: reading motion fields and playing them on the CPU, in any JavaScript engine.

export { decodeMotionField, readMotionField } from "./decode.ts";
export { deformNormals, deformPositions, toMeshSpace } from "./deform.ts";
export type { FieldBinding, FieldBounds, FieldClip, MotionField } from "./field.ts";
export { EXTENSION_NAME, FORMAT_VERSION, FormatError } from "./field.ts";
export { floatToHalf, HALF_MAX, halfToFloat } from "./half.ts";
export { hashPositions } from "./hash.ts";
export { blendPoses, clipRow, type HandlePose, poseMatrices, sampleHandles, samplePose } from "./sample.ts";
