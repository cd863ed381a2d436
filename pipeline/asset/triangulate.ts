// Any triangle topology of glTF as a plain triangle list. Points and lines have no surface and give null.

import { Primitive } from "@gltf-transform/core";

/**
 * @param indices null for a primitive without an index.
 * @returns [triangles * 3]; triangles that name a vertex twice are left out. null for points and lines.
 * @throws RangeError where an index names a vertex that is not there.
 */
export function triangulate(mode: number, indices: ArrayLike<number> | null, vertexCount: number): Uint32Array | null {
  const { TRIANGLES, TRIANGLE_STRIP, TRIANGLE_FAN } = Primitive.Mode;
  if (mode !== TRIANGLES && mode !== TRIANGLE_STRIP && mode !== TRIANGLE_FAN) return null;
  const length = indices ? indices.length : vertexCount;
  const at = (i: number): number => (indices ? indices[i] : i);
  const triangles = mode === TRIANGLES ? Math.floor(length / 3) : Math.max(0, length - 2);
  const out = new Uint32Array(triangles * 3);
  let written = 0;
  for (let t = 0; t < triangles; t++) {
    let a = at(mode === TRIANGLES ? 3 * t : mode === TRIANGLE_FAN ? 0 : t);
    let b = at(mode === TRIANGLES ? 3 * t + 1 : t + 1);
    const c = at(mode === TRIANGLES ? 3 * t + 2 : t + 2);
    if (mode === TRIANGLE_STRIP && t % 2 === 1) [a, b] = [b, a];
    const highest = Math.max(a, b, c);
    if (highest >= vertexCount) throw new RangeError(`index ${highest} of a primitive with ${vertexCount} vertices`);
    if (a === b || b === c || a === c) continue;
    out[written++] = a;
    out[written++] = b;
    out[written++] = c;
  }
  return out.slice(0, written);
}
