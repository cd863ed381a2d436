// Exported files against the runtime's CPU sampler: by the glTF specification's own formula, in Babylon's loader and in three.js'.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Document, NodeIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS, EXTMeshoptCompression } from "@gltf-transform/extensions";
import validator from "gltf-validator";
import type { Asset } from "../../pipeline/asset/asset.ts";
import { importAsset } from "../../pipeline/asset/import-asset.ts";
import { readDocument } from "../../pipeline/asset/read-document.ts";
import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import { animateDocument } from "../../pipeline/export/animated-gltf.ts";
import { packMotion } from "../../pipeline/export/pack-motion.ts";
import { decodeMotionField } from "../../runtime/decode.ts";
import { deformPositions } from "../../runtime/deform.ts";
import type { MotionField } from "../../runtime/field.ts";
import { sampleHandles } from "../../runtime/sample.ts";
import { writeModel } from "../asset/models.ts";
import { openPage, type TestPage } from "../browser/page.ts";
import { makeField } from "../plugin/make-field.ts";
import { makeModel } from "../plugin/make-model.ts";
import { makeSkinned } from "../plugin/make-skinned.ts";
import type { Difference } from "../plugin/stage.ts";
import { skinnedPositions } from "./skinned-positions.ts";

interface Case {
  field: MotionField;
  asset: Asset;
  bytes: Uint8Array;
}

const folder = mkdtempSync(join(tmpdir(), "export-"));
after(() => rmSync(folder, { recursive: true }));

async function exported(name: string, model: Uint8Array, field: MotionField): Promise<Case> {
  const file = join(folder, `${name}.glb`);
  writeFileSync(file, model);
  const { document } = await readDocument(file);
  animateDocument(document, field, file);
  const bytes = await new NodeIO().registerExtensions(ALL_EXTENSIONS).writeBinary(document);
  return { field, asset: await importAsset(file), bytes };
}

const fox = join(import.meta.dirname, "../../sample-game/assets/fox/fox.glb");

async function compressed(model: Uint8Array): Promise<Uint8Array> {
  const document = await new NodeIO().readBinary(model);
  document.createExtension(EXTMeshoptCompression).setRequired(true);
  return readFileSync(await writeModel(document));
}

async function cases(): Promise<Record<string, Case>> {
  const skinned = await makeSkinned();
  return {
    "parts under nodes": await exported("waver", await makeModel(), makeField()),
    "a model compressed by meshopt": await exported("compressed", await compressed(await makeModel()), makeField()),
    "a model with a skin": await exported("skinned", skinned.bytes, skinned.field),
    "the sample fox": await exported(
      "fox",
      readFileSync(fox),
      decodeMotionField(readFileSync(fox.replace(".glb", ".motion.glb"))),
    ),
  };
}

/** Twenty times of a clip, between frames and across its end. */
function timesOf(field: MotionField, clip: string): number[] {
  const { duration } = field.clips.find(({ name }) => name === clip)!;
  return Array.from({ length: 20 }, (_, i) => (duration * (i + 0.31)) / 20);
}

/** Where the sampler puts the vertices of each primitive, asset space. */
function expected({ field, asset }: Case, clip: string, time: number): Float32Array[] {
  const matrices = sampleHandles(field, field.clips.find(({ name }) => name === clip)!, time);
  return field.bindings.map((binding) => {
    const { positions } = asset.primitives.find(
      ({ node, primitive }) => node === binding.node && primitive === binding.primitive,
    )!;
    return deformPositions(binding, matrices, positions);
  });
}

/** Greatest distance, in diagonals, between primitives paired by vertex count and nearness. */
function apart(shown: { positions: ArrayLike<number> }[], wanted: Float32Array[], scale: number): number {
  assert.equal(shown.length, wanted.length);
  const distance = (a: ArrayLike<number>, b: ArrayLike<number>) => {
    let most = 0;
    for (let i = 0; i < a.length; i += 3)
      most = Math.max(most, Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]));
    return most;
  };
  const worst = wanted.map((points) =>
    Math.min(
      ...shown
        .filter(({ positions }) => positions.length === points.length)
        .map(({ positions }) => distance(positions, points)),
    ),
  );
  return Math.max(...worst) / scale;
}

