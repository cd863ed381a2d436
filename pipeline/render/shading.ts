// The fixed light of every render: Lambert plus ambient from the rest normals, baked into the splats' colours once. The
// teacher's training renders use the same numbers.

export const LIGHT = [0.3, 0.8, 0.6].map((value) => value / Math.hypot(0.3, 0.8, 0.6)) as [number, number, number];
export const AMBIENT = 0.55;
export const EXPOSURE = 1.08;

/**
 * colour * EXPOSURE * (AMBIENT + (1 - AMBIENT) * max(0, n . l)), at most 1.
 * @param colors sRGB 0..1, [n * 3].
 * @param normals Unit normals in normalised space (the asset's own axes), [n * 3].
 * @returns [n * 3], a new array.
 */
export function shade(colors: Float32Array, normals: Float32Array): Float32Array {
  const shaded = new Float32Array(colors.length);
  for (let i = 0; i < colors.length; i += 3) {
    const cosine = normals[i] * LIGHT[0] + normals[i + 1] * LIGHT[1] + normals[i + 2] * LIGHT[2];
    const light = EXPOSURE * (AMBIENT + (1 - AMBIENT) * Math.max(0, cosine));
    for (let c = 0; c < 3; c++) shaded[i + c] = Math.min(1, colors[i + c] * light);
  }
  return shaded;
}
