import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { writeAtomically } from "../../pipeline/encode/atomic-write.ts";
import { AnimusError } from "../../pipeline/errors.ts";

const folder = await mkdtemp(join(tmpdir(), "animus-atomic-"));
after(() => rm(folder, { recursive: true }));
const SIZE = 1 << 22;
const isUniform = (bytes: Uint8Array) => bytes.length === SIZE && bytes.every((byte) => byte === bytes[0]);

describe("writeAtomically", () => {
  test("replaces a file and leaves nothing beside it", async () => {
    const file = join(folder, "plain.bin");
    for (const text of ["one", "two, longer", ""]) {
      await writeAtomically(file, new TextEncoder().encode(text));
      assert.equal(await readFile(file, "utf8"), text);
    }
    assert.deepEqual(await readdir(folder), ["plain.bin"]);
  });

  test("a reader never sees half a file", async () => {
    const file = join(folder, "read.bin");
    await writeAtomically(file, new Uint8Array(SIZE));
    let writing = true;
    const writes = (async () => {
      for (let value = 1; value <= 6; value++) await writeAtomically(file, new Uint8Array(SIZE).fill(value));
      writing = false;
    })();
    let reads = 0;
    for (; writing; reads++) assert.ok(isUniform(await readFile(file)));
    await writes;
    assert.ok(reads > 1);
  });

  test("what cannot be replaced is an input error that names the file, and nothing is left behind", async () => {
    const file = join(folder, "taken");
    await mkdir(file);
    await writeFile(join(file, "inside"), "x");
    const before = await readdir(folder);
    await assert.rejects(writeAtomically(file, new Uint8Array(3)), (error) => {
      assert.ok(error instanceof AnimusError);
      assert.deepEqual([error.code, error.file], ["input", file]);
      return true;
    });
    assert.deepEqual(await readdir(folder), before);
  });
});
