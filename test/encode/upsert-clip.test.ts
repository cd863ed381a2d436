import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { upsertClip } from "../../pipeline/encode/upsert-clip.ts";
import type { MotionField } from "../../runtime/field.ts";
import { clipOf, randomTrack, synthesise } from "../runtime/synthetic-field.ts";

const made = synthesise();
const withClips = (...names: string[]): MotionField => ({
  ...made.field,
  clips: names.map((name) => clipOf(made, randomTrack(made.field, 3, made.random), { name })),
});
const names = (field: MotionField) => field.clips.map(({ name }) => name);

describe("upsertClip", () => {
  test("starts a file", () => assert.deepEqual(names(upsertClip(null, withClips("walk"), [])), ["walk"]));

  test("adds in the order of keep and drops what is not kept", () => {
    const existing = withClips("jump", "old", "run");
    assert.deepEqual(names(upsertClip(existing, withClips("walk"), ["run", "walk", "jump"])), ["run", "walk", "jump"]);
    assert.deepEqual(names(upsertClip(existing, withClips("walk"), ["jump"])), ["jump", "walk"]);
  });

  test("replaces the clip of the same name, kept or not", () => {
    const existing = withClips("walk", "run");
    const fresh = withClips("walk");
    for (const keep of [["run"], ["walk", "run"]]) {
      const result = upsertClip(existing, fresh, keep);
      assert.equal(
        result.clips.find(({ name }) => name === "walk"),
        fresh.clips[0],
      );
      assert.equal(
        result.clips.find(({ name }) => name === "run"),
        existing.clips[1],
      );
      assert.equal(result.clips.length, 2);
    }
  });

  const moved = made.field.handles.slice();
  moved[4] += 0.01;
  const weights = made.field.bindings[1].weights.slice();
  weights.copyWithin(0, 4, 8);
  for (const [name, change] of [
    ["another model", { asset: { name: "box", hash: "cd".repeat(32) } }],
    ["other handles", { handles: moved }],
    ["fewer parts", { bindings: made.field.bindings.slice(1) }],
    ["other bindings", { bindings: [made.field.bindings[0], { ...made.field.bindings[1], weights }] }],
  ] satisfies [string, Partial<MotionField>][]) {
    test(`starts anew on ${name}`, () => {
      const existing = { ...withClips("run"), ...change };
      assert.deepEqual(names(upsertClip(existing, withClips("walk"), ["run", "walk"])), ["walk"]);
    });
  }
});
