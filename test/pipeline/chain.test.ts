// Two clips built by the real teacher, one after the other: where they join. A few steps only; what is tested is the joint.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openBackend } from "../../pipeline/backend.ts";
import { type BuildOptions, buildClip } from "../../pipeline/build.ts";
import { CLIP_DEFAULTS, type ClipSpec } from "../../pipeline/clip-spec.ts";
import { decodeMotionField } from "../../runtime/decode.ts";
import { samplePose } from "../../runtime/sample.ts";
import { temporaryFolder } from "../watch/folder.ts";

const MODEL = join(import.meta.dirname, "../../sample-game/assets/fox/fox.glb");

test("a clip begins where the one before it ends, and goes on as that was going", async (context) => {
  const backend = await openBackend({ device: "cpu", threads: 2 });
  context.after(() => backend.dispose());
  const out = await temporaryFolder(context);
  const build = (clip: Partial<ClipSpec> & { name: string; prompt: string }, more: Partial<BuildOptions> = {}) =>
    buildClip({
      asset: MODEL,
      id: { asset: "fox.glb", clip: clip.name },
      clip: { ...CLIP_DEFAULTS, ...clip },
      keep: ["walk", "fall", "run"],
      key: `key of ${clip.name}`,
      out,
      backend,
      events: () => {},
      splats: 300,
      settings: {
        iterations: 3,
        rigs: 1,
        warmup: 1,
        noises: 1,
        source: {
          clip: "static",
          weight: 0,
          factors: "none",
          maxSteps: 0,
          rate: 0,
          checkEvery: 1,
          minGain: 0,
        },
        rates: { handleRotation: 0.1, handleTranslation: 0.1, rootRotation: 0.1, rootTranslation: 0.1 },
      },
      ...more,
    });
  await build({ name: "walk", prompt: "a fox walking", seconds: 1.2 });
  const after = (clip: string) => ({ predecessor: { clip, key: `key of ${clip}` } });
  const fall = { name: "fall", prompt: "a fox falls over", after: "walk", fps: 48 };
  const { outputs } = await build(fall, after("walk"));
  await build({ name: "run", prompt: "a fox running", after: "fall", fps: 60 }, after("fall"));

  const field = decodeMotionField(new Uint8Array(await readFile(outputs.motion)));
  const clips = new Map(field.clips.map((clip) => [clip.name, clip]));
  assert.deepEqual([...clips.keys()], ["walk", "fall", "run"]);
  /** Where the handles are, in diagonals, at any frame (the next pass of a loop begins at its own number of frames). */
  const places = (name: string, frame: number) => {
    const clip = clips.get(name)!;
    const pose = samplePose(field, clip, frame / clip.fps);
    const place = (k: number, c: number) => field.handles[k * 3 + c] / field.scale + pose[k * 8 + 4 + c];
    return Float64Array.from({ length: field.handleCount * 3 }, (_, i) => place(Math.floor(i / 3), i % 3));
  };
  const apart = (a: Float64Array, b: Float64Array) =>
    Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0) / field.handleCount);
  /** Velocity at a frame from there on (`towards` 1) or until there (-1), diagonals a second: the parabola through three frames. */
  const speed = (name: string, frame: number, towards: 1 | -1) => {
    const { fps } = clips.get(name)!;
    const [a, b, c] = [0, 1, 2].map((step) => places(name, frame + step * towards));
    return a.map((x, i) => ((4 * b[i] - 3 * x - c[i]) * fps * towards) / 2);
  };
  for (const [before, next] of [
    ["walk", "fall"],
    ["fall", "run"],
  ]) {
    const { loop, frames } = clips.get(before)!;
    const last = loop ? 0 : frames - 1;
    assert.ok(apart(places(before, last), places(next, 0)) < 1e-3, `${next} begins where ${before} ends`);
    const going = speed(before, last, -1);
    const goesOn = speed(next, 0, 1);
    const size = apart(going, new Float64Array(going.length));
    assert.ok(size > 0.01, `it moves there: ${size}`);
    assert.ok(apart(going, goesOn) < 0.25 * size, `${next}: ${apart(going, goesOn)} of ${size} a second`);
  }

  await assert.rejects(
    build({ name: "run", prompt: "a fox running" }, { predecessor: { clip: "fall", key: "older" } }),
    {
      code: "input",
      message: /"run" comes after "fall", which is not built/,
    },
  );
});
