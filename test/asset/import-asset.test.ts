import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Document, NodeIO } from "@gltf-transform/core";
import {
  EXTMeshoptCompression,
  KHRDracoMeshCompression,
  KHRMaterialsPBRSpecularGlossiness,
  KHRMeshQuantization,
  KHRTextureBasisu,
  KHRTextureTransform,
  type Transform,
} from "@gltf-transform/extensions";
import sharp from "sharp";
import { importAsset } from "../../pipeline/asset/import-asset.ts";
import { uniform } from "../../pipeline/asset/random.ts";
import { AnimusError } from "../../pipeline/errors.ts";
import { hashPositions } from "../../runtime/hash.ts";
import { addPart, box, temporaryFolder, writeModel } from "./models.ts";

const near = (actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-5): void => {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => {
    assert.ok(Math.abs(actual[i] - value) <= tolerance, `[${Array.from(actual)}] is not [${expected}]`);
  });
};

const cube = box([0, 0, 0], [2, 2, 2]);

async function failure(file: string): Promise<AnimusError> {
  try {
    await importAsset(file);
  } catch (error) {
    assert.ok(error instanceof AnimusError, String(error));
    assert.equal(error.code, "input");
    assert.equal(error.file, file);
    assert.ok(error.hint, "an error says what to do");
    return error;
  }
  return assert.fail(`${file} was imported`);
}

describe("nodes", () => {
  test("nested transforms place the mesh; one mesh under two nodes gives two primitives", async () => {
    const document = new Document();
    const inner = addPart(document, "inner", cube).setTranslation([1, 0, 0]).setScale([1, 2, 1]);
    const outer = document.createNode("outer").setScale([3, 3, 3]).setTranslation([0, 10, 0]).addChild(inner);
    const again = document.createNode("again").setMesh(inner.getMesh()).setTranslation([0, 0, -5]);
    document.getRoot().listScenes()[0].addChild(outer).addChild(again);
    const asset = await importAsset(await writeModel(document));
    assert.deepEqual(asset.primitives.map((p) => p.nodeName).sort(), ["again", "inner"]);
    near(asset.bounds.min, [-1, -1, -6]);
    near(asset.bounds.max, [6, 16, 3]);
    const first = asset.primitives.find((p) => p.nodeName === "inner")!;
    near(first.meshToAsset, [3, 0, 0, 0, 0, 6, 0, 0, 0, 0, 3, 0, 3, 10, 0, 1]);
    assert.equal(first.positionsHash, hashPositions(Float32Array.from(cube.positions)));
    assert.deepEqual(
      asset.primitives.map((p) => p.positionsHash),
      [first.positionsHash, first.positionsHash],
    );
  });

  test("a mirrored node keeps its triangles wound outwards, and computed normals point out", async () => {
    const document = new Document();
    addPart(document, "mirrored", cube).setScale([-1, 1, 1]);
    const [{ positions, indices, normals }] = (await importAsset(await writeModel(document))).primitives;
    let volume = 0;
    for (let t = 0; t < indices.length; t += 3) {
      const [a, b, c] = [0, 1, 2].map((k) => positions.subarray(indices[t + k] * 3, indices[t + k] * 3 + 3));
      volume +=
        a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
    }
    assert.ok(Math.abs(volume / 6 - 8) < 1e-5, `volume ${volume / 6}`);
    for (let i = 0; i < positions.length; i += 3) {
      assert.ok(
        positions[i] * normals[i] + positions[i + 1] * normals[i + 1] + positions[i + 2] * normals[i + 2] > 0.5,
      );
    }
  });
});

