// Handles on the triangles of a body: two legs that touch stay two.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type BodyMesh, readBodyMeshes, rigMesh } from "./body-meshes.ts";
import { rigSplats } from "./body-splats.ts";

/** A square tube of side 0.1 along y, around x = `middle`, from y = -1 up to the others at y = 0. */
function leg(middle: number, rings: number) {
  const positions: number[] = [];
  const triangles: number[] = [];
  for (let r = 0; r < rings; r++) {
    for (const [dx, dz] of [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ]) {
      positions.push(middle + 0.05 * dx, r / (rings - 1) - 1, 0.05 * dz);
    }
  }
  for (let r = 0; r + 1 < rings; r++) {
    for (let side = 0; side < 4; side++) {
      const [a, b] = [r * 4 + side, r * 4 + ((side + 1) % 4)];
      triangles.push(a, a + 4, b, b, a + 4, b + 4);
    }
  }
  return { positions, triangles };
}

/** Two legs with a hundredth between them, joined by a plate at the top; a point on the middle of every triangle. */
function trousers() {
  const [left, right] = [leg(-0.055, 11), leg(0.055, 11)];
  const half = left.positions.length / 3;
  const top = half - 4;
  const triangles = [...left.triangles, ...right.triangles.map((corner) => corner + half)];
  triangles.push(top + 1, top + 2, half + top, top + 2, half + top + 3, half + top);
  const positions = Float32Array.from([...left.positions, ...right.positions]);
  const corners = Uint32Array.from(triangles);
  const count = corners.length / 3;
  const points = Float32Array.from({ length: count * 3 }, (_, i) => {
    const [t, c] = [Math.floor(i / 3), i % 3];
    return [0, 1, 2].reduce((sum, k) => sum + positions[corners[3 * t + k] * 3 + c] / 3, 0);
  });
  const mesh: BodyMesh = {
    positions,
    triangles: corners,
    pointTriangles: Uint32Array.from({ length: count }, (_, t) => t),
    hash: "",
  };
  const normals = Float32Array.from(points, (_, i) => (i % 3 === 1 ? 1 : 0));
  const colors = new Float32Array(count * 3);
  const sigmas = new Float32Array(count).fill(0.05);
  return { mesh, splats: { count, positions: points, normals, colors, sigmas } };
}

/** Points below the knee that a handle of the other leg moves by more than a twentieth. */
function glued(rig: ReturnType<typeof rigMesh>, points: Float32Array): number {
  const { handles, binding } = rig;
  let count = 0;
  for (let p = 0; p < binding.count; p++) {
    if (points[3 * p + 1] > -0.5) continue;
    for (let k = 4 * p; k < 4 * p + 4; k++) {
      const other = handles.positions[3 * binding.indices[k]] * points[3 * p] < 0;
      if (other && binding.weights[k] > 0.05) count++;
    }
  }
  return count;
}

describe("bodies with triangles", () => {
  test("legs that touch are moved apart, where nearness alone glues them", () => {
    const { mesh, splats } = trousers();
    const kept = Uint32Array.from({ length: splats.count }, (_, p) => p);
    assert.equal(glued(rigMesh(mesh, splats, 24), splats.positions), 0);
    assert.equal(glued(rigSplats(splats, { area: 0.8, mesh }, 24, kept), splats.positions), 0);
    assert.ok(glued(rigSplats(splats, { area: 0.8, mesh: null }, 24), splats.positions) > 10);
  });

  test("meshes come from their files, and an index outside them is refused", async () => {
    const folder = await mkdtemp(join(tmpdir(), "meshes-"));
    try {
      assert.equal((await readBodyMeshes(folder, "meshes")).size, 0);
      const data = new DataView(new ArrayBuffer(36 + 12 + 8));
      for (let i = 0; i < 9; i++) data.setFloat32(4 * i, i / 8, true);
      for (let i = 0; i < 3; i++) data.setUint32(36 + 4 * i, i, true);
      const entry = { name: "a", vertices: 3, triangles: 1, positions: 0, corners: 36, pointTriangles: 48 };
      const set = { version: 1, points: 2, frames: 16, assets: [entry], cases: [] };
      await writeFile(join(folder, "meshes.json"), JSON.stringify(set));
      await writeFile(join(folder, "meshes.bin"), new Uint8Array(data.buffer));
      const mesh = (await readBodyMeshes(folder, "meshes")).get("a")!;
      assert.deepEqual([...mesh.triangles], [0, 1, 2]);
      assert.equal(mesh.positions[8], 1);
      data.setUint32(52, 7, true);
      await writeFile(join(folder, "meshes.bin"), new Uint8Array(data.buffer));
      await assert.rejects(readBodyMeshes(folder, "meshes"), /a triangles of points: there is no 7 of 1/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
