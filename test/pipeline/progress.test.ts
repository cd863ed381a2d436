import assert from "node:assert/strict";
import { test } from "node:test";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { createProgress } from "../../pipeline/progress.ts";

test("fractions weigh the stages by their work, and the estimate follows the pace", () => {
  const events: PipelineEvent[] = [];
  let clock = 0;
  const id = { asset: "fox.glb", clip: "walk" };
  const progress = createProgress(
    id,
    { import: 1, distill: 9 },
    (event) => events.push(event),
    () => clock,
  );
  progress.stage("import");
  progress.advance(0, null);
  clock = 2000;
  progress.stage("distill");
  progress.advance(0, null);
  clock = 11000;
  progress.advance(1 / 2, 0.25);
  assert.deepEqual(events, [
    { type: "stage", stage: "import", ...id },
    { type: "progress", stage: "import", fraction: 0, etaSeconds: null, loss: null, ...id },
    { type: "stage", stage: "distill", ...id },
    { type: "progress", stage: "distill", fraction: 0.1, etaSeconds: 18, loss: null, ...id },
    { type: "progress", stage: "distill", fraction: 0.55, etaSeconds: 9, loss: 0.25, ...id },
  ]);
});
