import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { CLIP_DEFAULTS } from "../../pipeline/clip-spec.ts";
import { AnimusError } from "../../pipeline/errors.ts";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { createQueue, type Job } from "../../pipeline/watch/queue.ts";
import { temporaryFolder, tetrahedron, until } from "./folder.ts";
import { smallBuilder } from "./small-builder.ts";

async function start(context: TestContext) {
  const out = await temporaryFolder(context);
  const model = join(out, "fox.glb");
  await writeFile(model, await tetrahedron());
  const builder = smallBuilder();
  const events: PipelineEvent[] = [];
  const queue = createQueue({
    build: (options) => builder.build(options),
    backend: () => builder.backend(),
    events: (event) => events.push(event),
  });
  context.after(() => queue.close());
  const job = (clip: string, prompt: string): Job => ({
    id: { asset: "fox.glb", clip },
    key: `${clip} ${prompt}`,
    model,
    clip: { ...CLIP_DEFAULTS, name: clip, prompt },
    keep: () => ["walk", "jump"],
    out,
    predecessor: null,
  });
  const said = () =>
    events.filter(({ type }) => type !== "stage" && type !== "progress").map(({ type, clip }) => `${type} ${clip}`);
  const calls = () => builder.calls.map(({ job, end }) => `${job.split(": ")[1]} ${end}`);
  return { queue, job, builder, events, said, calls };
}

test("jobs run in order, one at a time, and a waiting one gives way to a newer one", async (context) => {
  const { queue, job, builder, said, calls } = await start(context);
  const release = builder.hold();
  queue.put(job("walk", "a"));
  queue.put(job("jump", "b"));
  queue.put(job("jump", "c"));
  assert.ok(queue.has({ asset: "fox.glb", clip: "jump" }));
  await until("the first runs", () => builder.calls.length === 1);
  release();
  await queue.idle();
  assert.deepEqual(calls(), ["a done", "c done"]);
  assert.deepEqual(said(), ["queued walk", "queued jump", "queued jump", "done walk", "done jump"]);
  assert.equal(builder.mostAtOnce, 1);
  assert.ok(!queue.has({ asset: "fox.glb", clip: "jump" }));
});

test("a running job is aborted by a newer one of its clip, and stays silent from then on", async (context) => {
  const { queue, job, builder, events, said, calls } = await start(context);
  const release = builder.hold();
  queue.put(job("walk", "a"));
  await until("it runs", () => builder.calls.length === 1);
  queue.put(job("walk", "b"));
  release();
  await queue.idle();
  assert.deepEqual(calls(), ["a aborted", "b done"]);
  assert.deepEqual(said(), ["queued walk", "queued walk", "done walk"]);
  assert.equal(events.filter(({ type }) => type === "done").length, 1);
});

test("dropping cancels what waits and what runs, and says so once", async (context) => {
  const { queue, job, builder, said, calls } = await start(context);
  builder.hold();
  queue.put(job("walk", "a"));
  queue.put(job("jump", "b"));
  await until("it runs", () => builder.calls.length === 1);
  queue.drop({ asset: "fox.glb", clip: "jump" });
  queue.drop({ asset: "fox.glb", clip: "walk" });
  queue.drop({ asset: "fox.glb", clip: "walk" });
  queue.drop({ asset: "fox.glb", clip: "none" });
  await queue.idle();
  assert.deepEqual(calls(), ["a aborted"]);
  assert.deepEqual(said(), ["queued walk", "queued jump", "failed jump", "failed walk"]);
});

test("closing cancels everything and waits for the end", async (context) => {
  const { queue, job, builder, said, calls } = await start(context);
  builder.hold();
  queue.put(job("walk", "a"));
  queue.put(job("jump", "b"));
  await until("it runs", () => builder.calls.length === 1);
  await queue.close();
  assert.deepEqual(calls(), ["a aborted"]);
  assert.deepEqual(said().slice(2).sort(), ["failed jump", "failed walk"]);
});

test("a job that fails says how, and the next one runs", async (context) => {
  const { queue, job, builder, events, calls } = await start(context);
  const backend = builder.backend;
  builder.backend = async () => {
    builder.backend = backend;
    throw new AnimusError("teacher", "The weights are gone.", { file: "weights.bin", hint: "Reinstall." });
  };
  queue.put(job("walk", "a"));
  queue.put({ ...job("jump", "b"), model: "none.glb" });
  queue.put(job("nod", "c"));
  await queue.idle();
  assert.deepEqual(calls(), ["b failed", "c done"]);
  const [first, second] = events.filter((event) => event.type === "failed");
  assert.deepEqual(first, {
    type: "failed",
    asset: "fox.glb",
    clip: "walk",
    code: "teacher",
    message: "The weights are gone.",
    file: "weights.bin",
    line: null,
    hint: "Reinstall.",
  });
  assert.equal(second?.code, "input");
});

test("the failure of a job is taken back once, and never that of one that was queued again", async (context) => {
  const { queue, job, said } = await start(context);
  queue.put({ ...job("walk", "a"), model: "none.glb" });
  queue.put({ ...job("jump", "b"), model: "none.glb" });
  await queue.idle();
  queue.put(job("jump", "c"));
  await queue.idle();
  const before = said().length;
  queue.drop({ asset: "fox.glb", clip: "jump" });
  assert.equal(said().length, before, "the done clip");
  queue.drop({ asset: "fox.glb", clip: "walk" });
  queue.drop({ asset: "fox.glb", clip: "walk" });
  assert.deepEqual(said().slice(before), ["failed walk"]);
});
