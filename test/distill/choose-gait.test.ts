import assert from "node:assert/strict";
import { test } from "node:test";
import { promptGait } from "../../pipeline/distill/choose-gait.ts";

const GAITS =
  "a fox walking; Runs fast; a knight is running; a horse galloping; a soldier marching; the robot walks; sneaking";
const OTHERS =
  "a bird flying; a fish swimming; a frog jumping; a man walking on air; a bird flapping; a running leap; a dog barking; a wave; a runway; a flower swaying";

test("gaits on the ground are told from what flies, swims, jumps or stands", () => {
  for (const prompt of GAITS.split("; ")) assert.equal(promptGait(prompt), true, prompt);
  for (const prompt of OTHERS.split("; ")) assert.equal(promptGait(prompt), false, prompt);
});
