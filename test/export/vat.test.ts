// Vertex animation textures, read back as their documentation says, against the runtime's CPU sampler.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { NodeIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS } from "@gltf-transform/extensions";
import validator from "gltf-validator";
import sharp from "sharp";
import { importAsset } from "../../pipeline/asset/import-asset.ts";
import { readDocument } from "../../pipeline/asset/read-document.ts";
import { vatFiles } from "../../pipeline/export/vat.ts";
import { MOST_WIDE, textureLayout } from "../../pipeline/export/vertex-textures.ts";
import { deformNormals, deformPositions } from "../../runtime/deform.ts";
import type { MotionField } from "../../runtime/field.ts";
import { sampleHandles } from "../../runtime/sample.ts";
import { makeField } from "../plugin/make-field.ts";
import { makeModel } from "../plugin/make-model.ts";
import { makeSkinned } from "../plugin/make-skinned.ts";

const folder = mkdtempSync(join(tmpdir(), "vat-"));
after(() => rmSync(folder, { recursive: true }));

async function raw(png: Uint8Array, depth: "uchar" | "ushort") {
  const image = depth === "ushort" ? sharp(png).toColourspace("rgb16") : sharp(png);
  const { data, info } = await image.raw({ depth }).toBuffer({ resolveWithObject: true });
  const values =
    depth === "uchar" ? new Uint8Array(data) : new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  return { values, ...info };
}

/** Largest distance of positions (in diagonals) and angle of normals (radians) between the textures and the sampler. */
async function errors(name: string, model: Uint8Array, field: MotionField) {
  const file = join(folder, `${name}.glb`);
  writeFileSync(file, model);
  const { document } = await readDocument(file);
  const files = await vatFiles(document, field, name, file);
  assert.deepEqual(
    [...files.keys()],
    [`${name}.glb`, `${name}_vat.png`, `${name}_vnrm.png`, `${name}-remap_info.json`],
  );
  const glb = files.get(`${name}.glb`)!;
  const { issues } = await validator.validateBytes(glb);
  assert.deepEqual(
    issues.messages.filter(({ severity }) => severity < 2),
    [],
  );

  const info = JSON.parse(new TextDecoder().decode(files.get(`${name}-remap_info.json`)));
  const { Min, Max, Frames } = info["os-remap"];
  const { width, height, rowsPerFrame, clips, uvSet } = info.animus;
  const offsets = await raw(files.get(`${name}_vat.png`)!, "ushort");
  const normals = await raw(files.get(`${name}_vnrm.png`)!, "uchar");
  assert.deepEqual([offsets.width, offsets.height, offsets.channels], [width, height, 4]);
  assert.deepEqual([normals.width, normals.height, normals.channels], [width, height, 3]);
  assert.equal(Frames * rowsPerFrame, height);

  const io = new NodeIO().registerExtensions(ALL_EXTENSIONS);
  const meshes = (await io.readBinary(glb)).getRoot().listMeshes();
  const primitives = meshes.find((mesh) => mesh.getName() === "vertex animation")!.listPrimitives();
  const asset = await importAsset(file);
  let [place, angle, moved] = [0, 0, 0];
  for (const { name: clipName, first, frames, fps } of clips) {
    const clip = field.clips.find((one) => one.name === clipName)!;
    for (let frame = 0; frame < frames; frame++) {
      const matrices = sampleHandles(field, clip, frame / fps);
      field.bindings.forEach((binding, part) => {
        const expected = deformPositions(binding, matrices, asset.primitives[part].positions);
        const turned = deformNormals(binding, matrices, asset.primitives[part].normals);
        const rest = primitives[part].getAttribute("POSITION")!.getArray()!;
        const uvs = primitives[part].getAttribute(`TEXCOORD_${uvSet}`)!.getArray()!;
        for (let v = 0; v < binding.vertexCount; v++) {
          const x = Math.floor(uvs[v * 2] * width);
          const y = Math.floor((uvs[v * 2 + 1] + ((first + frame) * rowsPerFrame) / height) * height);
          let [distance, dot, length] = [0, 0, 0];
          for (let c = 0; c < 3; c++) {
            const shift = Min[c] + (offsets.values[(y * width + x) * 4 + c] / 65535) * (Max[c] - Min[c]);
            distance += (rest[v * 3 + c] + shift - expected[v * 3 + c]) ** 2;
            const normal = (normals.values[(y * width + x) * 3 + c] / 255) * 2 - 1;
            dot += normal * turned[v * 3 + c];
            length += normal ** 2;
            moved = Math.max(moved, Math.abs(shift));
          }
          place = Math.max(place, Math.sqrt(distance) / field.scale);
          angle = Math.max(angle, Math.acos(Math.min(1, dot / Math.sqrt(length))));
        }
      });
    }
  }
  assert.ok(moved > 0.1 * field.scale, "nothing moves");
  return { place, angle };
}

describe("vertex animation textures", () => {
  test("of parts under nodes, two clips", async (t) => {
    const { place, angle } = await errors("waver", await makeModel(), makeField());
    t.diagnostic(
      `positions within ${(place * 100).toFixed(4)} % of the diagonal, normals within ${angle.toFixed(4)} rad`,
    );
    assert.ok(place < 1e-4 && angle < 0.01);
  });

  test("of a model that came with a skin", async () => {
    const { bytes, field } = await makeSkinned();
    const { place } = await errors("skinned", bytes, field);
    assert.ok(place < 1e-4);
  });

  test("of more vertices than are wide take several rows a frame", () => {
    assert.deepEqual(textureLayout(MOST_WIDE, 3), {
      vertexCount: MOST_WIDE,
      width: MOST_WIDE,
      rowsPerFrame: 1,
      height: 3,
      frames: 3,
    });
    const layout = textureLayout(MOST_WIDE + 1, 3);
    assert.deepEqual([layout.rowsPerFrame, layout.height], [2, 6]);
    assert.ok(layout.width * layout.rowsPerFrame > MOST_WIDE);
  });

  test("that fit no device are refused", async () => {
    const file = join(folder, "long.glb");
    writeFileSync(file, await makeModel());
    const { document } = await readDocument(file);
    const long = makeField({ frames: 9000, clips: ["wave"] });
    await assert.rejects(vatFiles(document, long, "long", file), /9000 frames of \d+ vertices need a texture of/);
  });
});
