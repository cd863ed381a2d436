// The scene of the renderer's benchmarks, by formula so that gsplat_reference.py can build the same one: splats on a bumpy sphere
// that turns a little from frame to frame, cameras around it.

import type { Camera, SplatFrames, Splats } from "../../pipeline/render/renderer.ts";

const GOLDEN = Math.PI * (3 - Math.sqrt(5));

/** A Fibonacci sphere of radius 0.5 (normalised units) whose radius waves by a tenth; colours from the normal. */
export function benchSplats(count: number): Splats {
  const [positions, normals, colors] = [0, 0, 0].map(() => new Float32Array(count * 3)) as Float32Array[];
  for (let i = 0; i < count; i++) {
    const y = 1 - (2 * (i + 0.5)) / count;
    const ring = Math.sqrt(1 - y * y);
    const normal = [ring * Math.cos(i * GOLDEN), y, ring * Math.sin(i * GOLDEN)];
    const radius = 0.5 * (1 + 0.1 * Math.sin(9 * normal[0]) * Math.sin(9 * normal[2]));
    normals.set(normal, i * 3);
    positions.set(
      normal.map((x) => x * radius),
      i * 3,
    );
    colors.set(
      normal.map((x) => 0.5 + 0.4 * x),
      i * 3,
    );
  }
  const sigmas = new Float32Array(count).fill(0.6 * 0.5 * Math.sqrt((4 * Math.PI) / count));
  return { count, positions, normals, colors, sigmas };
}

/** Frame f is turned by f / 10 radians about the vertical. */
export function benchFrames({ count, positions }: Splats, frames: number): SplatFrames {
  const posed = new Float32Array(frames * count * 3);
  const linears = new Float32Array(frames * count * 9);
  for (let f = 0; f < frames; f++) {
    const [c, s] = [Math.cos(f / 10), Math.sin(f / 10)];
    for (let i = 0; i < count; i++) {
      const [x, y, z] = positions.subarray(i * 3, i * 3 + 3);
      posed.set([c * x + s * z, y, c * z - s * x], (f * count + i) * 3);
      linears.set([c, 0, s, 0, 1, 0, -s, 0, c], (f * count + i) * 9);
    }
  }
  return { frames, positions: posed, linears };
}

export function benchCameras(views: number): Camera[] {
  return Array.from({ length: views }, (_, view) => ({ azimuth: 0.3 + (view * 2 * Math.PI) / views, elevation: 0.2 }));
}

/** dL/dimage that gsplat_reference.py makes alike: a slow wave over the flat index, a thousandth high. */
export function benchGradient(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => 1e-3 * Math.sin(0.37 * (i % 100_003)));
}
