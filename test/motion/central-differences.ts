// Gradients against central differences.

/**
 * Largest difference between a gradient and central differences of the loss, relative to the gradient's largest component.
 * @param values are changed and put back.
 */
export function gradientError(values: Float64Array, analytic: Float64Array, loss: () => number): number {
  const h = 1e-5;
  const largest = Math.max(...analytic.map(Math.abs));
  let worst = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    values[i] = value + h;
    const up = loss();
    values[i] = value - h;
    const down = loss();
    values[i] = value;
    worst = Math.max(worst, Math.abs((up - down) / (2 * h) - analytic[i]) / largest);
  }
  return worst;
}
