// What the CPU renderer draws, and that threads change nothing: coverage, colours, occlusion, layout, errors, shutdown.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { AnimusError } from "../../pipeline/errors.ts";
import { projectPoint } from "../../pipeline/render/camera.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { BACKGROUND, type Camera } from "../../pipeline/render/renderer.ts";
import { emptySplats, random, randomScene, restFrames, sphere } from "./scenes.ts";

const FRONT: Camera = { azimuth: 0, elevation: 0 };
const SIZE = { width: 48, height: 48 };
const PLANE = SIZE.width * SIZE.height;
const toSrgb = (value: number) => (value + 1) / 2;

describe("images of the CPU renderer", () => {
  test("a closed sphere has no holes and one colour; the rest is background", async () => {
    const color = [0.9, 0.4, 0.1];
    const radius = 0.45;
    const renderer = createCpuRenderer(sphere(4096, radius, color), SIZE, { threads: 0 });
    const image = await renderer.render(restFrames(sphere(4096, radius, color)), [{ azimuth: 1, elevation: 0.4 }]);
    const edge = (radius / Math.sqrt(3.2 ** 2 - radius ** 2)) * 4.6 * 24;
    for (let i = 0; i < PLANE; i++) {
      const distance = Math.hypot((i % 48) - 23.5, Math.floor(i / 48) - 23.5);
      for (let channel = 0; channel < 3; channel++) {
        const value = toSrgb(image[channel * PLANE + i]);
        if (distance < edge - 1) assert.ok(Math.abs(value - color[channel]) < 0.01, `hole at ${distance}: ${value}`);
        if (distance > edge + 2.5) assert.ok(Math.abs(value - BACKGROUND) < 1e-6, `smear at ${distance}: ${value}`);
      }
    }
    await renderer.dispose();
  });

  test("a plane in front hides the one behind and shows its own mean colour", async () => {
    const side = 40;
    const splats = emptySplats(side * side * 2);
    for (let i = 0; i < splats.count; i++) {
      const [column, row, back] = [i % side, Math.floor(i / side) % side, i >= side * side];
      splats.positions.set([(column + 0.5) / side - 0.5, (row + 0.5) / side - 0.5, back ? -0.2 : 0.2], i * 3);
      splats.normals.set([0, 0, 1], i * 3);
      const checker = (column + row) % 2 ? 0.8 : 0.2;
      splats.colors.set(back ? [1, 0, 0] : [0.25, checker, 0.5], i * 3);
      splats.sigmas[i] = 0.65 / side;
    }
    const renderer = createCpuRenderer(splats, SIZE, { threads: 0 });
    const image = await renderer.render(restFrames(splats), [FRONT]);
    const mean = [0, 0, 0];
    for (let y = 16; y < 32; y++) {
      for (let x = 16; x < 32; x++) {
        for (let c = 0; c < 3; c++) mean[c] += toSrgb(image[c * PLANE + y * 48 + x]) / 256;
      }
    }
    [0.25, 0.5, 0.5].forEach((expected, c) => {
      assert.ok(Math.abs(mean[c] - expected) < 0.01, `channel ${c}: ${mean[c]}`);
    });
    await renderer.dispose();
  });

  test("each (camera, frame) image lies where the layout says, at the projected point", async () => {
    const dot = sphere(60, 0.03, [0, 0, 0]);
    const cameras = [FRONT, { azimuth: 1.2, elevation: -0.3 }];
    const posed = restFrames(dot, 3);
    const centres = [
      [0.2, 0.1, 0],
      [-0.1, -0.25, 0.3],
      [0, 0.2, -0.2],
    ];
    for (let i = 0; i < posed.positions.length; i++) {
      posed.positions[i] += centres[Math.floor(i / (60 * 3))][i % 3];
    }
    const renderer = createCpuRenderer(dot, SIZE, { threads: 0 });
    const images = await renderer.render(posed, cameras);
    assert.equal(images.length, 2 * 3 * 3 * PLANE);
    cameras.forEach((camera, k) => {
      centres.forEach((centre, frame) => {
        const offset = ((k * 3 + 1) * 3 + frame) * PLANE;
        let [mass, x, y] = [0, 0, 0];
        for (let i = 0; i < PLANE; i++) {
          const dark = BACKGROUND - toSrgb(images[offset + i]);
          mass += dark;
          x += dark * ((i % 48) + 0.5);
          y += dark * (Math.floor(i / 48) + 0.5);
        }
        const { u, v } = projectPoint(centre, camera, SIZE);
        assert.ok(Math.hypot(x / mass - u, y / mass - v) < 0.15, `camera ${k}, frame ${frame}`);
      });
    });
    await renderer.dispose();
  });

  test("what lies behind the camera or outside the image is not drawn and gets no gradient", async () => {
    const splats = sphere(2, 0.01, [0, 0, 0]);
    splats.positions.set([0, 0, 5, 3, 0, 0]);
    const renderer = createCpuRenderer(splats, SIZE, { threads: 0 });
    const image = await renderer.render(restFrames(splats), [FRONT]);
    assert.ok(image.every((value) => Math.abs(toSrgb(value) - BACKGROUND) < 1e-6));
    const { positions } = await renderer.backward(image.map(() => 1));
    assert.ok(positions.every((value) => value === 0));
    await renderer.dispose();
  });
});

