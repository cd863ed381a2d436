import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AnimusError } from "../../pipeline/errors.ts";
import { parseSidecar } from "../../pipeline/watch/sidecar.ts";

const defaults = {
  seconds: 1.6,
  fps: 30,
  loop: null,
  seed: 0,
  preset: "draft",
  method: "msd",
  rest: "none",
  body: null,
  ground: null,
  after: null,
};

describe("a good prompt sidecar", () => {
  test("with one prompt gives one clip named main", () => {
    const sidecar = parseSidecar('{ "asset": "fox.glb", "prompt": "a fox  jumping " }', "prompt.json");
    assert.equal(sidecar.asset, "fox.glb");
    assert.deepEqual(sidecar.clips, [{ ...defaults, name: "main", prompt: "a fox jumping" }]);
  });

  test("with several clips gives them in order, settings over defaults", () => {
    const text = `{ "clips": { "walk": "a fox walking",
      "jump": { "prompt": "a fox jumping", "seconds": 1.2, "fps": 24, "loop": false, "seed": 7, "preset": "final",
        "rest": "both", "body": "soft", "ground": false } } }`;
    const { asset, clips } = parseSidecar(text, "prompt.json");
    assert.equal(asset, null);
    assert.deepEqual(clips, [
      { ...defaults, name: "walk", prompt: "a fox walking" },
      {
        name: "jump",
        prompt: "a fox jumping",
        seconds: 1.2,
        fps: 24,
        loop: false,
        seed: 7,
        preset: "final",
        method: "msd",
        rest: "both",
        body: "soft",
        ground: false,
        after: null,
      },
    ]);
  });

  test("may name its one clip, hold comments, a trailing comma and a byte order mark", () => {
    const text = '\uFEFF{ "$schema": "x", // what it does\n "name": "hop", "prompt": "a frog hopping", "loop": true, }';
    assert.deepEqual(parseSidecar(text, "prompt.json").clips, [
      { ...defaults, name: "hop", prompt: "a frog hopping", loop: true },
    ]);
  });
});

/** What stands in the sidecar; the line, a part of the message and a part of the hint that it must give. */
const BAD: [text: string, line: number, message: string, hint: string][] = [
  ["", 1, "not valid JSON", "Mend"],
  ['{\n"prompt": "a fox"\n', 3, "not valid JSON: close brace expected", "Mend"],
  ['{\n"prompt" "a fox"}', 2, "not valid JSON: colon expected", "Mend"],
  ["[]", 1, "an array, not an object", '"prompt"'],
  ["{}", 1, 'neither "prompt" nor "clips"', "a fox walking"],
  ['{\n"promt": "a fox"}', 2, 'Unknown key "promt"', 'Did you mean "prompt"? Allowed keys: $schema, asset'],
  [
    '{"clips": {"a": {"prompt": "x",\n"speed": 2}}}',
    2,
    'Unknown key "speed"',
    "prompt, seconds, fps, loop, seed, preset, method, rest, body, ground",
  ],
  ['{"prompt": "x",\n"prompt": "y"}', 2, 'The key "prompt" stands here a second time', "Keep one"],
  ['{"clips": {"a": "x",\n\n"a": "y"}}', 3, 'The key "a" stands here a second time', "Keep one"],
  ['{\n"prompt": "  "}', 2, "The prompt is empty", "a fox walking"],
  ['{"clips": {\n"walk": ""}}', 2, 'The prompt of "walk" is empty', "a fox walking"],
  [`{"prompt": "${"x".repeat(301)}"}`, 1, "has 301 characters", "300"],
  ['{"prompt": 3}', 1, '"prompt" is 3', "a text in quotes"],
  ['{"clips": {"a": 3}}', 1, '"a" is 3', "a text in quotes or an object"],
  ['{"clips": {"a": {}}}', 1, 'The clip "a" has no "prompt"', "a fox walking"],
  ['{"clips": {}}', 1, "holds no clip", "walk"],
  ['{"clips": ["a"]}', 1, '"clips" is ["a"]', "an object"],
  ['{"clips": {\n"my walk": "x"}}', 2, '"my walk" cannot name a clip', "letters, digits"],
  ['{"prompt": "x", "name": "a/b"}', 1, '"a/b" cannot name a clip', "letters, digits"],
  ['{"clips": {"a": "x"},\n"seed": 1}', 2, '"seed" cannot stand beside "clips"', "inside the clip"],
  ['{"prompt": "x",\n"seconds": 40}', 2, '"seconds" is 40', "between 0.2 and 10"],
  ['{"prompt": "x", "seconds": 0.1}', 1, '"seconds" is 0.1', "between 0.2 and 10"],
  ['{"prompt": "x", "seconds": "fast"}', 1, '"seconds" is "fast"', "a number"],
  ['{"prompt": "x", "fps": 7}', 1, '"fps" is 7', "between 8 and 60"],
  ['{"prompt": "x", "fps": 61}', 1, '"fps" is 61', "between 8 and 60"],
  ['{"prompt": "x", "fps": 12.5}', 1, '"fps" is 12.5', "a whole number"],
  ['{"prompt": "x", "loop": "yes"}', 1, '"loop" is "yes"', "true or false or null"],
  ['{"prompt": "x", "seed": -1}', 1, '"seed" is -1', "between 0 and 4294967295"],
  ['{"prompt": "x", "seed": 4294967296}', 1, '"seed" is 4294967296', "between 0 and 4294967295"],
  ['{"prompt": "x", "preset": "ultra"}', 1, '"preset" is "ultra"', "draft, standard, final"],
  ['{"prompt": "x", "rest": "middle"}', 1, '"rest" is "middle"', "none, start, end, both"],
  ['{"prompt": "x", "ground": "wet"}', 1, '"ground" is "wet"', "true or false"],
  ['{"clips": {"a": "x"},\n"ground": true}', 2, '"ground" cannot stand beside "clips"', "inside the clip"],
  ['{"prompt": "x", "body": "wet"}', 1, '"body" is "wet"', "rigid, soft"],
  ['{"prompt": "x", "asset": ""}', 1, '"asset" is empty', "holds one model"],
];

describe("a bad prompt sidecar says where, what and what is allowed", () => {
  for (const [text, line, message, hint] of BAD) {
    test(JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text), () => {
      assert.throws(
        () => parseSidecar(text, "fox.prompt.json"),
        (error) => {
          assert.ok(error instanceof AnimusError);
          assert.equal(error.code, "input");
          assert.equal(error.file, "fox.prompt.json");
          assert.equal(error.line, line);
          assert.ok(error.message.includes(message), error.message);
          assert.ok(error.hint?.includes(hint), error.hint);
          return true;
        },
      );
    });
  }
});
