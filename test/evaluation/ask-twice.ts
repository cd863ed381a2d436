// A distilled teacher as if it were none: asked for a guided clip by two predictions, for comparing the two ways with the same weights.

import type { Teacher } from "../../pipeline/teacher/teacher.ts";

export function askTwice(teacher: Teacher): Teacher {
  const { guidance: _, ...manifest } = teacher.manifest;
  const { predictOnDevice } = teacher;
  return {
    manifest,
    description: `${teacher.description}, two predictions a guided clip`,
    encodeText: (prompt) => teacher.encodeText(prompt),
    predict: (request) => teacher.predict(request),
    ...(predictOnDevice && { predictOnDevice }),
    loraGradient: (request) => teacher.loraGradient(request),
    dispose: () => teacher.dispose(),
  };
}
