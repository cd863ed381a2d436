// The animations that the game ships with: made by this very product from the prompts beside them, whole, and within what the
// README promises. A stale one would keep a newcomer's machine busy for minutes before their own model gets its turn.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { readTeacherManifest, teacherFolder } from "../../pipeline/cli/teacher-folder.ts";
import { discover } from "../../pipeline/watch/discover.ts";
import { jobKey } from "../../pipeline/watch/job-key.ts";
import { readModelFiles } from "../../pipeline/watch/model-files.ts";
import { assetName, outputFolder, readRecorded } from "../../pipeline/watch/recorded.ts";

const ROOT = join(import.meta.dirname, "../../sample-game/assets");
const { tagged, problems } = await discover(ROOT);

test("every sidecar is sound, and at least five models move", () => {
  assert.deepEqual(problems, []);
  assert.ok(tagged.length >= 5, `${tagged.length} models`);
});

for (const { model, clips } of tagged) {
  test(`${assetName(model)} is up to date and moves as promised`, async () => {
    const teacher = await readTeacherManifest(teacherFolder(undefined));
    const { hash } = await readModelFiles(model);
    const recorded = await readRecorded(outputFolder(ROOT, model, null), assetName(model));
    for (const clip of clips) {
      const built = recorded?.clips.get(clip.name);
      assert.ok(built, `${clip.name} is built`);
      assert.equal(built.key, jobKey(hash, clip, teacher), `${clip.name} is made from what lies here`);
      const { pathLength, jitter, stretch, loopSeam } = built.metrics;
      assert.ok(pathLength >= 0.05, `path length ${pathLength}`);
      assert.ok(jitter <= 0.25, `jitter ${jitter}`);
      assert.ok(stretch <= 0.15, `stretch ${stretch}`);
      assert.ok(loopSeam <= 1.2, `loop seam ${loopSeam}`);
    }
  });
}
