import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Asset } from "../../pipeline/asset/asset.ts";
import { normalisation, toAsset, toNormalised } from "../../pipeline/asset/normalise.ts";
import { sampleSplats } from "../../pipeline/asset/sample-splats.ts";
import { toLinear, toSrgb } from "../../pipeline/asset/surface-color.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { shade } from "../../pipeline/render/shading.ts";
import { assetOf, box } from "./models.ts";

const cube = box([5, 0, 0], [2, 2, 2]);

/** A unit square facing +z whose UVs run from 0 to 1, with a texture of two columns. */
function painted(left: number[], right: number[]): Asset {
  const asset = assetOf({ positions: [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0], indices: [0, 1, 2, 0, 2, 3] });
  const [primitive] = asset.primitives;
  primitive.uvs = Float32Array.of(0, 0, 1, 0, 1, 1, 0, 1);
  primitive.normals = Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1);
  primitive.material.wrap = ["clamp", "clamp"];
  primitive.material.texture = { width: 2, height: 1, data: Uint8Array.from([...left, ...right]) };
  return asset;
}

test("normalised space is centred with largest side 1, and back", () => {
  const asset = assetOf(box([5, 1, 0], [2, 4, 1]));
  const space = normalisation(asset);
  assert.deepEqual(space, { centre: [5, 1, 0], scale: 0.25, diagonal: Math.hypot(0.5, 1, 0.25) });
  const points = toNormalised(Float32Array.of(6, 3, 0.5), space);
  assert.deepEqual([...points], [0.25, 0.5, 0.125]);
  assert.deepEqual([...toAsset(points, space)], [6, 3, 0.5]);
});

describe("samples", () => {
  test("lie on the surface at their barycentric origin, evenly, with outward unit normals", () => {
    const asset = assetOf(cube);
    const { splats, primitives, triangles, barycentrics } = sampleSplats(asset, { count: 600 });
    assert.equal(splats.count, 600);
    const faces = new Map<string, number>();
    for (let s = 0; s < splats.count; s++) {
      const p = splats.positions.subarray(3 * s, 3 * s + 3);
      const n = splats.normals.subarray(3 * s, 3 * s + 3);
      assert.ok(Math.abs(Math.max(...p.map(Math.abs)) - 0.5) < 1e-5, "on the cube's surface");
      assert.ok(Math.abs(p[0] * n[0] + p[1] * n[1] + p[2] * n[2] - 0.5) < 1e-5, "normal of its face, outwards");
      faces.set(n.join(), (faces.get(n.join()) ?? 0) + 1);
      const { indices, positions } = asset.primitives[primitives[s]];
      for (let c = 0; c < 3; c++) {
        let value = 0;
        for (let k = 0; k < 3; k++) value += barycentrics[3 * s + k] * positions[3 * indices[3 * triangles[s] + k] + c];
        assert.ok(Math.abs((value - (c === 0 ? 5 : 0)) / 2 - p[c]) < 1e-5);
      }
    }
    assert.equal(faces.size, 6);
    for (const count of faces.values()) assert.ok(count > 85 && count < 115, `${count} of 600 on one face of six`);
  });

  test("the same seed gives the same samples, another seed others", () => {
    const asset = assetOf(cube);
    const once = sampleSplats(asset, { count: 100, seed: 3 });
    assert.deepEqual(once, sampleSplats(asset, { count: 100, seed: 3 }));
    assert.notDeepEqual(once.splats.positions, sampleSplats(asset, { count: 100, seed: 4 }).splats.positions);
  });

  test("a closed surface renders without holes", async () => {
    const { splats } = sampleSplats(assetOf(box([0, 0, 0], [1, 1, 1])), { count: 4096 });
    const size = 48;
    const renderer = createCpuRenderer(splats, { width: size, height: size }, { threads: 0 });
    const linears = new Float32Array(splats.count * 9);
    for (let s = 0; s < splats.count; s++) linears.set([1, 0, 0, 0, 1, 0, 0, 0, 1], 9 * s);
    const image = await renderer.render({ frames: 1, positions: splats.positions, linears }, [
      { azimuth: 0, elevation: 0 },
    ]);
    await renderer.dispose();
    // The face at +z has one colour; the far face, in shade, would show through a hole.
    const face = 2 * shade(Float32Array.of(1, 1, 1), Float32Array.of(0, 0, 1))[0] - 1;
    for (let y = 12; y < 36; y++) {
      for (let x = 12; x < 36; x++) assert.ok(Math.abs(image[y * size + x] - face) < 0.1, `hole at (${x}, ${y})`);
    }
  });
});

