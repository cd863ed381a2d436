// The plugin in real browsers, WebGL2 and WebGPU: what it shows against vertices moved by the CPU sampler.

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, describe, test } from "node:test";
import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import { type EngineName, openPage, type TestPage } from "../browser/page.ts";
import { makeField } from "./make-field.ts";
import { makeModel } from "./make-model.ts";
import { makeSkinned } from "./make-skinned.ts";
import type { Difference } from "./stage.ts";

interface Pair {
  picture: Difference;
  shadow: Difference;
}

function assertSame(difference: Difference, what: string, most: Difference = { mean: 0.3, share: 0.004 }): void {
  const same = difference.mean < most.mean && difference.share < most.share;
  assert.ok(same, `${what} differs: ${JSON.stringify(difference)}`);
}

/** The light's frustum is fitted to the bounds, so shadow texels lie elsewhere under bounds of a whole clip: edges differ. */
function assertSameShadow(difference: Difference, what: string): void {
  assertSame(difference, what, { mean: 0.8, share: 0.01 });
}

function assertBothSame({ picture, shadow }: Pair, what: string): void {
  assertSame(picture, `The picture ${what}`);
  assertSameShadow(shadow, `The shadow ${what}`);
}

const ENGINES: EngineName[] = ["webgl2", "webgpu"];

