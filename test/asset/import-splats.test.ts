// Splat files of every format become assets that can be animated; damaged ones are refused by name.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { importAsset } from "../../pipeline/asset/import-asset.ts";
import { normalisation } from "../../pipeline/asset/normalise.ts";
import { assetField } from "../../pipeline/encode/asset-field.ts";
import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import { AnimusError } from "../../pipeline/errors.ts";
import { prepareAsset } from "../../pipeline/prepare.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { decodeMotionField } from "../../runtime/decode.ts";
import { compressedPlyFile, makeCloud, plyFile, splatFileOf, spzFile } from "./splat-files.ts";

const cloud = makeCloud();
/** Files, and how far apart centres (units), colours and normals may be from what was written. */
const FILES = {
  "body.ply": [plyFile(cloud), 0, 1e-5, 1e-4],
  "body.splat": [splatFileOf(cloud), 0, 2 / 255, 0.03],
  "body.compressed.ply": [compressedPlyFile(cloud), 2e-3, 3 / 255, 0.01],
  "body.spz": [spzFile(cloud), 2e-4, 0.02, 0.06],
} as const;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "animus-splats-"));
  for (const [name, [bytes]] of Object.entries(FILES)) await writeFile(join(folder, name), bytes);
});
after(() => rm(folder, { recursive: true, force: true }));

const write = async (name: string, bytes: Uint8Array): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, bytes);
  return file;
};

for (const [name, [, place, shade, lean]] of Object.entries(FILES)) {
  describe(name, () => {
    test("becomes an asset that stands upright, with the splats' colours and outward normals", async () => {
      const asset = await importAsset(join(folder, name));
      const [primitive] = asset.primitives;
      assert.equal(primitive.vertexCount, cloud.count);
      // .spz stores scenes upright, and so the cloud stays as it was written.
      const turn = name.endsWith(".spz") ? [1, 1, 1] : [-1, -1, 1];
      for (let i = 0; i < cloud.count * 3; i++) {
        assert.ok(Math.abs(primitive.positions[i] - turn[i % 3] * cloud.positions[i]) <= place, `centre ${i / 3}`);
      }
      if (!name.endsWith(".spz")) {
        assert.ok(Math.abs(asset.bounds.max[1] - 2.2) < 0.02 && Math.abs(asset.bounds.min[1]) < 0.02);
      }
      let leaning = 0;
      for (let s = 0; s < cloud.count; s += 3) {
        // The ball's splats: their normals point away from its middle.
        const out = [0, 1, 2].map((c) => (turn[c] * cloud.positions[s * 3 + c] - turn[c] * [0, -1.6, 0][c]) / 0.6);
        const dot = out.reduce((sum, value, c) => sum + value * primitive.normals[s * 3 + c], 0);
        leaning = Math.max(leaning, 1 - Math.abs(dot));
      }
      assert.ok(leaning < lean, `normals lean by ${leaning}`);
      const { splats } = prepareAsset(asset, normalisation(asset));
      const colors = new Set(Array.from({ length: splats.count }, (_, s) => splats.colors[s * 3].toFixed(1)));
      assert.ok(colors.has("0.8") && colors.has("0.2"), [...colors].join());
      assert.ok(Math.abs(primitive.colors![3] - 0.95) < shade + 0.01);
    });

    test("gets handles, a binding for every splat and a motion file", async () => {
      const asset = await importAsset(join(folder, name));
      const space = normalisation(asset);
      const { handles, binding, splats } = prepareAsset(asset, space);
      assert.ok(handles.count > 100 && splats.count === cloud.count - cloud.count / 20);
      const field = decodeMotionField(encodeMotionField(assetField(asset, handles, space, binding.vertices)));
      assert.equal(field.bindings[0].vertexCount, cloud.count);
      // A leg's splats never follow handles of the other leg: they are far apart along the surface.
      const side = (s: number) => Math.sign(asset.primitives[0].positions[s * 3]);
      const low = (s: number) => Math.abs(cloud.positions[s * 3 + 1]) < 0.7;
      let checked = 0;
      for (let s = 0; s < cloud.count; s++) {
        if (s % 3 === 0 || !low(s)) continue;
        const { indices, weights } = field.bindings[0];
        for (let b = s * 4; b < s * 4 + 4; b++) {
          if (weights[b] < 655) continue;
          checked++;
          assert.equal(Math.sign(field.handles[indices[b] * 3]), side(s), `splat ${s} follows the other leg`);
        }
      }
      assert.ok(checked > 500);
    });
  });
}

