// The pure parts of the bench harness: what a bench file is given, and how its numbers are read, shown and kept. Starts nothing,
// reads no file; run.ts does.

/** One measured number. */
export interface Row {
  bench: string;
  /** What was measured, in words that stay the same from run to run: history is compared by them. */
  metric: string;
  value: number;
  /** "ms", "ratio", "MB", "GFLOP/s", ... */
  unit: string;
  detail: string;
}

export const SIZE_NAMES = ["splats", "pixels", "frames", "views", "handles", "iterations"] as const;
export type SizeName = (typeof SIZE_NAMES)[number];

export interface Flags {
  /** Only benches, or parts of one, of this device; all where left out. */
  device?: string;
  /** Threads of CPU work; a bench's own choice where left out. */
  threads?: number;
  /** What to measure it on, where a bench has a choice; each a list: `--splats 8000,30000`. */
  sizes: Partial<Record<SizeName, number[]>>;
  /** Presets of which whole clips are built; a bench's own choice where left out. */
  presets?: string[];
  record: boolean;
  /** Parts of file names to run. */
  words: string[];
}

/** What a bench file's default export gets. */
export interface Bench {
  readonly flags: Flags;
  record(row: { metric: string; value: number; unit: string; detail?: string }): void;
  /** Milliseconds of the median of `runs` timed calls after `warmup` untimed ones. */
  median(call: () => unknown, options?: { warmup?: number; runs?: number }): Promise<number>;
}

const VALUED = ["--device", "--threads", "--presets", ...SIZE_NAMES.map((name) => `--${name}`)];

function integers(name: string, text: string): number[] {
  if (!/^\d+(,\d+)*$/.test(text)) throw new Error(`${name} must be positive integers, as in 8,30; it is "${text}".`);
  return text.split(",").map(Number);
}

/** @throws Error that names the argument at fault. */
export function parseFlags(args: readonly string[]): Flags {
  const flags: Flags = { record: false, words: [], sizes: {} };
  for (let i = 0; i < args.length; i++) {
    const [name, inline] = args[i]!.split("=", 2) as [string, string?];
    if (name === "--record") flags.record = true;
    else if (VALUED.includes(name)) {
      const value = inline ?? args[++i];
      if (!value || value.startsWith("--")) throw new Error(`${name} wants a value.`);
      if (name === "--device") flags.device = value;
      else if (name === "--threads") flags.threads = integers(name, value)[0]!;
      else if (name === "--presets") flags.presets = value.split(",");
      else flags.sizes[name.slice(2) as SizeName] = integers(name, value);
    } else if (name.startsWith("-"))
      throw new Error(`Unknown flag ${name}; there are ${VALUED.join(", ")} and --record.`);
    else flags.words.push(args[i]!);
  }
  return flags;
}

/** The middle value; the mean of the two middle ones where the count is even. @throws Error where there is none. */
export function medianOf(values: readonly number[]): number {
  if (values.length === 0) throw new Error("The median of nothing.");
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

export async function timeMedian(call: () => unknown, { warmup = 1, runs = 5 } = {}): Promise<number> {
  for (let i = 0; i < warmup; i++) await call();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const begun = performance.now();
    await call();
    times.push(performance.now() - begun);
  }
  return medianOf(times);
}

/** Three significant digits, whole numbers from 100 up. */
export function formatValue(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}

/** The rows as a table for the terminal, one bench after another. */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.bench, row.metric, formatValue(row.value), row.unit, row.detail]);
  const widths = [0, 1, 2, 3].map((i) => Math.max(0, ...cells.map((cell) => cell[i]!.length)));
  const pad = (cell: string, i: number) => (i === 2 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i] ?? 0));
  return cells.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}

export const CSV_HEADER = "date,version,commit,machine,bench,metric,value,unit,detail";

/** One line of history.csv, without the line break. */
export function csvLine(when: { date: string; version: string; commit: string; machine: string }, row: Row): string {
  const fields = [when.date, when.version, when.commit, when.machine, row.bench, row.metric];
  const values = [...fields, String(Number(row.value.toPrecision(4))), row.unit, row.detail];
  return values.map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",");
}
