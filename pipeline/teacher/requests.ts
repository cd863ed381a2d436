// Requests of the teacher contract as the named tensors of its graphs, with their shapes checked. Runs nothing.

import { AnimusError } from "../errors.ts";
import type { TeacherManifest } from "./manifest.ts";
import type { Values } from "./session.ts";
import type { Lora, LoraGradientRequest, PredictRequest } from "./teacher.ts";

type Condition = PredictRequest["conditions"][number];

/** Everything both graphs read but the LoRA factors. @throws AnimusError "internal" where a size does not fit the manifest. */
export function conditionInputs(
  manifest: TeacherManifest,
  { clips, ...request }: PredictRequest,
): Record<string, Values> & { clip: Values } {
  const shape = clipShape(manifest, request);
  expect(
    "clips",
    clips.length,
    shape.reduce((size, n) => size * n, 1),
  );
  return { clip: { data: clips, shape }, ...conditionsAlone(manifest, request) };
}

type WithoutClips = Omit<PredictRequest, "clips">;

/** Shape of the clips that a request speaks of. */
export function clipShape(manifest: TeacherManifest, { levels, conditions }: WithoutClips): number[] {
  const { channels, frames, height, width } = manifest;
  return [levels.length, conditions[0]?.cameras.length ?? 0, channels, frames, height, width];
}

/** The same without the clips. */
export function conditionsAlone(
  manifest: TeacherManifest,
  { levels, conditions }: WithoutClips,
): Record<string, Values> {
  const { width, height, channels, conditioning } = manifest;
  const { tokens, width: textWidth } = conditioning.text;
  const batch = levels.length;
  const views = conditions[0]?.cameras.length ?? 0;
  const image = channels * width * height;
  expect("conditions", conditions.length, batch);
  const text = new Float32Array(batch * tokens * textWidth);
  const mask = new Float32Array(batch * tokens);
  const dropText = new Float32Array(batch);
  const rest = new Float32Array(batch * views * image);
  const cameras = new Float32Array(batch * views * 2);
  const guidance = Float32Array.from(conditions, (condition) => guidanceOf(manifest, condition));
  conditions.forEach((condition: Condition, b) => {
    expect("cameras", condition.cameras.length, views);
    expect("rest", condition.rest.length, views * image);
    rest.set(condition.rest, b * views * image);
    condition.cameras.forEach(({ azimuth, elevation }, v) => {
      cameras.set([azimuth, elevation], (b * views + v) * 2);
    });
    if (condition.text) {
      expect("text tokens", condition.text.tokens.length, tokens * textWidth);
      text.set(condition.text.tokens, b * tokens * textWidth);
      mask.fill(1, b * tokens, b * tokens + condition.text.length);
    } else {
      dropText[b] = 1;
      mask[b * tokens] = 1;
    }
  });
  return {
    level: { data: Float32Array.from(levels), shape: [batch] },
    text: { data: text, shape: [batch, tokens, textWidth] },
    text_mask: { data: mask, shape: [batch, tokens] },
    drop_text: { data: dropText, shape: [batch] },
    rest: { data: rest, shape: [batch, views, channels, height, width] },
    cameras: { data: cameras, shape: [batch, views, 2] },
    drop_rest: { data: new Float32Array(batch), shape: [batch] },
    ...(manifest.guidance && { guidance: { data: guidance, shape: [batch] } }),
  };
}

/** Scale of one condition. @throws AnimusError "internal" where the teacher was not taught it: guidance.ts asks twice then. */
function guidanceOf({ guidance: taught }: TeacherManifest, { guidance = 1 }: Condition): number {
  const [least, most] = taught ?? [1, 1];
  if (guidance >= least && guidance <= most) return guidance;
  const known = taught ? `scales of ${least} to ${most}` : "no guidance";
  throw new AnimusError("internal", `A guidance of ${guidance} was asked of a teacher that takes ${known}.`);
}

export function loraInputs(manifest: TeacherManifest, lora: Lora): Record<string, Values> {
  expect("LoRA tensors", lora.tensors.length, manifest.lora.tensors.length);
  return Object.fromEntries(
    manifest.lora.tensors.map(({ name, shape }, i) => {
      const data = lora.tensors[i]!;
      expect(
        `LoRA tensor ${name}`,
        data.length,
        shape.reduce((size, n) => size * n, 1),
      );
      return [name, { data, shape }];
    }),
  );
}

/** One item of a batch, as a request of its own. */
export function sliceItem(request: LoraGradientRequest, item: number): LoraGradientRequest {
  const size = request.clips.length / request.levels.length;
  expect("targets", request.targets.length, request.clips.length);
  expect("weights", request.weights.length, request.levels.length);
  return {
    clips: request.clips.subarray(item * size, (item + 1) * size),
    targets: request.targets.subarray(item * size, (item + 1) * size),
    levels: [request.levels[item]!],
    weights: [request.weights[item]!],
    conditions: [request.conditions[item]!],
    lora: request.lora,
  };
}

/** @throws AnimusError "teacher" at the first value that is not finite. */
export function checkFinite(values: Float32Array, what: string, teacher: string): Float32Array {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new AnimusError(
      "teacher",
      `The ${what} of ${teacher} has a value that is not finite (${values[i]} at ${i}).`,
      {
        hint: "Try --device cpu; if it persists, check the teacher's files with `animus doctor`.",
      },
    );
  }
  return values;
}

function expect(what: string, found: number, wanted: number): void {
  if (found !== wanted) throw new AnimusError("internal", `${what}: ${found} given, ${wanted} wanted by the teacher.`);
}
