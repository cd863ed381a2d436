// The file of the static source: what is written is read back, and a folder at fault is named.

import assert from "node:assert/strict";
import { copyFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkTeacher } from "../../pipeline/cli/doctor-checks.ts";
import { readTeacherManifest } from "../../pipeline/cli/teacher-folder.ts";
import type { AnimusError } from "../../pipeline/errors.ts";
import { EMBEDDED, loadTeacher } from "../../pipeline/teacher/load-teacher.ts";
import { encodeStaticSource, readStaticSource } from "../../pipeline/teacher/static-source.ts";
import { temporaryFolder } from "../watch/folder.ts";

const manifest = {
  lora: {
    rank: 1,
    tensors: [
      { name: "a_down", shape: [2, 3, 1] },
      { name: "a_up", shape: [2, 1, 2] },
    ],
  },
  staticSource: { file: "still.bin", hash: "0".repeat(64) },
};
const lora = { rank: 1, tensors: [Float32Array.of(1, -2, 0.5, 0, 0.25, 3), Float32Array.of(-1, 0.125, 2, 4)] };

describe("the file of the static source", () => {
  test("holds half-precision numbers, tensor after tensor", async (context) => {
    const folder = await temporaryFolder(context);
    const bytes = encodeStaticSource(lora);
    assert.equal(bytes.length, 20);
    await writeFile(join(folder, "still.bin"), bytes);
    assert.deepEqual(await readStaticSource(folder, manifest), lora);
    assert.equal(await readStaticSource(folder, { lora: manifest.lora }), null);
  });

  test("is named where it is missing, has another size or a number that is none", async (context) => {
    const folder = await temporaryFolder(context);
    const file = join(folder, "still.bin");
    const refused = (...words: string[]) =>
      assert.rejects(readStaticSource(folder, manifest), (error: AnimusError) => {
        assert.equal(error.code, "teacher");
        assert.equal(error.file, file);
        assert.match(error.hint ?? "", /Restore the teacher's folder/);
        for (const word of words) assert.ok(error.message.includes(word), `"${word}" in ${error.message}`);
        return true;
      });
    await refused("missing", file);
    await writeFile(file, encodeStaticSource(lora).subarray(0, 18));
    await refused(file, "18 bytes", "20");
    await writeFile(file, encodeStaticSource({ ...lora, tensors: [lora.tensors[0], Float32Array.of(1, NaN, 2, 4)] }));
    await refused("not finite");
  });
});

describe("the shipped static source", () => {
  test("is small, whole, and as its manifest says", async () => {
    const [check, shipped] = await checkTeacher(EMBEDDED);
    assert.equal(check.status, "ok", check.detail);
    const source = await readStaticSource(EMBEDDED, shipped!);
    assert.ok(source && encodeStaticSource(source).length < 2e6);
  });

  test("is missed before any graph is opened, and by the doctor", async (context) => {
    const folder = await temporaryFolder(context);
    const { staticSource, ...shipped } = await readTeacherManifest(EMBEDDED);
    await copyFile(join(EMBEDDED, "teacher.json"), join(folder, "teacher.json"));
    await assert.rejects(loadTeacher({ directory: folder, device: "cpu" }), {
      code: "teacher",
      message: /static-source/,
    });
    for (const file of [shipped.weights, ...Object.values(shipped.graphs)]) {
      await symlink(join(EMBEDDED, file), join(folder, file));
    }
    assert.match((await checkTeacher(folder))[0].detail, /static-source\.bin is missing/);
    await writeFile(join(folder, staticSource!.file), Buffer.alloc(8));
    assert.match((await checkTeacher(folder))[0].detail, /static-source\.bin is damaged/);
  });
});
