// Adam (Kingma and Ba 2015, algorithm 1) over plain state: `{ init, update }`, nothing hidden.

export interface AdamState {
  step: number;
  first: Float64Array;
  second: Float64Array;
}

export interface AdamOptions {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
}

export const ADAM_DEFAULTS = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8 } as const satisfies AdamOptions;

export function adamInit(length: number): AdamState {
  return { step: 0, first: new Float64Array(length), second: new Float64Array(length) };
}

/** One step in place on `values`; `rates[i]` is the learning rate of `values[i]` (or one rate for all). */
export function adamUpdate(
  state: AdamState,
  values: Float64Array | Float32Array,
  gradient: Float64Array | Float32Array,
  rates: number | Float64Array,
  options: AdamOptions = {},
): void {
  const { beta1, beta2, epsilon } = { ...ADAM_DEFAULTS, ...options };
  state.step++;
  const correction1 = 1 - beta1 ** state.step;
  const correction2 = 1 - beta2 ** state.step;
  for (let i = 0; i < values.length; i++) {
    const g = gradient[i];
    state.first[i] = beta1 * state.first[i] + (1 - beta1) * g;
    state.second[i] = beta2 * state.second[i] + (1 - beta2) * g * g;
    const rate = typeof rates === "number" ? rates : rates[i];
    values[i] -= (rate * (state.first[i] / correction1)) / (Math.sqrt(state.second[i] / correction2) + epsilon);
  }
}
