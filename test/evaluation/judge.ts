// The independent judge: a small classifier of motions that was trained apart from the teacher. Opens its folder, answers for a
// clip of several views. Knows nothing of teachers.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AnimusError } from "../../pipeline/errors.ts";

export interface Verdict {
  /** Log-probabilities of the classes, averaged over the views, [classes]. */
  scores: Float64Array;
  /** One feature vector a view. */
  features: Float64Array[];
}

export interface Judge {
  classes: readonly string[];
  /** SHA-256 (hex) of the graph. */
  hash: string;
  /**
   * @param clip [views, 3, frames, size, size], -1..1.
   * @param rest [views, 3, size, size], -1..1.
   */
  judge(
    clip: Float32Array,
    rest: Float32Array,
    shape: { views: number; frames: number; size: number },
  ): Promise<Verdict>;
  dispose(): Promise<void>;
}

/** @throws AnimusError "input" where the folder has no judge, "device" without onnxruntime-node. */
export async function loadJudge(folder: string, threads: number): Promise<Judge> {
  const file = join(folder, "judge.onnx");
  const [graph, text] = await Promise.all([readFile(file), readFile(join(folder, "judge.json"), "utf8")]).catch(
    (cause) => {
      throw new AnimusError("input", `There is no judge in ${folder}.`, {
        file,
        cause,
        hint: "Train it as pipeline/teacher/training/JUDGE.md says, or name its folder by --judge.",
      });
    },
  );
  const classes = parseClasses(text, join(folder, "judge.json"));
  const ort = await import("onnxruntime-node").catch((cause) => {
    throw new AnimusError("device", "The judge needs onnxruntime-node.", {
      cause,
      hint: "Install it: npm install onnxruntime-node.",
    });
  });
  // By path, so that external data beside the graph is found.
  const session = await ort.InferenceSession.create(file, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  return {
    classes,
    hash: createHash("sha256").update(graph).digest("hex"),
    async judge(clip, rest, { views, frames, size }) {
      const feeds: Record<string, InstanceType<typeof ort.Tensor>> = {};
      for (const name of session.inputNames) {
        if (name === "clip") feeds[name] = new ort.Tensor("float32", clip, [views, 3, frames, size, size]);
        else if (name === "rest") feeds[name] = new ort.Tensor("float32", rest, [views, 3, size, size]);
        else
          throw new AnimusError("input", `The judge wants an input "${name}"; only "clip" and "rest" are known.`, {
            file,
          });
      }
      const { logits, features } = await session.run(feeds);
      if (!logits || !features || logits.size !== views * classes.length) {
        throw new AnimusError("input", `The judge must give logits [views, ${classes.length}] and features.`, { file });
      }
      return {
        scores: meanLogProbabilities(logits.data as Float32Array, classes.length),
        features: rows(features.data as Float32Array, views),
      };
    },
    dispose: () => session.release(),
  };
}

function parseClasses(text: string, file: string): string[] {
  let classes: unknown;
  try {
    classes = JSON.parse(text).classes;
  } catch (cause) {
    throw new AnimusError("input", `${file} is no JSON.`, { file, cause, hint: "Export the judge anew." });
  }
  if (Array.isArray(classes) && classes.length > 1 && classes.every((name) => typeof name === "string")) return classes;
  throw new AnimusError("input", `${file}: "classes" must be a list of names.`, {
    file,
    hint: "Export the judge anew.",
  });
}

/** Log-softmax of each row of logits [rows * classes], averaged over the rows. */
export function meanLogProbabilities(logits: Float32Array, classes: number): Float64Array {
  const views = rows(logits, logits.length / classes);
  const mean = new Float64Array(classes);
  for (const view of views) {
    const most = Math.max(...view);
    const total = most + Math.log(view.reduce((sum, value) => sum + Math.exp(value - most), 0));
    view.forEach((value, i) => {
      mean[i] += (value - total) / views.length;
    });
  }
  return mean;
}

/** Place of the right class among the scores, 1 first; Infinity where the judge does not know it. */
export function rankOf(scores: Float64Array, right: number): number {
  if (right < 0) return Infinity;
  return 1 + scores.filter((score, i) => score > scores[right] || (score === scores[right] && i < right)).length;
}

function rows(values: Float32Array, count: number): Float64Array[] {
  const length = values.length / count;
  return Array.from({ length: count }, (_, row) =>
    Float64Array.from(values.subarray(row * length, (row + 1) * length)),
  );
}
