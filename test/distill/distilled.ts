// A teacher as distillation without error would leave it: asked for a guided clip, it answers u + g (c - u) of the teacher's own two
// predictions.

import type { PredictRequest, Teacher, TextTokens } from "../../pipeline/teacher/teacher.ts";

export function distilled(teacher: Teacher, largest = 16): Teacher & { calls: PredictRequest[] } {
  const calls: PredictRequest[] = [];
  return {
    calls,
    manifest: { ...teacher.manifest, guidance: [1, largest] },
    description: `${teacher.description}, distilled`,
    encodeText: (prompt) => teacher.encodeText(prompt),
    async predict(request) {
      calls.push(request);
      const { clips, levels, conditions, lora } = request;
      const size = clips.length / levels.length;
      const out = new Float32Array(clips.length);
      for (const [b, { guidance = 1, ...condition }] of conditions.entries()) {
        const ask = (text: TextTokens | null) =>
          teacher.predict({
            clips: clips.slice(b * size, (b + 1) * size),
            levels: [levels[b]],
            conditions: [{ ...condition, text }],
            lora,
          });
        const told = await ask(condition.text);
        if (guidance === 1) {
          out.set(told, b * size);
          continue;
        }
        const untold = await ask(null);
        for (let i = 0; i < size; i++) out[b * size + i] = untold[i] + guidance * (told[i] - untold[i]);
      }
      return out;
    },
    loraGradient: (request) => teacher.loraGradient(request),
    dispose: () => teacher.dispose(),
  };
}
