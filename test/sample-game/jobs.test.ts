// The overlay's view of the pipeline: events folded into jobs, and the words that describe them.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { describeProgress } from "../../sample-game/page/describe-job.ts";
import { foldEvent, type Jobs, jobKey, WHOLE_ASSET } from "../../sample-game/server/jobs.ts";
import { parseListing, versioned } from "../../sample-game/server/listing.ts";

const id = { asset: "fox/fox.glb", clip: "walk" };
const key = jobKey(id.asset, id.clip);
const metrics = { pathLength: 0.1, jitter: 0.1, stretch: 0.01, loopSeam: 1 };
const outputs = { motion: "/m", manifest: "/n", preview: "/p" };

function fold(...events: PipelineEvent[]): Jobs {
  return events.reduce<Jobs>(foldEvent, new Map());
}

describe("foldEvent", () => {
  test("a job goes from waiting over progress to done", () => {
    const queued = fold({ type: "queued", ...id, prompt: "a fox walking" });
    assert.equal(describeProgress(queued.get(key)!), "waiting");
    const working = foldEvent(queued, {
      type: "progress",
      ...id,
      stage: "distill",
      fraction: 0.429,
      etaSeconds: 83.2,
      loss: 1,
    });
    assert.equal(describeProgress(working.get(key)!), "finding the motion · 42 % · 1 min 23 s left");
    assert.equal(working.get(key)!.prompt, "a fox walking");
    const done = foldEvent(working, { type: "done", ...id, outputs, metrics, seconds: 9, cached: false });
    assert.equal(done.get(key)!.phase, "done");
    assert.equal(queued.get(key)!.phase, "queued", "the former map is untouched");
  });

  test("without a base for the time left, none is claimed", () => {
    const jobs = fold({ type: "progress", ...id, stage: "import", fraction: 0, etaSeconds: null, loss: null });
    assert.equal(describeProgress(jobs.get(key)!), "reading the model · 0 %");
  });

  test("a failure keeps file, line and remedy until the job is queued again", () => {
    const failed = fold({
      type: "failed",
      ...id,
      clip: WHOLE_ASSET,
      code: "input",
      message: 'Unknown key "promt".',
      file: "fox/prompt.json",
      line: 3,
      hint: "Use prompt.",
    });
    const whole = jobKey(id.asset, WHOLE_ASSET);
    assert.deepEqual(failed.get(whole)!.failure, {
      message: 'Unknown key "promt".',
      file: "fox/prompt.json",
      line: 3,
      hint: "Use prompt.",
    });
    const gone: PipelineEvent = {
      type: "failed",
      ...id,
      clip: WHOLE_ASSET,
      code: "cancelled",
      message: "The problem is gone.",
      file: null,
      line: null,
      hint: null,
    };
    assert.equal(foldEvent(failed, gone).size, 0);
  });

  test("what was found done already is no news, and unknown events change nothing", () => {
    assert.equal(fold({ type: "done", ...id, outputs, metrics, seconds: 0, cached: true }).size, 0);
    const jobs = fold({ type: "queued", ...id, prompt: "x" });
    assert.equal(foldEvent(jobs, { type: "from the future", ...id }), jobs);
    assert.equal(foldEvent(jobs, "nonsense"), jobs);
  });
});

describe("parseListing", () => {
  test("reads what the server lists, and knows which clips are built", () => {
    const [fox] = parseListing([
      {
        asset: "fox/fox.glb",
        name: "fox",
        model: "/assets/fox/fox.glb",
        modelVersion: "a",
        motion: null,
        motionVersion: null,
        clips: [
          { name: "walk", prompt: "a fox walking", metrics: null },
          { name: "jump", prompt: "a fox jumping", metrics },
        ],
      },
    ]);
    assert.deepEqual(
      fox.clips.map(({ name, built }) => [name, built]),
      [
        ["walk", false],
        ["jump", true],
      ],
    );
    assert.equal(fox.motionVersion, null);
    assert.equal(versioned(fox.model, fox.modelVersion), "/assets/fox/fox.glb?v=a");
  });

  test("says which entry it does not understand", () => {
    assert.throws(() => parseListing([{ asset: "x" }]), /Entry 0/);
    assert.throws(() => parseListing({}), /not an array/);
  });
});