describe("rest pose", () => {
  test("a skin is baked in the nodes' current pose, whatever the mesh node's own transform", async () => {
    const document = new Document();
    const count = cube.positions.length / 3;
    const joints = new Uint8Array(count * 4);
    const weights = new Float32Array(count * 4);
    for (let v = 0; v < count; v++) {
      joints[4 * v] = cube.positions[3 * v + 1] > 0 ? 1 : 0;
      weights[4 * v] = 1;
    }
    const node = addPart(document, "body", cube, {
      attributes: { JOINTS_0: { type: "VEC4", values: joints }, WEIGHTS_0: { type: "VEC4", values: weights } },
    }).setTranslation([100, 0, 0]);
    // Bound at height 1; now at height 4 and turned by 90 degrees about z.
    const upper = document
      .createNode("upper")
      .setTranslation([0, 4, 0])
      .setRotation([0, 0, Math.SQRT1_2, Math.SQRT1_2]);
    const lower = document.createNode("lower").addChild(upper);
    document.getRoot().listScenes()[0].addChild(lower);
    const inverseBinds = document
      .createAccessor()
      .setType("MAT4")
      .setBuffer(document.getRoot().listBuffers()[0])
      .setArray(
        Float32Array.of(
          1,
          0,
          0,
          0,
          0,
          1,
          0,
          0,
          0,
          0,
          1,
          0,
          0,
          0,
          0,
          1,
          1,
          0,
          0,
          0,
          0,
          1,
          0,
          0,
          0,
          0,
          1,
          0,
          0,
          -1,
          0,
          1,
        ),
      );
    node.setSkin(document.createSkin().addJoint(lower).addJoint(upper).setInverseBindMatrices(inverseBinds));
    const [primitive] = (await importAsset(await writeModel(document))).primitives;
    assert.equal(primitive.skinned, true);
    for (let v = 0; v < count; v++) {
      const [x, y, z] = cube.positions.slice(3 * v, 3 * v + 3);
      near(primitive.positions.slice(3 * v, 3 * v + 3), y > 0 ? [-(y - 1), 4 + x, z] : [x, y, z]);
    }
  });

  test("morph targets are baked at their default weights; the node's go before the mesh's", async () => {
    for (const [meshWeight, nodeWeights, height] of [
      [0.5, [], 2],
      [0.5, [0.25], 1.5],
    ] as const) {
      const document = new Document();
      const node = addPart(document, "morphed", cube);
      const deltas = Float32Array.from(cube.positions, (value, i) => (i % 3 === 1 && value > 0 ? 2 : 0));
      const accessor = document.createAccessor().setType("VEC3").setArray(deltas);
      accessor.setBuffer(document.getRoot().listBuffers()[0]);
      const target = document.createPrimitiveTarget().setAttribute("POSITION", accessor);
      node.getMesh()!.setWeights([meshWeight]).listPrimitives()[0].addTarget(target);
      node.setWeights([...nodeWeights]);
      const asset = await importAsset(await writeModel(document));
      near(asset.bounds.max, [1, height, 1]);
    }
  });
});

describe("encodings", () => {
  test("strips, fans and primitives without an index give the same surface; lines are left out", async () => {
    const quad = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0];
    for (const [mode, indices, triangles] of [
      [
        5,
        [0, 1, 3, 2],
        [
          [0, 1, 3],
          [3, 1, 2],
        ],
      ],
      [
        6,
        [0, 1, 2, 3],
        [
          [0, 1, 2],
          [0, 2, 3],
        ],
      ],
    ] as const) {
      const document = new Document();
      addPart(document, "quad", { positions: quad, indices: [...indices] })
        .getMesh()!
        .listPrimitives()[0]
        .setMode(mode);
      addPart(document, "line", { positions: quad, indices: [0, 1] })
        .getMesh()!
        .listPrimitives()[0]
        .setMode(1);
      const asset = await importAsset(await writeModel(document));
      assert.equal(asset.primitives.length, 1);
      assert.deepEqual([...asset.primitives[0].indices], triangles.flat());
    }
    const document = new Document();
    const loose = addPart(document, "loose", { positions: quad.slice(0, 9), indices: [0, 1, 2] });
    loose.getMesh()!.listPrimitives()[0].setIndices(null);
    assert.deepEqual([...(await importAsset(await writeModel(document))).primitives[0].indices], [0, 1, 2]);
  });

  test("Draco, meshopt and quantised positions decode to the same shape", async () => {
    const shape = box([1, 2, 3], [2, 4, 6], 3);
    const draco = new Document();
    draco.createExtension(KHRDracoMeshCompression).setRequired(true);
    addPart(draco, "part", shape);
    const meshopt = new Document();
    meshopt.createExtension(EXTMeshoptCompression).setRequired(true);
    addPart(meshopt, "part", shape);
    const quantised = new Document();
    quantised.createExtension(KHRMeshQuantization).setRequired(true);
    const node = addPart(quantised, "part", shape).setScale([8, 8, 8]);
    const accessor = node.getMesh()!.listPrimitives()[0].getAttribute("POSITION")!;
    accessor.setArray(Int16Array.from(shape.positions, (value) => Math.round((value / 8) * 32767))).setNormalized(true);
    for (const document of [draco, meshopt, quantised]) {
      const asset = await importAsset(await writeModel(document));
      assert.equal(asset.primitives[0].indices.length, shape.indices.length);
      near(asset.bounds.min, [0, 0, 0], 2e-3);
      near(asset.bounds.max, [2, 4, 6], 2e-3);
    }
  });
});

