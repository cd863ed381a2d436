// A teacher that draws one clip for the first cameras it sees and then wants nothing else: with it the loop fits the motion to one
// sample, the simplest rival of every score.

import { SAMPLE_CLIP_DEFAULTS, sampleClip } from "../../pipeline/teacher/sample-clip.ts";
import type { Teacher, TextTokens } from "../../pipeline/teacher/teacher.ts";

export function fixedTarget(teacher: Teacher): Teacher {
  let asked: TextTokens | null = null;
  const clips = new Map<string, Promise<Float32Array>>();
  return {
    ...teacher,
    async encodeText(prompt) {
      asked = await teacher.encodeText(prompt);
      return asked;
    },
    async predict({ clips: noisy, conditions }) {
      const parts: Float32Array[] = [];
      for (const { rest, cameras } of conditions) {
        const key = JSON.stringify(cameras);
        const known =
          clips.get(key) ??
          sampleClip(teacher, { rest, cameras: [...cameras] }, asked as TextTokens, {
            ...SAMPLE_CLIP_DEFAULTS,
            steps: 12,
            seed: 1,
          });
        clips.set(key, known);
        parts.push(await known);
      }
      const out = new Float32Array(noisy.length);
      parts.forEach((part, i) => {
        out.set(part, i * part.length);
      });
      return out;
    },
    dispose: async () => {},
  };
}
