import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { adamInit } from "../../pipeline/distill/adam.ts";
import type { Checkpoint } from "../../pipeline/distill/checkpoint.ts";
import { openJobCheckpoint } from "../../pipeline/job-checkpoint.ts";
import { isModelFile, isOutputFile } from "../../pipeline/watch/model-files.ts";

const KEY = "0123456789abcdef".repeat(4);
const OTHER = "fedcba9876543210".repeat(4);

function state(step: number): Checkpoint {
  const values = Float64Array.of(step, -0.5, 1e-9);
  return {
    stage: "distill",
    step,
    values,
    adam: { ...adamInit(3), step, second: Float64Array.of(1, 2, 3) },
    losses: [0.5, 0.25],
  };
}

test("a job finds the state that a broken run of the same job left, and no other job does", async (t) => {
  const out = await mkdtemp(join(tmpdir(), "animus-checkpoint-"));
  t.after(() => rm(out, { recursive: true, force: true }));
  const job = await openJobCheckpoint(out, "fox", "walk", KEY);
  assert.equal(await job.load({ distill: 3 }), null);
  await job.save(state(20));
  await job.save(state(40));

  const again = await openJobCheckpoint(out, "fox", "walk", KEY);
  assert.deepEqual(await again.load({ distill: 3 }), state(40));
  assert.equal(await again.load({ distill: 4 }), null, "another number of handles is another motion");
  const run = await openJobCheckpoint(out, "fox", "run", KEY);
  assert.equal(await run.load({ distill: 3 }), null);

  const [file] = await readdir(out);
  assert.ok(isOutputFile(join(out, file!)) && !isModelFile(file!), "the watcher leaves it alone");
  await writeFile(join(out, file!), "half a file");
  assert.equal(await again.load({ distill: 3 }), null, "a damaged state begins anew");

  await again.save(state(60));
  await writeFile(join(out, ".fox.walk.notes.checkpoint"), "somebody's own");
  const changed = await openJobCheckpoint(out, "fox", "walk", OTHER);
  assert.equal(await changed.load({ distill: 3 }), null);
  assert.deepEqual(await readdir(out), [".fox.walk.notes.checkpoint"], "the changed job removed the old state alone");
  await changed.save(state(20));
  await changed.clear();
  assert.deepEqual(await readdir(out), [".fox.walk.notes.checkpoint"]);
});