/** glTF turns by slerp, the runtime by nlerp: between two rows of a fast turn they part by this much. */
const CLOSE = 1e-3;

describe("animus export --to gltf", async () => {
  const all = await cases();
  let page: TestPage;
  const files = new Map<string, Uint8Array>();
  before(async () => {
    for (const [i, { bytes }] of Object.values(all).entries()) files.set(`/${i}.glb`, bytes);
    page = await openPage({ entry: new URL("./page.ts", import.meta.url), engine: "webgl2", files });
  });
  after(() => page?.close());

  for (const [index, [name, one]] of Object.entries(all).entries()) {
    test(`${name}: the Khronos validator finds nothing wrong`, async () => {
      const { issues } = await validator.validateBytes(one.bytes, { format: "glb" });
      const severe = issues.messages.filter(({ severity }) => severity < 2);
      assert.deepEqual(severe, []);
    });

    test(`${name}: plays as the sampler by glTF's own formula`, async () => {
      const document: Document = await new NodeIO().registerExtensions(ALL_EXTENSIONS).readBinary(one.bytes);
      for (const clip of one.field.clips) {
        for (const time of timesOf(one.field, clip.name)) {
          const worst = apart(
            skinnedPositions(document, clip.name, time),
            expected(one, clip.name, time),
            one.field.scale,
          );
          assert.ok(worst < CLOSE, `${clip.name} at ${time} s: ${worst} diagonals apart`);
        }
      }
    });

    for (const [player, call] of [
      ["Babylon's loader", "inBabylon"],
      ["three.js' loader", "inThree"],
    ]) {
      test(`${name}: plays as the sampler in ${player}`, async () => {
        for (const { name: clip } of one.field.clips) {
          const times = timesOf(one.field, clip);
          const question = { url: `/${index}.glb`, clip, times };
          const answer = await page.call<{ meshes: { name: string; positions: number[] }[] }[]>(call, question);
          const rest = one.field.bindings.map((_, i) => expected(one, clip, times[0])[i]);
          let moved = 0;
          times.forEach((time, i) => {
            const worst = apart(answer[i].meshes, expected(one, clip, time), one.field.scale);
            assert.ok(worst < CLOSE, `${clip} at ${time} s: ${worst} diagonals apart`);
            moved = Math.max(moved, apart(answer[i].meshes, rest, one.field.scale));
          });
          assert.ok(moved > 0.02, `${clip} stands still: ${moved}`);
        }
      });
    }
  }

  test("a motion of another model is refused, and told which part", async () => {
    const file = join(folder, "waver.glb");
    const { document } = await readDocument(file);
    const field = structuredClone(all["parts under nodes"].field);
    field.bindings[1].positionsHash = "0".repeat(16);
    assert.throws(
      () => animateDocument(document, field, file),
      /waver\.glb is not the model .* node \d+ \("body"\), primitive 1/,
    );
  });

  test("a packed model is a valid GLB, decodes as its motion, and the loader's extension plays it", async () => {
    const model = await makeModel();
    const { field } = all["parts under nodes"];
    const bytes = packMotion(model, encodeMotionField(field), "waver.glb");
    assert.equal((await validator.validateBytes(bytes, { format: "glb" })).issues.numErrors, 0);
    const again = packMotion(bytes, encodeMotionField(field), "waver.glb");
    for (const packed of [bytes, again]) {
      // The file's generator is the model's.
      assert.deepEqual({ ...decodeMotionField(packed), generator: field.generator }, field);
    }
    files.set("/packed.glb", bytes);
    files.set("/plain.glb", model);
    const seen = await page.call<{
      none: boolean;
      same: Difference;
      moved: Difference;
      gone: boolean;
      before: object;
      after: object;
      skeletons: number;
      unregistered: boolean;
    }>("packed", { url: "/packed.glb", plain: "/plain.glb" });
    assert.ok(seen.none && seen.gone && seen.unregistered);
    assert.ok(seen.same.mean < 0.3 && seen.same.share < 0.004, JSON.stringify(seen.same));
    assert.ok(seen.moved.share > 0.03, "the packed model stands still");
    assert.deepEqual(seen.after, seen.before);
    assert.equal(seen.skeletons, 0);
  });
});
