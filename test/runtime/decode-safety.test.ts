// The decoder against damaged and hostile files. `npm run fuzz` does the same with a million.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { createRandom } from "../../pipeline/distill/random.ts";
import { decodeMotionField } from "../../runtime/decode.ts";
import { FormatError } from "../../runtime/field.ts";
import { decodesSafely, fuzzCorpus } from "./fuzz-corpus.ts";
import { glbOf, hostileFiles } from "./hostile-files.ts";
import { mutate } from "./mutate.ts";

const MEBIBYTE = 2 ** 20;

describe("damaged files", () => {
  test("10,000 mutations give a field that plays or a FormatError", () => {
    const corpus = fuzzCorpus();
    for (const whole of corpus) assert.ok(decodesSafely(whole));
    const random = createRandom(5);
    let accepted = 0;
    let slowest = 0;
    for (let round = 0; round < 10_000; round++) {
      const started = performance.now();
      if (decodesSafely(mutate(corpus, random))) accepted++;
      slowest = Math.max(slowest, performance.now() - started);
    }
    // Neither are all damages caught before they are looked at, nor do they all hit what nobody reads.
    assert.ok(accepted > 200 && accepted < 5000, `${accepted} accepted`);
    assert.ok(slowest < 1000, `${slowest} ms for one file`);
  });

  test("what is wrong is said in few words, however long or deep the value", () => {
    for (const [value, shown] of [
      ["[".repeat(30000) + "]".repeat(30000), /not an array of 1\.$/],
      [`"${"a".repeat(100000)}"`, /not "a{56}\.\.\.\.$/],
      ['{"a":{}}', /not an object\.$/],
    ] as const) {
      const json = `{"buffers":[{"byteLength":4}],"bufferViews":[],"extensions":{"ANIMUS_motion_field":{"version":${value}}}}`;
      assert.throws(
        () => decodeMotionField(glbOf(json)),
        (error) => error instanceof FormatError && shown.test(error.message) && error.message.length < 200,
      );
    }
  });

  test("a JSON chunk of more values than its file may hold is refused before it is parsed", () => {
    const bytes = hostileFiles()["empty objects"](2 * MEBIBYTE);
    assert.throws(() => decodeMotionField(bytes), /JSON chunk at byte 20 holds about \d+ values; .* may hold 1\d{5}\./);
  });
});

describe("memory: at most four times the file's size and 16 MiB", () => {
  const folder = mkdtempSync(join(tmpdir(), "hostile-"));
  after(() => rmSync(folder, { recursive: true }));

  for (const name of Object.keys(hostileFiles())) {
    test(name, () => {
      const file = join(folder, `${name}.glb`);
      writeFileSync(file, hostileFiles()[name](16 * MEBIBYTE));
      const args = ["--import", "tsx", "decode-memory.ts", file];
      const output = execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: "utf8" });
      const { size, grown, outcome } = JSON.parse(output) as { size: number; grown: number; outcome: string };
      assert.doesNotMatch(outcome, /not a FormatError/);
      assert.ok(grown <= 4 * size + 16 * MEBIBYTE, `${grown} bytes for a file of ${size}: ${outcome}`);
    });
  }
});
