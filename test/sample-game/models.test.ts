// The sample models: closed skins of moderate size that stand on the ground, and assets on disk that are what the script makes.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { NodeIO } from "@gltf-transform/core";
import { MODELS } from "../../sample-game/models/index.ts";
import { polygonise } from "../../sample-game/models/polygonise.ts";
import { linear, Sculpture } from "../../sample-game/models/sculpture.ts";
import { limb, sphere } from "../../sample-game/models/shapes.ts";
import { toGlb } from "../../sample-game/models/to-glb.ts";

const ASSETS = join(import.meta.dirname, "../../sample-game/assets");

describe("polygonise", () => {
  test("a ball becomes a closed mesh of outward triangles at its radius", async () => {
    const ball = new Sculpture().add(sphere([0, 2, 0], 0.5), "#ff0000");
    const mesh = await polygonise(ball, { cells: 30, triangles: 800 });
    assert.ok(mesh.indices.length / 3 <= 800 && mesh.indices.length / 3 > 500);
    const edges = new Map<string, number>();
    let volume = 0;
    for (let t = 0; t < mesh.indices.length; t += 3) {
      const triangle = mesh.indices.subarray(t, t + 3);
      for (let i = 0; i < 3; i++) {
        const edge = `${triangle[i]}>${triangle[(i + 1) % 3]}`;
        edges.set(edge, (edges.get(edge) ?? 0) + 1);
      }
      const [a, b, c] = [...triangle].map((v) => mesh.positions.subarray(v * 3, v * 3 + 3));
      volume +=
        (a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0])) /
        6;
    }
    for (const [edge, count] of edges) {
      assert.equal(count, 1, edge);
      assert.ok(edges.has(edge.split(">").reverse().join(">")), `edge ${edge} has no neighbour`);
    }
    const exact = (4 / 3) * Math.PI * 0.125;
    assert.ok(Math.abs(volume - exact) < exact * 0.03, `volume ${volume}, exact ${exact}`);
    for (let v = 0; v < mesh.positions.length; v += 3) {
      const offset = [mesh.positions[v], mesh.positions[v + 1] - 0.5, mesh.positions[v + 2]];
      assert.ok(Math.abs(Math.hypot(...offset) - 0.5) < 0.01);
      const along = offset.reduce((sum, o, i) => sum + o * mesh.normals[v + i], 0);
      assert.ok(along > 0.49, "normals point outwards");
      assert.deepEqual([...mesh.colors.subarray(v, v + 3)], [1, 0, 0]);
    }
  });

  test("mirrored parts and paint land on both sides", () => {
    const body = new Sculpture()
      .add(limb([0.2, 0, 0], 0.1, [0.6, 0, 0], 0.05), "#ffffff", { mirror: true })
      .paint(sphere([0.6, 0, 0], 0.1), "#0000ff", { mirror: true });
    assert.ok(Math.abs(body.distance(0.65, 0, 0)) < 1e-6);
    assert.ok(Math.abs(body.distance(-0.65, 0, 0)) < 1e-6);
    assert.deepEqual(body.colour(-0.65, 0, 0), [...linear("#0000ff")]);
    assert.deepEqual(body.colour(-0.2, 0.1, 0), [1, 1, 1]);
  });
});

describe("shipped models", () => {
  for (const model of MODELS) {
    test(`${model.name} is moderate, coloured, and stands on the ground`, async () => {
      const document = await new NodeIO().read(join(ASSETS, model.name, `${model.name}.glb`));
      const primitives = document
        .getRoot()
        .listMeshes()
        .flatMap((mesh) => mesh.listPrimitives());
      assert.equal(primitives.length, 1);
      const [primitive] = primitives;
      const triangles = primitive.getIndices()!.getCount() / 3;
      assert.ok(triangles >= 2000 && triangles <= 6000, `${triangles} triangles`);
      const lowest = primitive.getAttribute("POSITION")!.getMin([])[1];
      assert.ok(Math.abs(lowest) < 1e-4, `lowest point ${lowest}`);
      const colors = primitive.getAttribute("COLOR_0")!;
      const distinct = new Set(Array.from({ length: colors.getCount() }, (_, v) => colors.getElement(v, []).join()));
      assert.ok(distinct.size > 8, "has colours");
      const sidecar = join(ASSETS, model.name, "prompt.json");
      if (model.clips === null) assert.equal(existsSync(sidecar), false);
      else {
        const expected = { asset: `${model.name}.glb`, clips: model.clips };
        assert.deepEqual(JSON.parse(await readFile(sidecar, "utf8")), expected);
      }
    });
  }

  test("the script makes the shipped chest again", async () => {
    const chest = MODELS.find(({ name }) => name === "chest")!;
    const io = new NodeIO();
    const made = await io.readBinary(await toGlb("chest", await polygonise(chest.sculpt(), chest.mesh)));
    const kept = await io.read(join(ASSETS, "chest/chest.glb"));
    const [a, b] = [made, kept].map((d) => d.getRoot().listMeshes()[0].listPrimitives()[0].getAttribute("POSITION")!);
    for (const bound of ["getMin", "getMax"] as const) {
      a[bound]([]).forEach((value, axis) => {
        assert.ok(Math.abs(value - b[bound]([])[axis]) < 1e-3);
      });
    }
    assert.ok(Math.abs(a.getCount() - b.getCount()) < 0.05 * b.getCount());
  });
});
