// A teacher that knows the answer: told any prompt, it predicts the render of one true motion; told nothing, the asset at rest.
// It shows whether the loop descends to what a teacher wants, free of any network's errors.

import { createRig, staticClip } from "../../pipeline/distill/rig.ts";
import { deform } from "../../pipeline/motion/deform.ts";
import type { Binding, Handles } from "../../pipeline/motion/handles.ts";
import { evaluateMotion, type Motion, motionBasis } from "../../pipeline/motion/motion.ts";
import type { Renderer, Splats } from "../../pipeline/render/renderer.ts";
import type { PredictRequest, Teacher } from "../../pipeline/teacher/teacher.ts";

export interface Scene {
  splats: Splats;
  handles: Handles;
  binding: Binding;
}

/** A bar of coloured splats along x with three handles. */
export function barScene(): Scene {
  const count = 120;
  const splats: Splats = {
    count,
    positions: new Float32Array(count * 3),
    normals: new Float32Array(count * 3),
    colors: new Float32Array(count * 3),
    sigmas: new Float32Array(count).fill(0.04),
  };
  for (let p = 0; p < count; p++) {
    const along = Math.floor(p / 4) / 29;
    const corner = (p % 4) * (Math.PI / 2);
    splats.positions.set([along - 0.5, Math.cos(corner) * 0.06, Math.sin(corner) * 0.06], p * 3);
    splats.normals.set([0, Math.cos(corner), Math.sin(corner)], p * 3);
    splats.colors.set([along, 0.2, 1 - along], p * 3);
  }
  const handles: Handles = {
    count: 3,
    positions: Float32Array.from([-0.4, 0, 0, 0, 0, 0, 0.4, 0, 0]),
    radii: new Float32Array(3).fill(0.3),
    edges: Uint32Array.from([0, 1, 1, 2]),
  };
  const binding: Binding = { count, indices: new Uint16Array(count * 4), weights: new Float32Array(count * 4) };
  for (let p = 0; p < count; p++) {
    const weights = [0, 1, 2].map((k) =>
      Math.exp(-(((splats.positions[p * 3] - handles.positions[k * 3]) / 0.25) ** 2)),
    );
    const sum = weights.reduce((a, b) => a + b);
    weights.forEach((weight, k) => {
      binding.indices[p * 4 + k] = k;
      binding.weights[p * 4 + k] = weight / sum;
    });
  }
  return { splats, handles, binding };
}

export function oracleTeacher(scene: Scene, truth: Motion, renderer: Renderer): Teacher & { calls: PredictRequest[] } {
  const calls: PredictRequest[] = [];
  const frames = 8;
  return {
    calls,
    description: "oracle",
    manifest: {
      name: "oracle",
      version: "1",
      license: "Apache-2.0",
      views: 2,
      frames,
      width: 24,
      height: 24,
      channels: 3,
      prediction: "x0",
      schedule: { type: "rectified-flow" },
      conditioning: { text: { encoder: "none", tokens: 1, width: 1 }, restFrame: true, camera: true },
      lora: { rank: 1, tensors: [{ name: "factor", shape: [2] }] },
      graphs: { denoise: "", loraGradient: "" },
      weights: "",
      weightsHash: "",
    },
    encodeText: async (prompt) => ({ prompt, tokens: new Float32Array(1), length: 1, truncated: false }),
    predict: async (request) => {
      calls.push(request);
      const parts: Float32Array[] = [];
      for (const condition of request.conditions) {
        const pose = evaluateMotion(truth, scene.handles, motionBasis(truth, frames));
        const posed = deform(scene.splats.positions, scene.binding, scene.handles, pose);
        const rig = await createRig(renderer, scene.splats, [...condition.cameras]);
        parts.push(condition.text ? await renderer.render(posed, condition.cameras) : staticClip(rig, frames));
      }
      const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
      let offset = 0;
      for (const part of parts) {
        out.set(part, offset);
        offset += part.length;
      }
      return out;
    },
    // The oracle is never wrong about the static clip, so its factors have nothing to learn.
    loraGradient: async () => ({ loss: 0, gradients: [new Float32Array(2)] }),
    dispose: async () => {},
  };
}
