// The guidance input of a distilled teacher on the runtimes of the processor. tiny-guided/denoise.onnx is tiny/denoise.onnx with the
// input: what the text adds to its answer counts guidance times, so that it answers u + g (c - u) of the other exactly.

import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { AnimusError } from "../../pipeline/errors.ts";
import { predictGuided } from "../../pipeline/teacher/guidance.ts";
import { loadTeacher } from "../../pipeline/teacher/load-teacher.ts";
import type { Teacher } from "../../pipeline/teacher/teacher.ts";
import { temporaryFolder } from "../watch/folder.ts";
import { seededRequest } from "./seeded.ts";

const folderOf = (name: string) => join(import.meta.dirname, name);

describe("a distilled teacher", () => {
  let [plain, once, onWeb]: Teacher[] = [];
  before(async () => {
    plain = await loadTeacher({ directory: folderOf("tiny"), device: "cpu", threads: 1 });
    once = await loadTeacher({ directory: folderOf("tiny-guided"), device: "cpu", threads: 1 });
    onWeb = await loadTeacher({ directory: folderOf("tiny-guided"), device: "cpu", threads: 1, web: true });
  });
  after(() => Promise.all([plain, once, onWeb].map((teacher) => teacher.dispose())));

  const question = () => {
    const { clips, levels, conditions } = seededRequest(plain.manifest, 1, 2);
    const { rest, cameras } = conditions[0];
    // One token: the mask of a prompt as short as that is the one of no prompt.
    const text = { prompt: "swings", tokens: Float32Array.of(0.5, -0.25, 1, 0, 0, 0), length: 1, truncated: false };
    return { clips, level: levels[0], condition: { text, rest, cameras } };
  };

  test("answers the guided clip at once, on either runtime", async () => {
    const { clips, level, condition } = question();
    for (const guidance of [1, 3, 16, 0, 20]) {
      const wanted = await predictGuided(plain, clips, level, condition, guidance);
      for (const teacher of [once, onWeb]) {
        const answer = await predictGuided(teacher, clips, level, condition, guidance);
        const worst = answer.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);
        assert.ok(worst < 1e-5, `${teacher.description}: off by ${worst} at ${guidance}`);
      }
    }
    const [weak, strong] = await Promise.all([1, 16].map((g) => predictGuided(once, clips, level, condition, g)));
    assert.ok(strong.some((value, i) => Math.abs(value - weak[i]) > 1));
  });

  test("takes another scale for every clip of a batch, 1 where none is named", async () => {
    const { clips, level, condition } = question();
    const both = new Float32Array(clips.length * 2);
    both.set(clips);
    both.set(clips, clips.length);
    const conditions = [{ ...condition, guidance: 5 }, condition];
    const answer = await once.predict({ clips: both, levels: [level, level], conditions, lora: null });
    const ask = (guidance: number) => predictGuided(plain, clips, level, condition, guidance);
    for (const [b, guidance] of [5, 1].entries()) {
      const wanted = await ask(guidance);
      assert.ok(wanted.every((value, i) => Math.abs(value - answer[b * clips.length + i]) < 1e-5));
    }
  });

  test("is never asked for a scale that it was not taught", async () => {
    const { clips, level, condition } = question();
    const ask = (teacher: Teacher, guidance: number) =>
      teacher.predict({ clips, levels: [level], conditions: [{ ...condition, guidance }], lora: null });
    await assert.rejects(ask(once, 20), { code: "internal", message: /guidance of 20 .* scales of 1 to 16/ });
    await assert.rejects(ask(plain, 3), { code: "internal", message: /guidance of 3 .* takes no guidance/ });
  });

  test("must have the input that its manifest promises", async (context) => {
    const directory = await temporaryFolder(context);
    await cp(folderOf("tiny"), directory, { recursive: true });
    const manifest = JSON.parse(await readFile(join(directory, "teacher.json"), "utf8"));
    await writeFile(join(directory, "teacher.json"), JSON.stringify({ ...manifest, guidance: [1, 16] }));
    await assert.rejects(
      loadTeacher({ directory, device: "cpu", threads: 1 }),
      (error: AnimusError) => error.code === "device" && /denoise.onnx has no input "guidance"/.test(error.message),
    );
  });
});
