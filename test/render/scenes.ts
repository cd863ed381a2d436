// Small splat scenes for the renderer's tests: a random cloud whose depth order no small step changes, a sphere and a plane.

import { viewAxes } from "../../pipeline/render/camera.ts";
import type { Camera, SplatFrames, Splats } from "../../pipeline/render/renderer.ts";

/** Deterministic uniform numbers in 0..1 (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function emptySplats(count: number): Splats {
  return {
    count,
    positions: new Float32Array(count * 3),
    normals: new Float32Array(count * 3),
    colors: new Float32Array(count * 3),
    sigmas: new Float32Array(count),
  };
}

/** `frames` copies of the rest positions with identity linear parts. */
export function restFrames(splats: Splats, frames = 1): SplatFrames {
  const positions = new Float32Array(frames * splats.count * 3);
  const linears = new Float32Array(frames * splats.count * 9);
  for (let frame = 0; frame < frames; frame++) positions.set(splats.positions, frame * splats.positions.length);
  for (let i = 0; i < linears.length; i++) linears[i] = i % 9 === 0 || i % 9 === 4 || i % 9 === 8 ? 1 : 0;
  return { frames, positions, linears };
}

/** Random overlapping splats; in every camera any two of one frame differ in depth by at least `gap`. */
export function randomScene(count: number, frames: number, cameras: readonly Camera[], gap: number, seed: number) {
  const next = random(seed);
  const signed = (scale: number) => (next() * 2 - 1) * scale;
  const splats = emptySplats(count);
  for (let i = 0; i < count; i++) {
    const normal = [signed(1), signed(1), signed(1)];
    const length = Math.hypot(...normal) || 1;
    splats.normals.set(
      normal.map((x) => x / length),
      i * 3,
    );
    splats.colors.set([next(), next(), next()], i * 3);
    splats.sigmas[i] = 0.03 + 0.05 * next();
  }
  const posed = restFrames(splats, frames);
  for (let i = 0; i < posed.linears.length; i++) posed.linears[i] += signed(0.3);
  const backs = cameras.map((camera) => viewAxes(camera).subarray(6));
  for (let frame = 0; frame < frames; frame++) {
    const depths: number[][] = [];
    while (depths.length < count) {
      const point = [signed(0.3), signed(0.3), signed(0.3)];
      const own = backs.map((back) => back[0] * point[0] + back[1] * point[1] + back[2] * point[2]);
      if (depths.some((other) => other.some((depth, camera) => Math.abs(depth - own[camera]) < gap))) continue;
      posed.positions.set(point, (frame * count + depths.length) * 3);
      depths.push(own);
    }
  }
  return { splats, posed };
}

/** Evenly spread splats of one colour on a sphere around the origin. */
export function sphere(count: number, radius: number, color: readonly number[]): Splats {
  const splats = emptySplats(count);
  for (let i = 0; i < count; i++) {
    const y = 1 - (2 * (i + 0.5)) / count;
    const ring = Math.sqrt(1 - y * y);
    const angle = i * Math.PI * (3 - Math.sqrt(5));
    const normal = [ring * Math.cos(angle), y, ring * Math.sin(angle)];
    splats.normals.set(normal, i * 3);
    splats.positions.set(
      normal.map((x) => x * radius),
      i * 3,
    );
    splats.colors.set(color, i * 3);
    splats.sigmas[i] = 0.65 * radius * Math.sqrt((4 * Math.PI) / count);
  }
  return splats;
}