describe("materials", () => {
  test("texture, transform, wrap mode, factor and vertex colours are read; large textures shrink", async () => {
    const document = new Document();
    document.createExtension(KHRTextureTransform);
    const image = await sharp({ create: { width: 1536, height: 8, channels: 3, background: "#ff0000" } })
      .webp()
      .toBuffer();
    const texture = document.createTexture("red").setImage(new Uint8Array(image)).setMimeType("image/webp");
    const material = document.createMaterial().setBaseColorFactor([0.5, 1, 1, 1]).setBaseColorTexture(texture);
    const transform = document.createExtension(KHRTextureTransform).createTransform() as Transform;
    transform
      .setOffset([0.25, 0.5])
      .setRotation(Math.PI / 2)
      .setScale([2, 3]);
    material.getBaseColorTextureInfo()!.setWrapS(33071).setExtension("KHR_texture_transform", transform);
    const count = cube.positions.length / 3;
    addPart(document, "painted", cube, {
      material,
      attributes: {
        TEXCOORD_0: { type: "VEC2", values: new Float32Array(count * 2).map((_, i) => (i % 2 ? 0.1 : 0.2)) },
        COLOR_0: { type: "VEC3", values: new Float32Array(count * 3).fill(0.25) },
      },
    });
    const [primitive] = (await importAsset(await writeModel(document))).primitives;
    assert.equal(primitive.material.texture?.width, 1024);
    assert.deepEqual(
      [...primitive.material.texture!.data.subarray(0, 4)].map((v) => v > 127),
      [true, false, false, true],
    );
    assert.deepEqual(primitive.material.wrap, ["clamp", "repeat"]);
    near(primitive.material.baseColorFactor, [0.5, 1, 1, 1]);
    near(primitive.colors!.subarray(0, 4), [0.25, 0.25, 0.25, 1]);
    // A quarter turn counter-clockwise with v pointing down: (u, v) -> (3v, -2u), then the offset.
    near(primitive.uvs!.subarray(0, 2), [0.3 + 0.25, -0.4 + 0.5]);
  });

  test("specular-glossiness gives its diffuse colour; a texture that cannot be decoded gives a warning", async () => {
    const document = new Document();
    const glossy = document.createExtension(KHRMaterialsPBRSpecularGlossiness).createPBRSpecularGlossiness();
    const broken = document
      .createTexture("broken")
      .setImage(Uint8Array.of(1, 2, 3))
      .setMimeType("image/png");
    const material = document
      .createMaterial()
      .setExtension(
        "KHR_materials_pbrSpecularGlossiness",
        glossy.setDiffuseFactor([0.1, 0.2, 0.3, 1]).setDiffuseTexture(broken),
      );
    addPart(document, "glossy", cube, { material });
    const warnings: string[] = [];
    const asset = await importAsset(await writeModel(document), { onWarning: (message) => warnings.push(message) });
    near(asset.primitives[0].material.baseColorFactor, [0.1, 0.2, 0.3, 1]);
    assert.equal(asset.primitives[0].material.texture, null);
    assert.match(warnings.join("\n"), /broken/);
    const compressed = new Document();
    compressed.createExtension(KHRTextureBasisu).setRequired(true);
    const ktx = compressed.createTexture("packed").setImage(new Uint8Array(80)).setMimeType("image/ktx2");
    addPart(compressed, "cube", cube, { material: compressed.createMaterial().setBaseColorTexture(ktx) });
    const notes: string[] = [];
    await importAsset(await writeModel(compressed), { onWarning: (message) => notes.push(message) });
    assert.match(notes.join("\n"), /packed is KTX2/);
  });
});

