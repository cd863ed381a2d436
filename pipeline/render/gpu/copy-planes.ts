// Moves some frames between two clips of the renderer's layout, [cameras, 3, frames, height, width].

/**
 * @param from clip of `fromFrames` frames, read from frame `fromFirst` on.
 * @param to clip of `toFrames` frames, written from frame `toFirst` on.
 * @param plane pixels of an image.
 * @param frames how many.
 */
export function copyPlanes(
  from: Float32Array,
  fromFirst: number,
  fromFrames: number,
  to: Float32Array,
  toFirst: number,
  toFrames: number,
  plane: number,
  frames: number,
): void {
  const channels = from.length / (fromFrames * plane);
  for (let channel = 0; channel < channels; channel++) {
    const start = (channel * fromFrames + fromFirst) * plane;
    to.set(from.subarray(start, start + frames * plane), (channel * toFrames + toFirst) * plane);
  }
}
