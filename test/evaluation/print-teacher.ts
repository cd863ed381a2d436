// The teacher's evaluation as a table for people.

import type { Summary } from "./aggregate.ts";
import type { BuiltReport, TeacherReport } from "./teacher-report.ts";

const COLUMNS: readonly [title: string, of: (summary: Summary) => string][] = [
  ["cases", ({ cases }) => String(cases)],
  ["top1", ({ top1 }) => percent(top1)],
  ["of", ({ ceiling }) => percent(ceiling)],
  ["top3", ({ top3 }) => percent(top3)],
  ["motion", ({ motionRatio }) => motionRatio.toFixed(2)],
  ["ruler", ({ rulerRatio }) => rulerRatio.toFixed(2)],
  ["cosine", (s) => `${s.cosine.toFixed(2)}/${s.rulerCosine.toFixed(2)}`],
  ["flicker", ({ flicker }) => flicker.toFixed(2)],
  ["identity", (s) => `${s.identity.toFixed(1)}/${s.rulerIdentity.toFixed(1)}`],
  ["views", (s) => `${s.otherViews.toFixed(1)}/${s.rulerOtherViews.toFixed(1)}`],
  ["apart", (s) => `${s.fallen.toFixed(3)}/${s.rulerFallen.toFixed(3)}`],
];

/** Pairs are sample/true clip; "ruler" is the fitted true motion over the true motion. */
export function teacherTable(report: TeacherReport): string {
  const rows: [string, Summary][] = [
    ...Object.entries(report.actions),
    ...Object.entries(report.assets),
    ["recorded", report.recorded],
    ["procedural", report.procedural],
    ["all", report.all],
    ...(report.built ? builtRows(report.built) : []),
  ];
  const cells = [
    ["", ...COLUMNS.map(([title]) => title)],
    ...rows.map(([name, s]) => [name, ...COLUMNS.map(([, of]) => of(s))]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const lines = cells.map((row) =>
    row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join("  "),
  );
  const number = (value: number | null) => (value === null ? "-" : value.toFixed(2));
  const gaits = Object.entries({ ...report.gaitCorrelation, ...report.built?.gaitCorrelation }).map(
    ([id, gait]) =>
      `  ${id}: ${number(gait!.sample)} (true, fitted ${number(gait!.truth)}, itself ${number(gait!.itself)})`,
  );
  const frechet = ({ distance, halves, views }: TeacherReport["frechet"]) =>
    `Fréchet distance ${number(distance)} over ${views} views (two halves of the true views: ${number(halves)})`;
  const fallenApart = [...report.fallenApart, ...(report.built?.fallenApart ?? [])];
  return [
    ...lines,
    "",
    "Legs, left against right (-1 alternate):",
    ...gaits,
    frechet(report.frechet),
    ...(report.built ? [`Built bodies: ${frechet(report.built.frechet)}`] : []),
    `Fallen apart: ${fallenApart.map(({ id, share }) => `${id} ${share.toFixed(3)}`).join(", ") || "none"}`,
    "Outside the vocabulary:",
    ...report.outside.map(
      ({ prompt, taken, size }) =>
        `  ${prompt} (motion ${size.toFixed(3)}): ${Object.entries(taken)
          .map(([c, p]) => `${c} ${p.toFixed(2)}`)
          .join(", ")}`,
    ),
  ].join("\n");
}

/** Bodies built from primitives, of species held out of the training; no other row counts them. */
function builtRows({ actions, assets, all }: BuiltReport): [string, Summary][] {
  const rows = [...Object.entries(actions), ...Object.entries(assets), ["all", all] as [string, Summary]];
  return rows.map(([name, summary]) => [`built: ${name.replace(/^creature__/, "")}`, summary]);
}

function percent(share: number | null): string {
  return share === null ? "-" : `${Math.round(share * 100)}%`;
}
