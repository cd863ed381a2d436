import assert from "node:assert/strict";
import { test } from "node:test";
import { promptBody } from "../../pipeline/distill/choose-body.ts";
import { PRESET_SETTINGS, soften } from "../../pipeline/distill/settings.ts";

const SOFT = "a jelly wobbling; a Jellyfish swims; a flag waving in the wind; a snowman melting; a soft toy bouncing";
const RIGID = "a fox walking; a robot walking softly; a plant swaying in the wind; a fish swimming; a flagship sinking";

test("things without bones give, others keep their lengths", () => {
  for (const prompt of SOFT.split("; ")) assert.equal(promptBody(prompt), "soft", prompt);
  for (const prompt of RIGID.split("; ")) assert.equal(promptBody(prompt), "rigid", prompt);
});

test("softening touches what keeps lengths and turns, takes the joints, and nothing else", () => {
  const { regularisers, joints: _, ...others } = PRESET_SETTINGS.draft;
  const soft = soften(PRESET_SETTINGS.draft);
  assert.deepEqual({ ...soft, regularisers }, { ...others, joints: null, regularisers });
  const { arap, rotation, stretch, ...kept } = soft.regularisers;
  assert.deepEqual({ ...regularisers, ...kept }, regularisers);
  assert.ok(arap < regularisers.arap && rotation < regularisers.rotation && stretch < regularisers.stretch);
});
