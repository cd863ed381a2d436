// What `teacher.json` says: the shapes, the schedule and the files of one teacher. Reads and checks it; opens no file.

import { AnimusError } from "../errors.ts";

export interface TeacherManifest {
  name: string;
  version: string;
  license: string;
  /** Views predicted jointly, 90 degrees apart. */
  views: number;
  frames: number;
  width: number;
  height: number;
  channels: 3;
  prediction: "x0";
  /** x_s = (1 - s) x + s eps. */
  schedule: { type: "rectified-flow" };
  conditioning: { text: { encoder: string; tokens: number; width: number }; restFrame: boolean; camera: boolean };
  /** A distilled teacher: the denoising graph takes a guidance scale, from 1 (the plain prediction) to the second of these. */
  guidance?: [1, number];
  lora: { rank: number; tensors: { name: string; shape: number[] }[] };
  /** File names relative to the manifest. */
  graphs: {
    denoise: string;
    loraGradient: string;
    /** `denoise` in half precision (inputs and outputs float32), for GPUs. May lack the LoRA factors. */
    denoiseHalf?: string;
    /** The same in operators that of all GPU runtimes CUDA alone has. */
    denoiseCuda?: string;
  };
  weights: string;
  /** SHA-256 (hex) of the weights file: part of every job's key. */
  weightsHash: string;
  /** Factors of the static source, trained once on many bodies (static-source.ts), and the SHA-256 (hex) of the file: part of the job's
   * key of every clip that they decide. */
  staticSource?: { file: string; hash: string };
}

type Check = (value: unknown) => boolean;
const isCount: Check = (value) => Number.isInteger(value) && (value as number) > 0;
const isText: Check = (value) => typeof value === "string" && value !== "";
const isFlag: Check = (value) => typeof value === "boolean";
const isFileName: Check = (value) => isText(value) && !/[/\\]/.test(value as string);
const isFileNameOrAbsent: Check = (value) => value === undefined || isFileName(value);
const isHash: Check = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const is =
  (wanted: unknown): Check =>
  (value) =>
    value === wanted;
const isTensorList: Check = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((t) => isText(t?.name) && Array.isArray(t.shape) && t.shape.length > 0 && t.shape.every(isCount));

const isGuidanceOrAbsent: Check = (value) =>
  value === undefined ||
  (Array.isArray(value) && value.length === 2 && value[0] === 1 && Number.isFinite(value[1]) && value[1] > 1);

const isSourceOrAbsent: Check = (value) => {
  const source = value as TeacherManifest["staticSource"] | null;
  return source === undefined || (isFileName(source?.file) && isHash(source?.hash));
};

/** Path in the manifest, what it must be, the test. */
const RULES: readonly [path: string, wanted: string, check: Check][] = [
  ["name", "a name", isText],
  ["version", "a version", isText],
  ["license", "a licence", isText],
  ["views", "a positive integer", isCount],
  ["frames", "a positive integer", isCount],
  ["width", "a positive integer", isCount],
  ["height", "a positive integer", isCount],
  ["channels", "3", is(3)],
  ["prediction", '"x0"', is("x0")],
  ["schedule.type", '"rectified-flow"', is("rectified-flow")],
  ["conditioning.text.encoder", "an encoder", isText],
  ["conditioning.text.tokens", "a positive integer", isCount],
  ["conditioning.text.width", "a positive integer", isCount],
  ["conditioning.restFrame", "true or false", isFlag],
  ["conditioning.camera", "true or false", isFlag],
  ["guidance", "[1, the largest scale], or left out", isGuidanceOrAbsent],
  ["lora.rank", "a positive integer", isCount],
  ["lora.tensors", "a list of { name, shape }", isTensorList],
  ["graphs.denoise", "a file name beside teacher.json", isFileName],
  ["graphs.loraGradient", "a file name beside teacher.json", isFileName],
  ["graphs.denoiseHalf", "a file name beside teacher.json, or left out", isFileNameOrAbsent],
  ["graphs.denoiseCuda", "a file name beside teacher.json, or left out", isFileNameOrAbsent],
  ["weights", "a file name beside teacher.json", isFileName],
  ["weightsHash", "a SHA-256 in hexadecimal", isHash],
  ["staticSource", "{ file, hash }: a file name beside teacher.json and its SHA-256, or left out", isSourceOrAbsent],
];

/**
 * @param text the contents of `teacher.json`; `file` is its name, for messages.
 * @throws AnimusError "teacher" that names the key at fault and what it must be.
 */
export function parseManifest(text: string, file: string): TeacherManifest {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (cause) {
    throw new AnimusError("teacher", `${file} is no JSON.`, { file, cause, hint: "Restore the teacher's folder." });
  }
  for (const [path, wanted, check] of RULES) {
    const value = path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key], manifest);
    if (check(value)) continue;
    const found = value === undefined ? "it is missing" : `it is ${JSON.stringify(value)?.slice(0, 60)}`;
    throw new AnimusError("teacher", `${file}: "${path}" must be ${wanted}; ${found}.`, {
      file,
      hint: "Restore the teacher's folder, or name another with --teacher.",
    });
  }
  return manifest as TeacherManifest;
}
