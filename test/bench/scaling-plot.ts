// Draws sweeps as one SVG: a panel an axis, both scales logarithmic, a dashed line of slope one for comparison.

import { formatValue } from "./harness.ts";

export interface Sweep {
  /** What grows. */
  axis: string;
  /** What is timed. */
  what: string;
  /** [value, milliseconds], ascending. */
  points: [number, number][];
}

const [WIDTH, HEIGHT, PAD, LEFT] = [240, 200, 34, 46];
const COLORS: Readonly<Record<string, string>> = { step: "#1b6ca8", preparation: "#b4541a" };

export function scalingPlot(sweeps: readonly Sweep[], title: string): string {
  const axes = [...new Set(sweeps.map(({ axis }) => axis))];
  const panels = axes.map((axis, i) =>
    panel(
      axis,
      sweeps.filter((sweep) => sweep.axis === axis),
      i * WIDTH,
    ),
  );
  const legend = Object.entries(COLORS).map(
    ([what, color], i) => `<text x="${LEFT + i * 90}" y="${HEIGHT + 34}" fill="${color}">${what}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH * axes.length} ${HEIGHT + 42}" font-family="sans-serif" font-size="11">
<title>Milliseconds by size, ${title}</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="${LEFT}" y="14" font-size="12">Milliseconds by size; dashed: in proportion. ${title}</text>
${panels.join("\n")}
${legend.join("\n")}
</svg>
`;
}

function panel(axis: string, sweeps: readonly Sweep[], offset: number): string {
  const points = sweeps.flatMap((sweep) => sweep.points);
  const [x0, x1] = extent(points.map(([value]) => value));
  const [y0, y1] = extent(points.map(([, time]) => time));
  const x = (value: number) => LEFT + (Math.log(value / x0) / Math.log(x1 / x0 || 2)) * (WIDTH - LEFT - PAD / 2);
  const y = (time: number) => HEIGHT - (Math.log(time / y0) / Math.log(y1 / y0)) * (HEIGHT - PAD);
  const path = (list: readonly (readonly [number, number])[]) =>
    list.map(([value, time], i) => `${i ? "L" : "M"}${x(value).toFixed(1)} ${y(time).toFixed(1)}`).join("");
  const lines = sweeps.map(({ what, points: own }) => {
    const [value, time] = own[own.length - 1]!;
    const proportional = own.map(([v]) => [v, (time * v) / value] as const).filter(([, t]) => t >= y0);
    return `<path d="${path(proportional)}" stroke="#999" stroke-dasharray="3 3"/><path d="${path(own)}" stroke="${COLORS[what]}" stroke-width="2"/>`;
  });
  const values = [...new Set(points.map(([value]) => value))];
  const labels = values.map(
    (v) => `<text x="${x(v)}" y="${HEIGHT + 12}" text-anchor="middle" font-size="8">${v}</text>`,
  );
  const times = [y0, y1].map(
    (t) => `<text x="${LEFT - 4}" y="${y(t) + 3}" text-anchor="end" font-size="9">${formatValue(t)}</text>`,
  );
  return `<g transform="translate(${offset} 0)" ><g fill="none">${lines.join("")}</g>${labels.join("")}${times.join("")}
<text x="${(WIDTH + LEFT) / 2}" y="${HEIGHT + 24}" text-anchor="middle">${axis}</text></g>`;
}

/** A tenth more on either side, so that a flat line has a height. */
function extent(values: readonly number[]): [number, number] {
  return [Math.min(...values) * 0.9, Math.max(...values) * 1.1];
}
