import assert from "node:assert/strict";
import { test } from "node:test";
import { createReporter, duration } from "../../pipeline/cli/report.ts";
import type { PipelineEvent } from "../../pipeline/events.ts";

/** Collects what is written; as a terminal it has a width. */
function sink(terminal: boolean) {
  let text = "";
  const write = (chunk: string) => {
    text += chunk;
    return true;
  };
  const stream = { write, ...(terminal ? { isTTY: true, columns: 40 } : {}) } as unknown as NodeJS.WriteStream;
  return { stream, text: () => text };
}

const id = { asset: "fox.glb", clip: "walk" };
const progress = (fraction: number): PipelineEvent => {
  return { type: "progress", ...id, stage: "distill", fraction, etaSeconds: 75, loss: 0.01234 };
};
const EVENTS: PipelineEvent[] = [
  { type: "queued", ...id, prompt: "a fox walking" },
  { type: "stage", ...id, stage: "distill" },
  progress(0.25),
  progress(0.5),
  { type: "failed", ...id, code: "input", message: "It broke.", file: "fox.glb", line: 3, hint: "Mend it." },
];

test("JSON goes to stdout, one event a line, and text to stderr alone", () => {
  const [stdout, stderr] = [sink(false), sink(false)];
  const reporter = createReporter({ json: true, stdout: stdout.stream, stderr: stderr.stream });
  for (const event of EVENTS) reporter.event(event);
  assert.deepEqual(
    stdout
      .text()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
    EVENTS,
  );
  assert.equal(
    stderr.text(),
    [
      'fox.glb (walk): queued "a fox walking"',
      "fox.glb (walk): distill",
      // Progress lines that cannot be rewritten come seldom.
      "fox.glb (walk): distill 25 %, 1 min 15 s left, loss 0.0123",
      "fox.glb (walk): failed: It broke. [fox.glb:3]",
      "  Mend it.",
      "",
    ].join("\n"),
  );
});

test("on a terminal, progress is one line within its width that gives way to the next message", () => {
  const [stdout, stderr] = [sink(false), sink(true)];
  const reporter = createReporter({ json: false, stdout: stdout.stream, stderr: stderr.stream });
  reporter.event(progress(0.25));
  reporter.event(progress(0.5));
  reporter.note("Stopping.");
  assert.equal(stdout.text(), "");
  assert.equal(
    stderr.text(),
    "fox.glb (walk): distill 25 %, 1 min 15 \r\u001b[Kfox.glb (walk): distill 50 %, 1 min 15 \r\u001b[KStopping.\n",
  );
});

test("durations read well", () => {
  assert.deepEqual([0.4, 59.4, 59.6, 125].map(duration), ["0 s", "59 s", "1 min 00 s", "2 min 05 s"]);
});
