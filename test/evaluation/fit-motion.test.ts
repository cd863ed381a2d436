import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import type { Camera, Splats } from "../../pipeline/render/renderer.ts";
import { rigSplats, thinSplats } from "./body-splats.ts";
import { FIT_DEFAULTS, fitMotion } from "./fit-motion.ts";
import { createFitPool } from "./fit-pool.ts";
import { cosine, displacements, motionSize, objectPsnr, type Paths } from "./measures.ts";
import { createPoser } from "./posed-splats.ts";

const FRAMES = 8;
const SIZE = 24;
const AREA = 4 * 0.2 + 2 * 0.04;
const CAMERAS: Camera[] = [0, 1, 2, 3].map((view) => ({ azimuth: 0.6 + (view * Math.PI) / 2, elevation: 0.2 }));

/** A standing bar of 0.2 x 1 x 0.2 with coloured sides. */
function bar(): Splats {
  const [positions, normals, colors]: number[][] = [[], [], []];
  for (let side = 0; side < 4; side++) {
    const angle = (side * Math.PI) / 2;
    const [nx, nz] = [Math.round(Math.cos(angle)), Math.round(Math.sin(angle))];
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < 25; j++) {
        const across = (i + 0.5) / 25 - 0.1;
        positions.push(nx * 0.1 - nz * across, (j + 0.5) / 25 - 0.5, nz * 0.1 + nx * across);
        normals.push(nx, 0, nz);
        colors.push(0.1 + 0.2 * side, j % 6 < 3 ? 0.2 : 0.7, 0.3);
      }
    }
  }
  const count = positions.length / 3;
  const sigmas = new Float32Array(count).fill(0.028);
  return {
    count,
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    colors: Float32Array.from(colors),
    sigmas,
  };
}

/** The bar bends to and fro in x, farther the higher. */
function swaying({ count, positions }: Splats): Float32Array {
  return Float32Array.from({ length: FRAMES * count * 3 }, (_, i) => {
    const at = i % (count * 3);
    if (at % 3 !== 0) return positions[at];
    const phase = (2 * Math.PI * Math.floor(i / (count * 3))) / FRAMES;
    return positions[at] + 0.25 * (positions[at + 1] + 0.5) ** 2 * Math.sin(phase);
  });
}

const settings = {
  ...FIT_DEFAULTS,
  handles: 12,
  stages: [{ share: 1, splats: 300, steps: 50, rate: 0.02 }],
};

async function request(tracks: (splats: Splats) => Float32Array) {
  const splats = bar();
  const renderer = createCpuRenderer(splats, { width: SIZE, height: SIZE }, { threads: 0 });
  const clip = await renderer.render(createPoser(splats, AREA)(tracks(splats), FRAMES), CAMERAS);
  await renderer.dispose();
  return { splats, area: AREA, mesh: null, loop: true, clip, cameras: CAMERAS, frames: FRAMES, size: SIZE, settings };
}

function paths(splats: Splats, tracks: Float32Array, kept: Uint32Array): Paths {
  const at = (i: number) => kept[Math.floor(i / 3) % kept.length] * 3 + (i % 3);
  const row = kept.length * 3;
  return {
    frames: FRAMES,
    loop: true,
    positions: Float32Array.from(
      { length: FRAMES * row },
      (_, i) => tracks[Math.floor(i / row) * splats.count * 3 + at(i)],
    ),
    rest: Float32Array.from({ length: row }, (_, i) => splats.positions[at(i)]),
  };
}

describe("fit", () => {
  test("a known motion is found from its pictures, in size and direction", async () => {
    const asked = await request(swaying);
    const { kept, positions, render, coverage } = await fitMotion(asked);
    const truth = paths(asked.splats, swaying(asked.splats), kept);
    const found = { ...truth, positions };
    const ratio = motionSize(found) / motionSize(truth);
    assert.ok(ratio > 0.85 && ratio < 1.15, `motion ${ratio}`);
    assert.ok(cosine(displacements(found), displacements(truth)) > 0.95);
    assert.ok(Math.min(...objectPsnr(asked.clip, render, { views: 4, frames: FRAMES, size: SIZE })) > 20);
    assert.ok(Math.max(...coverage) > 0.9 && Math.min(...coverage) < 1e-3);
  });
  test("a still clip gives next to no motion", async () => {
    const asked = await request(({ positions, count }) =>
      Float32Array.from({ length: FRAMES * count * 3 }, (_, i) => positions[i % (count * 3)]),
    );
    const { kept, positions } = await fitMotion(asked);
    const rest = Float32Array.from(
      { length: kept.length * 3 },
      (_, i) => asked.splats.positions[kept[Math.floor(i / 3)] * 3 + (i % 3)],
    );
    assert.ok(motionSize({ frames: FRAMES, loop: true, positions, rest }) < 0.01);
  });
  test("the pool gives what a fit in this thread gives, and says why one fails", async () => {
    const asked = {
      ...(await request(swaying)),
      settings: { ...settings, stages: [{ share: 1, splats: 200, steps: 2, rate: 0.02 }] },
    };
    const pool = createFitPool(1);
    try {
      const [pooled, here] = [await pool.fit(asked), await fitMotion(asked)];
      assert.deepEqual(pooled.positions, here.positions);
      await assert.rejects(pool.fit({ ...asked, clip: asked.clip.map(() => Number.NaN) }), /fit failed/);
      assert.deepEqual((await pool.fit(asked)).positions, here.positions);
    } finally {
      await pool.dispose();
    }
  });
});

describe("body", () => {
  test("handles hang together across parts, and every splat follows some", () => {
    const splats = bar();
    // The upper half stands apart.
    const positions = splats.positions.map((value, i) => (i % 3 === 1 && value > 0 ? value + 0.3 : value));
    const { splats: thin } = thinSplats({ ...splats, positions }, AREA, 200);
    const { handles, binding } = rigSplats(thin, { area: AREA, mesh: null }, 16);
    assert.equal(handles.count, 16);
    for (let p = 0; p < thin.count; p++) {
      const total = binding.weights.subarray(p * 4, p * 4 + 4).reduce((a, b) => a + b);
      assert.ok(Math.abs(total - 1) < 1e-5);
    }
    const reached = new Set([0]);
    for (let pass = 0; pass < 16; pass++) {
      for (let e = 0; e < handles.edges.length; e += 2) {
        const [a, b] = [handles.edges[e], handles.edges[e + 1]];
        if (reached.has(a) || reached.has(b)) reached.add(a).add(b);
      }
    }
    assert.equal(reached.size, 16);
  });
});
