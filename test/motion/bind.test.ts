import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Asset } from "../../pipeline/asset/asset.ts";
import { normalisation, toNormalised } from "../../pipeline/asset/normalise.ts";
import { uniform } from "../../pipeline/asset/random.ts";
import { type SurfaceSamples, sampleSplats } from "../../pipeline/asset/sample-splats.ts";
import { type AssetBinding, bindAsset } from "../../pipeline/motion/bind.ts";
import type { Binding } from "../../pipeline/motion/handles.ts";
import { type PlacedHandles, placeHandles } from "../../pipeline/motion/place-handles.ts";
import { surfaceGraph } from "../../pipeline/motion/surface-graph.ts";
import { assetOf, box, type Shape, twoLegs } from "../asset/models.ts";

interface Bound {
  asset: Asset;
  handles: PlacedHandles;
  samples: SurfaceSamples;
  binding: AssetBinding;
}

function bound(count: number, ...shapes: Shape[]): Bound {
  const asset = assetOf(...shapes);
  const graph = surfaceGraph(asset, normalisation(asset));
  const handles = placeHandles(graph, { count });
  const samples = sampleSplats(asset, { count: 1000 });
  return { asset, handles, samples, binding: bindAsset(graph, handles, samples) };
}

function followers(binding: Binding, point: number): Map<number, number> {
  const weights = new Map<number, number>();
  for (let at = 4 * point; at < 4 * point + 4; at++) {
    if (binding.weights[at] > 0)
      weights.set(binding.indices[at], (weights.get(binding.indices[at]) ?? 0) + binding.weights[at]);
  }
  return weights;
}

test("weights are positive, name handles that exist and sum to 1", () => {
  const { handles, binding } = bound(32, box([0, 0, 0], [1, 2, 1], 3));
  for (const { count, indices, weights } of [...binding.vertices, binding.splats]) {
    for (let p = 0; p < count; p++) {
      let sum = 0;
      for (let at = 4 * p; at < 4 * p + 4; at++) {
        assert.ok(weights[at] >= 0 && indices[at] < handles.count);
        sum += weights[at];
      }
      assert.ok(Math.abs(sum - 1) < 1e-5);
    }
  }
});

test("the handles of one leg never move the other, however close it stands", () => {
  const { asset, handles, samples, binding } = bound(48, twoLegs(0.005));
  const points: [Float32Array, Binding][] = [
    [samples.splats.positions, binding.splats],
    [toNormalised(asset.primitives[0].positions, normalisation(asset)), binding.vertices[0]],
  ];
  let checked = 0;
  for (const [positions, { count, indices, weights }] of points) {
    for (let p = 0; p < count; p++) {
      // The lower half of the legs: far from the crotch, where both sides may share.
      if (positions[3 * p + 1] > -0.1) continue;
      for (let at = 4 * p; at < 4 * p + 4; at++) {
        if (weights[at] === 0) continue;
        const handle = handles.positions.subarray(3 * indices[at], 3 * indices[at] + 3);
        if (handle[1] > 0.1) continue;
        assert.equal(Math.sign(handle[0]), Math.sign(positions[3 * p]), `point ${p}`);
        checked++;
      }
    }
  }
  assert.ok(checked > 500);
});

describe("seams", () => {
  test("vertices at one place are bound alike, also across primitives", () => {
    const left = box([0, 0, 0], [1, 1, 1], 4);
    const right = box([1, 0, 0], [1, 1, 1], 4);
    const { binding } = bound(40, left, right);
    const at = (shape: Shape, v: number): string =>
      shape.positions
        .slice(3 * v, 3 * v + 3)
        .map((x) => x.toFixed(4))
        .join();
    const places = new Map(Array.from({ length: left.positions.length / 3 }, (_, v) => [at(left, v), v]));
    let shared = 0;
    for (let v = 0; v < right.positions.length / 3; v++) {
      const twin = places.get(at(right, v));
      if (twin === undefined) continue;
      shared++;
      assert.deepEqual(followers(binding.vertices[1], v), followers(binding.vertices[0], twin));
    }
    assert.equal(shared, 25);
  });

  test("vertices that no triangle uses follow a handle that exists", () => {
    const { binding } = bound(8, {
      positions: [...box([0, 0, 0], [1, 1, 1]).positions, 0.1, 0.1, 0.1],
      indices: box([0, 0, 0], [1, 1, 1]).indices,
    });
    assert.deepEqual([...binding.vertices[0].weights.slice(-4)], [1, 0, 0, 0]);
  });
});

test("turning every handle a little at random tears nothing", () => {
  const shape = box([0, 0, 0], [1, 0.5, 0.3], 24);
  const { asset, handles, binding } = bound(48, shape);
  const positions = toNormalised(asset.primitives[0].positions, normalisation(asset));
  const random = uniform(5);
  // Rotations by up to 0.3 rad about z and shifts of 2 % of the length.
  const angles = Array.from({ length: handles.count }, () => 0.6 * random() - 0.3);
  const shifts = Array.from({ length: handles.count }, () => 0.04 * random() - 0.02);
  const moved = positions.map((_, i) => {
    const [v, c] = [Math.floor(i / 3), i % 3];
    let sum = 0;
    for (const [handle, weight] of followers(binding.vertices[0], v)) {
      const [x, y, z] = [0, 1, 2].map((k) => positions[3 * v + k] - handles.positions[3 * handle + k]);
      const [cos, sin] = [Math.cos(angles[handle]), Math.sin(angles[handle])];
      const turned = [cos * x - sin * y, sin * x + cos * y, z + shifts[handle]];
      sum += weight * (turned[c] + handles.positions[3 * handle + c]);
    }
    return sum;
  });
  const length = (p: Float32Array, a: number, b: number): number =>
    Math.hypot(...[0, 1, 2].map((c) => p[3 * a + c] - p[3 * b + c]));
  const stretches: number[] = [];
  for (let t = 0; t < shape.indices.length; t += 3) {
    const [a, b] = [shape.indices[t], shape.indices[t + 1]];
    stretches.push(Math.abs(length(moved, a, b) / length(positions, a, b) - 1));
  }
  stretches.sort((a, b) => a - b);
  assert.ok(stretches[Math.floor(stretches.length * 0.5)] > 0.005, "something moved");
  assert.ok(
    stretches[Math.floor(stretches.length * 0.95)] < 0.25,
    `95th percentile ${stretches[Math.floor(stretches.length * 0.95)]}`,
  );
  assert.ok(stretches.at(-1)! < 0.6, `worst edge ${stretches.at(-1)}`);
});