test("the renderer sees a closed body of the splats' colours", async () => {
  const asset = await importAsset(join(folder, "body.ply"));
  const { splats } = prepareAsset(asset, normalisation(asset));
  const renderer = createCpuRenderer(splats, { width: 48, height: 48 }, { threads: 1 });
  try {
    const linears = new Float32Array(splats.count * 9);
    for (let s = 0; s < splats.count; s++) for (let c = 0; c < 3; c++) linears[s * 9 + c * 4] = 1;
    const frames = { frames: 1, positions: splats.positions, linears };
    const image = await renderer.render(frames, [{ azimuth: 0, elevation: 0.2 }]);
    // The middle of the ball, which lies above the middle of the picture.
    const [red, green, blue] = [0, 1, 2].map((c) => (image[(c * 48 + 16) * 48 + 24] + 1) / 2);
    assert.ok(
      Math.abs(red - 0.8) < 0.08 && Math.abs(green - 0.3) < 0.08 && Math.abs(blue - 0.2) < 0.08,
      `${[red, green, blue]}`,
    );
  } finally {
    await renderer.dispose();
  }
});

describe("is refused with file, reason and remedy:", () => {
  const refuse = async (name: string, bytes: Uint8Array, message: RegExp) => {
    const file = await write(name, bytes);
    await assert.rejects(importAsset(file), (error: AnimusError) => {
      assert.ok(
        error instanceof AnimusError && error.code === "input" && error.file === file && error.hint,
        String(error),
      );
      assert.match(error.message, message);
      return true;
    });
  };
  const text = (value: string) => new TextEncoder().encode(value);

  test("a PLY that is a mesh", async () => {
    const header = "ply\nformat binary_little_endian 1.0\nelement vertex 1\nproperty float x\nend_header\n1234";
    await refuse("mesh.ply", text(header), /mesh\.ply is no splat file: its vertices have no "scale_0"/);
  });
  test("an ASCII PLY, and one that is none", async () => {
    await refuse("ascii.ply", text("ply\nformat ascii 1.0\nelement vertex 1\nend_header\n"), /stored as "ascii"/);
    await refuse("none.ply", text("solid"), /does not begin with a PLY header/);
    const type = "ply\nformat binary_little_endian 1.0\nelement vertex 1\nproperty list uchar x\nend_header\n";
    await refuse("list.ply", text(type), /property of type "list"/);
  });
  test("files that are cut off", async () => {
    await refuse("cut.ply", FILES["body.ply"][0].subarray(0, 5000), /cut off: 1200 of "vertex" end at byte/);
    await refuse("cut.splat", FILES["body.splat"][0].subarray(0, 1000), /1000 bytes, which is no multiple of 32/);
    await refuse("cut.spz", FILES["body.spz"][0].subarray(0, 1000), /cannot be unpacked/);
    await refuse("no.spz", text("solid"), /is no gzip stream/);
  });
  test("a cloud that nobody can see", async () => {
    const faint = { ...cloud, opacities: cloud.opacities.map(() => 0.01) };
    await refuse("faint.ply", plyFile(faint), /has 0 splats of opacity 0\.1 or more; a surface needs 64/);
  });
  test("too many splats", async () => {
    await assert.rejects(importAsset(join(folder, "body.ply"), { maxVertices: 1000 }), /has 1200 splats; at most 1000/);
  });
});
