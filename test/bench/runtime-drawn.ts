// The part of the runtime's bench that draws: crowds against Babylon's stock baked vertex animation, loading and hot reload, in a browser's
// WebGL2 and WebGPU (by software, where only ratios and what the CPU does say something), and the crowd in Node on a real graphics device.

import { readFile } from "node:fs/promises";
import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import type { FieldClip, MotionField } from "../../runtime/field.ts";
import { crowdFrames, SIZE } from "./crowd-frames.ts";
import { createDawnEngine } from "./dawn-engine.ts";
import { type Bench, medianOf } from "./harness.ts";

const MEMBERS = 1000;
const FRAMES = 5;
const RUNS = 9;

/** The same motion backwards, as a second clip to blend with. */
function backwards(clip: FieldClip, handles: number): FieldClip {
  const row = handles * 8;
  const texels = new Uint16Array(clip.texels.length);
  for (let r = 0; r < clip.rows; r++) {
    texels.set(clip.texels.subarray((clip.rows - 1 - r) * row, (clip.rows - r) * row), r * row);
  }
  return { ...clip, name: `${clip.name} backwards`, texels };
}

type CrowdTimes = Record<"ours" | "stock" | "shown", number[]>;
type Recorder = (metric: string, value: number, unit: string, detail: string) => void;

function recordCrowds(record: Recorder, { ours, stock, shown }: CrowdTimes, vertices: number): void {
  if (Math.min(...shown) < 0.05 || Math.abs(shown[0] - shown[1]) > 0.1) {
    throw new Error(`The crowds cover ${shown.join(" and ")} of the picture: they do not draw the same.`);
  }
  const subject = `${MEMBERS} x ${vertices} vertices`;
  record("crowd.frame", medianOf(ours), "ms", `${subject}, each interpolated between frames and two clips`);
  record("crowd.frame.stock", medianOf(stock), "ms", `${subject}, Babylon's baked vertex animation, nearest frame`);
  const ratios = ours.map((time, i) => time / stock[i]);
  record("crowd.ratio", medianOf(ratios), "ratio", `${subject}, median of measurements in turns`);
}

/** The crowd on the machine's own graphics device, in Node on Dawn: `--device webgpu`. */
export async function dawnBench(bench: Bench, model: string, field: MotionField): Promise<void> {
  const { engine, name, software } = await createDawnEngine(SIZE);
  const crowds = await crowdFrames({
    engine,
    model: new Uint8Array(await readFile(model)),
    motion: motionOf(field),
    count: MEMBERS,
    // An emulation takes seconds a frame.
    runs: software ? FRAMES : 30,
    batch: software ? 1 : 20,
  });
  const vertices = field.bindings.reduce((sum, binding) => sum + binding.vertexCount, 0);
  const record: Recorder = (metric, value, unit, detail) =>
    bench.record({ metric: `runtime.dawn.${metric}`, value, unit, detail: `${name}, in Node on Dawn; ${detail}` });
  recordCrowds(record, crowds, vertices);
  engine.dispose();
}

/** Bytes of a motion of two clips: the first, and the same backwards. */
function motionOf(field: MotionField): Uint8Array {
  const [clip] = field.clips;
  return encodeMotionField({ ...field, clips: [clip, backwards(clip, field.handleCount)] });
}

export async function browserBench(bench: Bench, model: string, field: MotionField): Promise<void> {
  // A machine that only times its graphics device has no browser, and need not have what drives one.
  const { openPage } = await import("../browser/page.ts");
  const motion = motionOf(field);
  const files = new Map([
    ["/fox.glb", new Uint8Array(await readFile(model))],
    ["/fox.motion.glb", motion],
  ]);
  const vertices = field.bindings.reduce((sum, binding) => sum + binding.vertexCount, 0);
  for (const engine of ["webgl2", "webgpu"] as const) {
    const page = await openPage({
      entry: new URL("./runtime-page.ts", import.meta.url),
      engine,
      files,
      timeout: 300_000,
    });
    const record = (metric: string, value: number, unit: string, detail: string) =>
      bench.record({
        metric: `runtime.${engine}.${metric}`,
        value,
        unit,
        detail: `Chromium on SwiftShader; ${detail}`,
      });
    try {
      const loads = await page.call<Record<"still" | "pose" | "firstFrame" | "moving", number>[]>("load", {
        runs: RUNS,
      });
      const of = (key: keyof (typeof loads)[0]) => medianOf(loads.slice(1).map((load) => load[key]));
      const kilobytes = `${Math.round(motion.length / 1000)} KB, two clips`;
      record("load.pose", of("pose"), "ms", `URL to a pose on the device; ${kilobytes}`);
      record(
        "load.first-frame",
        of("firstFrame"),
        "ms",
        `URL to the first moving frame, shaders compiled; ${kilobytes}`,
      );
      record("load.first-frame.cold", loads[0].firstFrame, "ms", `the same the first time, shaders not compiled`);
      record("frame.one", of("moving"), "ms", `a frame of one fox of ${vertices} vertices, 256x256`);
      const reloads = await page.call<{ milliseconds: number; kept: boolean }[]>("reload", { runs: RUNS });
      if (!reloads.every(({ kept }) => kept)) throw new Error("A hot reload lost the phase.");
      const reload = medianOf(reloads.map(({ milliseconds }) => milliseconds));
      record("hot-reload", reload, "ms", `reloadAsync to the frame that shows it, phase kept; ${kilobytes}`);
      const crowds = await page.call<CrowdTimes>("crowds", { count: MEMBERS, runs: FRAMES });
      recordCrowds(record, crowds, vertices);
    } finally {
      await page.close();
    }
  }
}
