import assert from "node:assert/strict";
import { test } from "node:test";
import { buildOrder } from "../../pipeline/watch/clip-chain.ts";
import { keyedClips } from "../../pipeline/watch/job-key.ts";
import { parseSidecar } from "../../pipeline/watch/sidecar.ts";

const TEACHER = { name: "small", weightsHash: "00" };
const sidecar = (clips: Record<string, unknown>) =>
  parseSidecar(JSON.stringify({ clips }, null, 1), "prompt.json").clips;
const x = (after: string, more = {}) => ({ prompt: "x jumping", after, ...more });

test("clips are built after what they come after, and otherwise in their order", () => {
  const names = (clips: Record<string, unknown>) => buildOrder(sidecar(clips)).map(({ name }) => name);
  assert.deepEqual(names({ a: "x", b: "y", c: "z" }), ["a", "b", "c"]);
  assert.deepEqual(names({ a: x("c"), b: "y", c: x("d"), d: "z" }), ["d", "c", "a", "b"]);
});

test("the key of a clip holds those of all clips before it", () => {
  const keys = (walk: string, idle = "y") =>
    new Map(
      keyedClips("a", sidecar({ end: x("turn"), turn: x("walk"), walk, idle }), TEACHER).map(
        ({ clip, key, predecessor }) => [clip.name, `${key} after ${predecessor?.key}`],
      ),
    );
  const before = keys("a fox walking");
  const changed = keys("a fox running");
  for (const name of ["walk", "turn", "end"]) assert.notEqual(before.get(name), changed.get(name), name);
  assert.equal(before.get("idle"), changed.get("idle"));
  assert.deepEqual([...keys("a fox walking", "other")].filter(([name]) => name !== "idle").length, 3);
  assert.equal(keys("a fox walking", "other").get("turn"), before.get("turn"));
});

const BAD: [text: string, line: number, message: string, hint: string][] = [
  [
    '{"clips": {"a": "x",\n"b": {"prompt": "y",\n"after": "c"}}}',
    3,
    'There is no clip "c"',
    "Other clips of this sidecar: a",
  ],
  ['{"clips": {"b": {"prompt": "y",\n"after": "c"}}}', 2, 'There is no clip "c"', "There is no other clip"],
  ['{"clips": {"b": {"prompt": "y",\n"after": "b"}}}', 2, '"b" comes after "b": a circle', "Leave one"],
  [
    '{"clips": {"a": {"prompt": "x", "after": "c"},\n"b": {"prompt": "x", "after": "c"},\n"c": {"prompt": "y", "after": "b"}}}',
    2,
    '"b" comes after "c" comes after "b": a circle',
    "Leave one",
  ],
  [
    '{"clips": {"a": "x", "b": {"prompt": "falls over", "after": "a",\n"rest": "both"}}}',
    2,
    '"b" cannot begin at rest and after "a"',
    '"rest": "end"',
  ],
  [
    '{"clips": {"a": "x", "b": {"prompt": "y", "after": "a",\n"rest": "end"}}}',
    2,
    '"b" cannot begin at rest',
    "ends are one",
  ],
  ['{"clips": {"a": "x",\n"b": {"prompt": "y", "after": 3}}}', 2, '"after" is 3', "a text in quotes or null"],
  ['{"clips": {"a": "x",\n"b": {"prompt": "y", "after": "a/b"}}}', 2, 'There is no clip "a/b"', "Other clips"],
  ['{"prompt": "x",\n"after": "a"}', 2, 'Unknown key "after"', "Allowed keys"],
];

for (const [text, line, message, hint] of BAD) {
  test(`a chain that cannot be is refused: ${message}`, () => {
    assert.throws(
      () => parseSidecar(text, "prompt.json"),
      (error: Error & { line?: number; file?: string; hint?: string }) => {
        assert.ok(error.message.includes(message), error.message);
        assert.ok(error.hint?.includes(hint), error.hint);
        assert.equal(error.line, line);
        assert.equal(error.file, "prompt.json");
        return true;
      },
    );
  });
}

test("a one-shot may come after a clip and end at rest", () => {
  const [, fall] = sidecar({ walk: "walking", fall: { prompt: "falls over", after: "walk", rest: "end" } });
  assert.deepEqual([fall.after, fall.rest], ["walk", "end"]);
});
