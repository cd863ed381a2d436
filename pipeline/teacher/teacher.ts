// The contract of a video-diffusion teacher. Distillation knows only this; ONNX Runtime, weights and text encoders are behind it.

import type { Camera } from "../render/renderer.ts";
import type { TeacherManifest } from "./manifest.ts";
import type { DeviceResult } from "./session.ts";

/** Token states of one prompt: [tokens, width] row-major, zero beyond `length`. */
export interface TextTokens {
  prompt: string;
  tokens: Float32Array;
  /** Tokens in use, 1..manifest.conditioning.text.tokens. */
  length: number;
  /** True where the prompt was longer than the teacher reads. */
  truncated: boolean;
}

/** Low-rank factors of the manifest's tensors, one Float32Array per tensor in the manifest's order. */
export interface Lora {
  rank: number;
  tensors: Float32Array[];
}

export interface Condition {
  /** null: unconditional (the learned null text). */
  text: TextTokens | null;
  /** Rest render of every view, [views, 3, height, width] in -1..1. */
  rest: Float32Array;
  cameras: readonly Camera[];
  /** Only for a teacher whose manifest has `guidance`, and within it: the clip asked for is x_uncond + guidance (x - x_uncond). 1, the plain
   * prediction, where left out. */
  guidance?: number;
}

export interface PredictRequest {
  /** Noised clips x_s, [batch, views, 3, frames, height, width]. */
  clips: Float32Array;
  /** Noise level s of each batch item, 0..1: x_s = (1 - s) x + s eps (rectified flow). */
  levels: readonly number[];
  /** One per batch item; all with the same number of views. */
  conditions: readonly Condition[];
  /** Shared by the batch; null: the base model. */
  lora: Lora | null;
}

export interface LoraGradientRequest extends PredictRequest {
  lora: Lora;
  /** Clean clips the prediction should give, layout of `clips`. */
  targets: Float32Array;
  /** Weight of each batch item in the loss: mean over the batch of weight * mean squared error. */
  weights: readonly number[];
}

/** Clips in a buffer of the renderer's device. */
export interface DevicePredictRequest extends Omit<PredictRequest, "clips"> {
  clips: GPUBuffer;
}

export interface Teacher {
  readonly manifest: TeacherManifest;
  /** Directory and backend, for messages. */
  readonly description: string;
  /** Factors of the static source that the teacher brings along; null or left out where it has none. */
  readonly staticSource?: Lora | null;
  encodeText(prompt: string): Promise<TextTokens>;
  /** @returns predicted clean clips, layout of `clips`. @throws AnimusError "teacher" where the answer is not finite. */
  predict(request: PredictRequest): Promise<Float32Array>;
  /** Only where the teacher runs on the renderer's device: as `predict`, but nothing leaves it and no number is checked. */
  predictOnDevice?(request: DevicePredictRequest): Promise<DeviceResult>;
  loraGradient(request: LoraGradientRequest): Promise<{ loss: number; gradients: Float32Array[] }>;
  dispose(): Promise<void>;
}