for (const engine of ENGINES) {
  describe(`plugin on ${engine}`, () => {
    let page: TestPage;
    const files = new Map<string, Uint8Array>();
    let events: ServerResponse | null = null;
    let refused = 0;

    before(async () => {
      files.set("/waver.glb", await makeModel());
      files.set("/waver.motion.glb", encodeMotionField(makeField()));
      const entry = new URL("./page.ts", import.meta.url);
      page = await openPage({
        entry,
        engine,
        files,
        handler(request, response) {
          if (request.url !== "/events") return false;
          // After such an answer the browser does not try again by itself.
          if (refused++ === 0) {
            response.writeHead(204).end();
            return true;
          }
          response.writeHead(200, { "content-type": "text/event-stream" }).write(": open\n\n");
          events = response;
          return true;
        },
      });
    });
    after(() => page?.close());

    for (const [clip, frames] of [
      ["wave", [0, 0.4, 1.5, 3.3, 4, 5.75, 7.1, 8.8, 10.25, 11, 12.75, 15.9]],
      ["hop", [0.3, 1, 2.6, 3.5, 4.5, 6.1, 7.7, 8]],
    ] as const) {
      test(`${clip} looks like the CPU sampler's at ${frames.length} times, and so does its shadow`, async () => {
        const { meshes, results } = await page.call<{
          meshes: string[];
          results: { frame: number; same: Pair; moved: Pair }[];
        }>("frames", { clip, frames });
        assert.deepEqual([...meshes].sort(), ["body_primitive0", "body_primitive1", "left arm", "right arm"]);
        for (const { frame, same } of results) {
          assertBothSame(same, `at frame ${frame}`);
        }
        // Both clips pass by the rest pose, and are elsewhere most of the time.
        for (const what of ["picture", "shadow"] as const) {
          const away = results.filter(({ moved }) => moved[what].share > 0.03).length;
          assert.ok(away > frames.length / 2, `The ${what} is the rest pose's at all but ${away} times`);
        }
      });
    }

    test("rays and the picking pass meet the moving vertices", async () => {
      const { rest, shown, expected, gpu } = await page.call<{
        rest: (number | null)[];
        shown: (number | null)[];
        expected: (number | null)[];
        gpu: { shown: (boolean | null)[]; expected: (boolean | null)[] };
      }>("picking");
      const apart = (a: (number | null)[], b: (number | null)[]) =>
        a.filter((distance, i) => Math.abs((distance ?? 99) - (b[i] ?? 99)) > 1e-3).length;
      assert.ok(expected.some((distance) => distance !== null));
      assert.ok(apart(expected, rest) > 8, "the pose moves nothing under the rays");
      assert.equal(apart(shown, expected), 0);
      assert.ok(gpu.expected.includes(true) && gpu.expected.includes(false) && !gpu.expected.includes(null));
      assert.deepEqual(gpu.shown, gpu.expected);
    });

    test("the depth map holds the moving vertices", async () => {
      const { same, moved } = await page.call<{ same: number; moved: number }>("depth");
      assert.ok(same < 0.01, `${same} of the depth map differs`);
      assert.ok(moved > 0.03, "the depth map is the rest pose's");
    });

    test("a crossfade blends both clips and ends in the second", async () => {
      const { results, after, waveStarted, hopTime } = await page.call<{
        results: Pair[];
        after: Pair;
        waveStarted: boolean;
        hopTime: number;
      }>("crossFade");
      for (const pair of results) assertBothSame(pair, "during the crossfade");
      assertBothSame(after, "after the crossfade");
      assert.equal(waveStarted, false);
      assert.ok(Math.abs(hopTime - 0.45) < 1e-6);
    });

    test("a loop shows no seam", async () => {
      const { steps, loops } = await page.call<{ steps: number[]; loops: number }>("seam");
      const [seam, others] = [steps[3], steps.filter((_, i) => i !== 3)];
      assert.ok(Math.min(...others) > 0, "the loop stands still");
      assert.ok(seam <= 1.3 * Math.max(...others), `${seam} across the seam, else ${others}`);
      assert.equal(loops, 2);
    });

    for (const floatTargets of [true, false]) {
      const where = floatTargets ? "by the GPU pass" : "without float render targets";
      test(`thin instances play clips, phases and speeds of their own ${where}`, async () => {
        const { able, phases, same, shadow, other, alone, instances } = await page.call<{
          able: boolean;
          phases: number[];
          same: Difference;
          shadow: Difference;
          other: Difference;
          alone: Pair;
          instances: number[];
        }>("crowd", { floatTargets });
        assert.equal(able, true);
        assert.ok(Math.abs(phases[0] - (0.1 + 0.35)) < 1e-6);
        assertSame(same, "The crowd");
        assertSameShadow(shadow, "The crowd's shadow");
        assert.ok(other.share > same.share + 0.005, "a member's phase changes nothing");
        assertBothSame(alone, "after the crowd");
        assert.deepEqual(instances, [0, 0, 0, 0]);
      });
    }

    test("a thousand members each show their own pose, in as many draw calls as one", async () => {
      const { single, drawCalls, worst, rows, spaces } = await page.call<Record<string, number>>("bigCrowd", {
        count: 1000,
      });
      assert.equal(drawCalls, single);
      assert.equal(rows, 1000 * spaces);
      assert.ok(worst < 1e-4, `matrices are ${worst} off`);
    });

    test("models that come and go leave nothing in the scene or on the graphics device", async () => {
      const after = await page.call<Record<string, number>[]>("unload", { rounds: 5 });
      // The first round makes what Babylon itself keeps, such as its table of reflections.
      for (const held of after.slice(1)) assert.deepEqual(held, { ...after[0], observers: 0 });
    });

    test("thin instances that a mesh has of its own all follow it", async () => {
      const { same, alone, added } = await page.call<{ same: Pair; alone: Pair; added: Difference }>("ownInstances");
      assertBothSame(same, "of the instances");
      assert.ok(added.share > 0.005, "the second instance is not seen");
      assertBothSame(alone, "after the instances");
    });

    test("instances of a moving mesh move with it", async () => {
      const { same, alone, added } = await page.call<{ same: Pair; alone: Pair; added: Difference }>("instances");
      assertBothSame(same, "of the instances");
      assert.ok(added.share > 0.01, "the instances are not seen");
      assertBothSame(alone, "after the instances");
    });

    test("the bounds hold the moving body", async () => {
      const { outside, size } = await page.call<{ outside: number; size: { rest: number; clip: number } }>("bounds");
      assert.equal(outside, 0);
      assert.ok(size.clip > size.rest);
    });

    test("another motion takes over in place", async () => {
      const { phase, kept, same, later, names, member, goneOn, back } = await page.call<{
        phase: number;
        kept: { phase: number; speed: number; same: boolean };
        same: Pair;
        later: number;
        names: string[];
        member: Pair;
        goneOn: boolean;
        back: Pair;
      }>("replace");
      assert.ok(Math.abs(phase - 0.45) < 1e-6);
      assert.ok(Math.abs(kept.phase - phase) < 1e-6);
      assert.equal(kept.speed, 1.5);
      assert.equal(kept.same, true);
      assertBothSame(same, "of the new motion");
      assert.ok(Math.abs(later - (0.45 + (0.1 * 1.5 * 16) / 24)) < 1e-6);
      assert.deepEqual(names, ["wave", "spin"]);
      assert.equal(goneOn, true);
      assertBothSame(member, "of a crowd in the old motion again");
      assertBothSame(back, "of the old motion again");
    });

    test("clones play by themselves", async () => {
      const { same, after, meshes } = await page.call<{ same: Difference; after: Difference; meshes: number }>(
        "clones",
      );
      assert.equal(meshes, 4);
      assertSame(same, "The pair");
      assertSame(after, "The first beside the released clone");
    });

    test("a skinned model moves from its rest pose and gets its skeleton back", async () => {
      const { bytes, field, positions, normals } = await makeSkinned();
      files.set("/skinned.glb", bytes);
      files.set("/skinned.motion.glb", encodeMotionField(field));
      const { rest, same, moved, back, bones } = await page.call<Record<string, Difference> & { bones: number }>(
        "skinned",
        { field: "/skinned.motion.glb", positions: [...positions], normals: [...normals] },
      );
      assertSame(rest, "The rest pose");
      assertSame(same, "The moving skinned model");
      assert.ok(moved.share > 0.01, `the skinned model stands still: ${JSON.stringify(moved)}`);
      assertSame(back, "The model given back");
      assert.equal(bones, 2);
    });

    test("a done event reloads the motion, and so does the watcher's return; a broken file leaves it playing", async () => {
      const running = page.call<{
        before: { frames: number; phase: number };
        after: { frames: number; phase: number };
        missed: number;
        error: string;
        kept: number;
      }>("hotReload", { eventsUrl: "/events" });
      running.catch(() => {});
      const done = (asset: string) =>
        events?.write(`data: ${JSON.stringify({ type: "done", asset, clip: "wave" })}\n\n`);
      const until = async (here: () => boolean) => {
        for (let wait = 0; !here() && wait < 200; wait++) await new Promise((next) => setTimeout(next, 50));
      };
      // The watcher is away while it writes: its event is missed, the page connects anew by itself and reloads.
      await until(() => refused > 0);
      files.set("/waver.motion.glb", encodeMotionField(makeField({ frames: 18 })));
      await until(() => events !== null);
      await page.page.waitForFunction("globalThis.reloaded === 1");
      done("elsewhere/other.glb");
      files.set("/waver.motion.glb", encodeMotionField(makeField({ frames: 20 })));
      done("waver.glb");
      await page.page.waitForFunction("globalThis.reloaded === 2");
      files.set("/waver.motion.glb", new TextEncoder().encode("half a file"));
      done("waver.glb");
      const { before: first, missed, after: second, error, kept } = await running;
      assert.equal(first.frames, 16);
      assert.equal(missed, 18);
      assert.equal(second.frames, 20);
      assert.ok(first.phase > 0.1 && Math.abs(second.phase - first.phase) < 1e-6);
      assert.notEqual(error, "");
      assert.equal(kept, 20);
    });

    test("disposing gives the model back, and a stranger is told", async () => {
      const { same, left, warnings, bound, gone } = await page.call<{
        same: Difference;
        left: Record<string, unknown>;
        warnings: string[];
        bound: number;
        gone: boolean;
      }>("leave");
      assertSame(same, "The model");
      assert.deepEqual(left, { skeletons: 0, poses: 0, kinds: [], manager: false, ownIntersects: false });
      assert.equal(bound, 0);
      assert.match(warnings.join("\n"), /No mesh of "crate" fits the motion of "waver"/);
      assert.equal(gone, true);
    });
  });
}