describe("broken files", () => {
  test("missing, foreign, truncated and empty files are refused with a remedy", async () => {
    const folder = await temporaryFolder();
    assert.match((await failure(join(folder, "none.glb"))).message, /does not exist/);
    assert.match((await failure(join(folder, "creature.fbx"))).hint!, /glTF Binary/);
    const text = join(folder, "text.glb");
    await writeFile(text, "this is not a model, but long enough for a header");
    assert.match((await failure(text)).message, /not a GLB/);
    const json = join(folder, "broken.gltf");
    await writeFile(json, "{ not json");
    await failure(json);
    const whole = new Document();
    addPart(whole, "cube", cube);
    const bytes = await readFile(await writeModel(whole));
    for (let length = 0; length < bytes.length; length += 97) {
      const cut = join(folder, `cut${length}.glb`);
      await writeFile(cut, bytes.subarray(0, length));
      await failure(cut);
    }
    const empty = new Document();
    empty.createScene();
    assert.match((await failure(await writeModel(empty))).message, /no triangles/);
  });

  test("damaged bytes give an asset of finite size or a message, never anything else", async () => {
    const document = new Document();
    addPart(document, "box", box([0, 0, 0], [1, 1, 1], 8));
    const bytes = await readFile(await writeModel(document));
    const file = join(await temporaryFolder(), "damaged.glb");
    const random = uniform(11);
    let refused = 0;
    for (let trial = 0; trial < 60; trial++) {
      const damaged = Buffer.from(bytes);
      for (let hit = 0; hit < 3; hit++) damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      await writeFile(file, damaged);
      try {
        const { bounds } = await importAsset(file);
        assert.ok([...bounds.min, ...bounds.max].every(Number.isFinite));
      } catch (error) {
        assert.ok(error instanceof AnimusError && error.code === "input" && error.hint, String(error));
        refused++;
      }
    }
    assert.ok(refused > 10 && refused < 60, `${refused} of 60 refused`);
  });

  test("a missing buffer file is named", async () => {
    const document = new Document();
    addPart(document, "cube", cube);
    document.getRoot().listBuffers()[0].setURI("geometry.bin");
    const { json } = await new NodeIO().writeJSON(document);
    const file = join(await temporaryFolder(), "cube.gltf");
    await writeFile(file, JSON.stringify(json));
    assert.match((await failure(file)).message, /geometry\.bin/);
  });

  test("positions that are no numbers, indices out of range, no size, unknown extensions, cycles", async () => {
    const nan = new Document();
    addPart(nan, "nan", { ...cube, positions: cube.positions.with(4, Number.NaN) });
    assert.match((await failure(await writeModel(nan))).message, /vertex 1 is at/);
    const outside = new Document();
    addPart(outside, "outside", { ...cube, indices: [0, 1, 99] });
    assert.match((await failure(await writeModel(outside))).message, /index 99/);
    const point = new Document();
    addPart(point, "point", { ...cube, positions: cube.positions.map(() => 1) });
    assert.match((await failure(await writeModel(point))).message, /no usable size/);
    const folder = await temporaryFolder();
    const strange = join(folder, "strange.gltf");
    await writeFile(strange, JSON.stringify({ asset: { version: "2.0" }, extensionsRequired: ["ACME_soap"] }));
    assert.match((await failure(strange)).message, /ACME_soap/);
    const cycle = join(folder, "cycle.gltf");
    await writeFile(
      cycle,
      JSON.stringify({ asset: { version: "2.0" }, nodes: [{ children: [1] }, { children: [0] }] }),
    );
    assert.match((await failure(cycle)).message, /not a tree/);
  });

  test("skins with missing weights and models with too many vertices", async () => {
    const document = new Document();
    const count = cube.positions.length / 3;
    const node = addPart(document, "body", cube, {
      attributes: { JOINTS_0: { type: "VEC4", values: new Uint8Array(count * 4) } },
    });
    const joint = document.createNode("joint");
    document.getRoot().listScenes()[0].addChild(joint);
    node.setSkin(document.createSkin().addJoint(joint));
    const file = await writeModel(document);
    assert.match((await failure(file)).message, /WEIGHTS_0/);
    await assert.rejects(importAsset(file, { maxVertices: 7 }), /8 vertices; at most 7/);
  });
});