describe("threads of the CPU renderer", () => {
  test("images and gradients are bitwise the same for 0, 1 and 3 threads, twice over", async () => {
    const cameras = [FRONT, { azimuth: 2, elevation: 0.3 }];
    const { splats, posed } = randomScene(50, 5, cameras, 0, 7);
    const next = random(8);
    const weights = Float32Array.from({ length: 2 * 3 * 5 * 32 * 32 }, () => next() - 0.5);
    const results = [];
    for (const threads of [0, 1, 3]) {
      const renderer = createCpuRenderer(splats, { width: 32, height: 32 }, { threads });
      for (let call = 0; call < 2; call++) {
        const image = await renderer.render(posed, cameras);
        results.push({ image, ...(await renderer.backward(weights)) });
      }
      await renderer.dispose();
    }
    for (const result of results.slice(1)) assert.deepEqual(result, results[0]);
    assert.ok(results[0].linears.some((value) => value !== 0));
  });

  test("a position that is not finite fails by name, from a thread too, and the renderer goes on", async () => {
    const splats = sphere(20, 0.2, [0, 0, 0]);
    for (const threads of [0, 2]) {
      const renderer = createCpuRenderer(splats, SIZE, { threads });
      const posed = restFrames(splats, 2);
      posed.positions[(20 + 4) * 3] = Number.NaN;
      await assert.rejects(renderer.render(posed, [FRONT]), (error) => {
        assert.ok(error instanceof AnimusError);
        assert.match(error.message, /Splat 4 of frame 1/);
        return true;
      });
      await assert.rejects(renderer.backward(new Float32Array(6 * PLANE)), /needs a `render` before it/);
      assert.equal((await renderer.render(restFrames(splats), [FRONT])).length, 3 * PLANE);
      await renderer.dispose();
      await assert.rejects(renderer.render(restFrames(splats), [FRONT]), /disposed/);
    }
  });

  test("wrong lengths are refused", async () => {
    const splats = sphere(20, 0.2, [0, 0, 0]);
    assert.throws(() => createCpuRenderer({ ...splats, count: 21 }, SIZE), /splats\.positions has 60 .* 63/);
    const renderer = createCpuRenderer(splats, SIZE, { threads: 0 });
    await assert.rejects(renderer.render({ ...restFrames(splats), frames: 2 }, [FRONT]), /frames\.positions has 60/);
    await renderer.render(restFrames(splats), [FRONT]);
    await assert.rejects(renderer.backward(new Float32Array(5)), /gradient has 5/);
    await renderer.dispose();
  });

  test("a process ends by itself, disposed of or not", () => {
    const scenes = JSON.stringify(new URL("./scenes.ts", import.meta.url).href);
    const source = JSON.stringify(new URL("../../pipeline/render/cpu-renderer.ts", import.meta.url).href);
    const program = `
      const { sphere, restFrames } = await import(${scenes});
      const { createCpuRenderer } = await import(${source});
      const ball = sphere(20, 0.2, [0, 0, 0]);
      const renderer = createCpuRenderer(ball, { width: 8, height: 8 }, { threads: 2 });
      await renderer.render(restFrames(ball), [{ azimuth: 0, elevation: 0 }]);
      console.log("drawn");`;
    const args = ["--import", "tsx", "--input-type=module", "-e", program];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { timeout: 20_000, encoding: "utf8" });
    assert.equal(stdout, "drawn\n", stderr);
    assert.equal(status, 0, stderr);
  });
});
