// The .splat format: 32 bytes a splat and nothing else. Centre and scales as float32, RGBA as bytes, a quaternion wxyz as bytes.

import { emptyCloud, type SplatCloud, SplatFormatError } from "./splat-cloud.ts";

const ROW = 32;

/** @throws SplatFormatError where the length is no whole number of splats. */
export function readSplat(bytes: Uint8Array): SplatCloud {
  if (bytes.length === 0 || bytes.length % ROW !== 0) {
    throw new SplatFormatError(`has ${bytes.length} bytes, which is no multiple of ${ROW}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cloud = emptyCloud(bytes.length / ROW);
  for (let s = 0; s < cloud.count; s++) {
    const at = s * ROW;
    for (let c = 0; c < 3; c++) {
      cloud.positions[s * 3 + c] = view.getFloat32(at + c * 4, true);
      cloud.scales[s * 3 + c] = view.getFloat32(at + 12 + c * 4, true);
      cloud.colors[s * 3 + c] = bytes[at + 24 + c] / 255;
    }
    cloud.opacities[s] = bytes[at + 27] / 255;
    for (let c = 0; c < 4; c++) cloud.rotations[s * 4 + c] = (bytes[at + 28 + c] - 127.5) / 127.5;
  }
  return cloud;
}
