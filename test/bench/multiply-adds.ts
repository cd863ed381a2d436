// How many multiply-adds one prediction of a teacher takes: layer by layer from the shapes of its weights, so that a changed
// network is counted as it is. Counts products of matrices and convolutions; not norms, activations and additions.

export interface Count {
  /** Products with weights, by token or pixel. */
  linear: number;
  attention: number;
  convolution: number;
  lora: number;
}

export interface CountOptions {
  views: number;
  frames: number;
  pixels: number;
  textTokens: number;
  rank: number;
}

/**
 * @param shapes name → shape of the network's parameters, as in the graph ("half." taken off).
 * @returns multiply-adds of one item. @throws Error at a matrix that the rules below do not know.
 */
export function countMultiplyAdds(shapes: ReadonlyMap<string, readonly number[]>, options: CountOptions): Count {
  const { views, frames, pixels, textTokens, rank } = options;
  const shape = (name: string) => {
    const found = shapes.get(name);
    if (!found) throw new Error(`The graph has no weights named ${name}.`);
    return found;
  };
  const space = shape("space_position")[1]!;
  const picture = views * shape("time_position")[0]! * space;
  const all = picture + textTokens;
  /** How often a layer's matrix is applied, by the beginning of its name. */
  const rows: [prefix: string, times: number][] = [
    ["clip_in.", picture],
    ["rest_in.", views * space],
    ["text_in.", textTokens],
    ["text_layers.", textTokens],
    ["camera_in.", views],
    ["blocks.", all],
    ["pixels.", picture],
    ["head.", views * frames * pixels],
    ...["pool.", "level_in.", "views_in.", "guidance_in.", "modulation.", "final."].map((name): [string, number] => [
      name,
      1,
    ]),
  ];
  const count: Count = { linear: 0, attention: 0, convolution: 0, lora: 0 };
  for (const [name, size] of shapes) {
    if (!name.endsWith(".weight")) continue;
    const row = rows.find(([prefix]) => name.startsWith(prefix));
    if (!row) throw new Error(`The multiply-adds of ${name} are not known: add it to test/bench/multiply-adds.ts.`);
    const adds = row[1] * size.reduce((product, n) => product * n, 1);
    if (size.length === 4) count.convolution += adds;
    else count.linear += adds;
    if (name.endsWith(".qkv.weight")) {
      const tokens = name.startsWith("blocks.") ? all : textTokens;
      count.attention += 2 * tokens * tokens * size[1]!;
    }
    if (/^blocks\.\d+\.(qkv|out)\.weight$/.test(name)) count.lora += all * rank * (size[0]! + size[1]!);
  }
  return count;
}

export const total = ({ linear, attention, convolution, lora }: Count) => linear + attention + convolution + lora;

/**
 * Forward and backward for the LoRA factors. A frozen matrix or convolution costs its product once more, for the gradient of its
 * input; attention's two products have two gradients each; so do the factors' own.
 */
export const totalOfGradient = ({ linear, attention, convolution, lora }: Count) =>
  2 * (linear + convolution) + 3 * (attention + lora);
