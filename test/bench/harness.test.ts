// The bench harness: flags, median, table and history lines. The benches themselves are no tests.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { csvLine, formatTable, medianOf, parseFlags, timeMedian } from "./harness.ts";

describe("the bench harness", () => {
  test("reads words and flags in either spelling", () => {
    const flags = parseFlags(["teacher", "--device=cpu", "--threads", "2", "--record", "render"]);
    assert.deepEqual(flags, { words: ["teacher", "render"], device: "cpu", threads: 2, record: true, sizes: {} });
    const sizes = { splats: [8000, 30000], pixels: [64] };
    assert.deepEqual(parseFlags(["--splats", "8000,30000", "--pixels=64"]).sizes, sizes);
  });

  test("names the flag at fault", () => {
    assert.throws(() => parseFlags(["--treads", "2"]), /--treads/);
    assert.throws(() => parseFlags(["--threads", "two"]), /"two"/);
    assert.throws(() => parseFlags(["--device", "--record"]), /--device wants/);
  });

  test("takes the median of odd and even counts, and leaves the values in order", () => {
    const values = [10, 1, 2];
    assert.equal(medianOf(values), 2);
    assert.equal(medianOf([4, 1, 3, 2]), 2.5);
    assert.deepEqual(values, [10, 1, 2]);
    assert.throws(() => medianOf([]));
  });

  test("calls as often as told, warm-up apart", async () => {
    let calls = 0;
    const time = await timeMedian(() => calls++, { warmup: 2, runs: 3 });
    assert.equal(calls, 5);
    assert.ok(time >= 0);
  });

  test("aligns a table", () => {
    const row = { bench: "a", metric: "long metric", value: 1234.5, unit: "ms", detail: "two cores" };
    const table = formatTable([row, { ...row, bench: "abc", metric: "m", value: 0.12345, detail: "" }]);
    assert.equal(table, "a    long metric   1235  ms  two cores\nabc  m            0.123  ms");
  });

  test("quotes what a CSV field must", () => {
    const when = { date: "2026-01-02", version: "0.1.0", commit: "abc", machine: 'CPU "A", x2' };
    const row = { bench: "teacher", metric: "predict", value: 402.123456, unit: "ms", detail: "cpu" };
    assert.equal(csvLine(when, row), '2026-01-02,0.1.0,abc,"CPU ""A"", x2",teacher,predict,402.1,ms,cpu');
  });
});