describe("colour", () => {
  test("texture times factor times vertex colour, the latter two linear", () => {
    const asset = painted([200, 100, 50, 255], [200, 100, 50, 255]);
    asset.primitives[0].material.baseColorFactor = [0.5, 1, 1, 1];
    asset.primitives[0].colors = new Float32Array(16).fill(0.8);
    const { albedo } = sampleSplats(asset, { count: 50 });
    const expected = [
      toSrgb(toLinear(200 / 255) * 0.4),
      toSrgb(toLinear(100 / 255) * 0.8),
      toSrgb(toLinear(50 / 255) * 0.8),
    ];
    for (let i = 0; i < albedo.length; i++) assert.ok(Math.abs(albedo[i] - expected[i % 3]) < 1e-4);
  });

  test("texels sit where the UVs say", () => {
    const { splats, albedo } = sampleSplats(painted([255, 0, 0, 255], [0, 0, 255, 255]), { count: 400 });
    for (let s = 0; s < splats.count; s++) {
      const x = splats.positions[3 * s];
      if (x < -0.3) assert.ok(albedo[3 * s] > 0.9 && albedo[3 * s + 2] < 0.3);
      if (x > 0.3) assert.ok(albedo[3 * s] < 0.3 && albedo[3 * s + 2] > 0.9);
    }
  });

  test("clear texels get no splats, unless nothing would be left", () => {
    for (const mode of ["MASK", "BLEND"] as const) {
      const half = painted([255, 255, 255, 0], [255, 255, 255, 255]);
      half.primitives[0].material.alphaMode = mode;
      const { splats } = sampleSplats(half, { count: 300 });
      assert.equal(splats.count, 300);
      for (let s = 0; s < splats.count; s++) assert.ok(splats.positions[3 * s] > -0.02, "on the opaque half");
      const clear = painted([255, 255, 255, 0], [255, 255, 255, 0]);
      clear.primitives[0].material.alphaMode = mode;
      assert.equal(sampleSplats(clear, { count: 300 }).splats.count, 300);
    }
  });

  test("a double-sided sheet is lit from either side, a closed body is not", () => {
    const sheet = painted([255, 255, 255, 255], [255, 255, 255, 255]);
    sheet.primitives[0].normals = sheet.primitives[0].normals.map((value) => -value);
    sheet.primitives[0].material.doubleSided = true;
    const { splats } = sampleSplats(sheet, { count: 20 });
    assert.deepEqual([...splats.normals.subarray(0, 3)].map(Math.round), [0, 0, 1]);
    const body = assetOf(cube);
    body.primitives[0].material.doubleSided = true;
    const { splats: sides } = sampleSplats(body, { count: 200 });
    assert.ok(sides.colors.some((value) => value < 0.6));
  });

  test("shading is ambient alone away from the light and brightest towards it", () => {
    const colors = new Float32Array(6).fill(0.5);
    const light = [0.3, 0.8, 0.6].map((value) => value / Math.hypot(0.3, 0.8, 0.6));
    const shaded = shade(colors, Float32Array.from([...light, ...light.map((value) => -value)]));
    assert.ok(Math.abs(shaded[0] - 0.54) < 1e-6);
    assert.ok(Math.abs(shaded[3] - 0.5 * 1.08 * 0.55) < 1e-6);
  });
});
