// The shipped teacher against PyTorch: parity.json holds values that export.py took from the network itself.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { AnimusError } from "../../pipeline/errors.ts";
import { EMBEDDED, loadTeacher } from "../../pipeline/teacher/load-teacher.ts";
import { nodeRuntime } from "../../pipeline/teacher/ort-node.ts";
import { webRuntime } from "../../pipeline/teacher/ort-web.ts";
import { conditionInputs, loraInputs } from "../../pipeline/teacher/requests.ts";
import type { Teacher } from "../../pipeline/teacher/teacher.ts";
import { pick, relativeError, seededRequest } from "./seeded.ts";

const TOLERANCE = 1e-3;
const HALF_TOLERANCE = 1e-2;
const directory = process.env["ANIMUS_TEST_TEACHER"] ?? EMBEDDED;
const vectorFile = process.env["ANIMUS_TEST_TEACHER"]
  ? join(directory, "parity.json")
  : new URL("parity.json", import.meta.url);
const vector = JSON.parse(await readFile(vectorFile, "utf8"));

describe("the embedded teacher", () => {
  let teacher: Teacher;
  before(async () => {
    teacher = await loadTeacher({ directory, device: "cpu", threads: 2 });
  });
  after(() => teacher.dispose());

  test("is the one that the vector was taken from", () => {
    assert.equal(teacher.manifest.weightsHash, vector.weightsHash);
  });

  for (const { batch, views, guided, factors = true, values } of vector.denoise) {
    const how = `${guided ? ", guided" : ""}${factors ? "" : ", without LoRA"}`;
    test(`predicts what PyTorch does, batch ${batch}, views ${views}${how}`, async () => {
      const request = seededRequest(teacher.manifest, batch, views, guided);
      const x0 = await teacher.predict(factors ? request : { ...request, lora: null });
      assert.equal(x0.length, batch * views * 3 * 16 * 48 * 48);
      const error = relativeError(pick(x0, values.length), values);
      assert.ok(error < TOLERANCE, `relative error ${error}`);
    });
  }

  test("is changed by its LoRA factors, and not by zero ones", async () => {
    const request = seededRequest(teacher.manifest, 1, 1);
    const [base, zero, lora] = [
      await teacher.predict({ ...request, lora: null }),
      await teacher.predict({
        ...request,
        lora: { rank: 8, tensors: request.lora.tensors.map((t) => t.slice().fill(0)) },
      }),
      await teacher.predict(request),
    ];
    assert.deepEqual(base, zero);
    assert.ok(relativeError(pick(lora, 200), pick(base, 200)) > 10 * TOLERANCE);
  });

  test("gives the loss and the gradients that PyTorch does", async () => {
    const { loss, gradients } = await teacher.loraGradient(seededRequest(teacher.manifest, 1, 4));
    assert.ok(Math.abs(loss / vector.loraGradient.loss - 1) < TOLERANCE);
    for (const [i, { name }] of teacher.manifest.lora.tensors.entries()) {
      const wanted = vector.loraGradient.gradients[name];
      const error = relativeError(pick(gradients[i]!, wanted.length), wanted);
      assert.ok(error < TOLERANCE, `${name}: relative error ${error}`);
    }
  });

  test("refuses an answer that is not finite", async () => {
    const request = seededRequest(teacher.manifest, 1, 1);
    request.clips[5] = Number.NaN;
    await assert.rejects(teacher.predict(request), (error: AnimusError) => error.code === "teacher");
  });

  // What GPUs are asked first; here on the processor, which computes it more slowly and the same.
  for (const form of ["denoiseHalf", "denoiseCuda"] as const) {
    test(`predicts nearly the same in half precision, by ${form}`, async () => {
      const { graphs, weights } = teacher.manifest;
      const graph = graphs[form];
      assert.ok(graph);
      const session = await (await nodeRuntime("cpu", 2)).open({ directory, graph, weights });
      assert.deepEqual(
        teacher.manifest.lora.tensors.filter(({ name }) => session.inputs.includes(name)),
        [],
      );
      const { batch, views, guided, values } = vector.denoise.find(
        ({ factors }: { factors?: boolean }) => factors === false,
      );
      const { x0 } = await session.run(
        conditionInputs(teacher.manifest, seededRequest(teacher.manifest, batch, views, guided)),
      );
      await session.release();
      const error = relativeError(pick(x0!.data, values.length), values);
      assert.ok(error < HALF_TOLERANCE, `relative error ${error}`);
    });
  }

  test("predicts the same on WebAssembly", async () => {
    const { batch, views, values } = vector.denoise[0];
    const runtime = await webRuntime(1);
    const { graphs, weights } = teacher.manifest;
    const session = await runtime.open({ directory, graph: graphs.denoise, weights });
    const request = seededRequest(teacher.manifest, batch, views);
    const inputs = { ...conditionInputs(teacher.manifest, request), ...loraInputs(teacher.manifest, request.lora) };
    const { x0 } = await session.run(inputs);
    await session.release();
    const error = relativeError(pick(x0!.data, values.length), values);
    assert.ok(error < TOLERANCE, `relative error ${error}`);
  });
});

describe("a folder without a sound teacher", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "teacher-"));
  });
  after(() => rm(folder, { recursive: true }));

  test("is named where teacher.json is missing", async () => {
    const about = (error: AnimusError) => error.code === "teacher" && error.message.includes(folder) && !!error.hint;
    await assert.rejects(loadTeacher({ directory: folder }), about);
  });

  test("is named where the graph is missing", async () => {
    const { staticSource, ...manifest } = JSON.parse(await readFile(join(directory, "teacher.json"), "utf8"));
    await writeFile(join(folder, "teacher.json"), JSON.stringify(manifest));
    const about = (error: AnimusError) => error.code === "device" && error.message.includes(folder) && !!error.hint;
    await assert.rejects(loadTeacher({ directory: folder, device: "cpu" }), about);
  });
});
