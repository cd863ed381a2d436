import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { normalisation } from "../../pipeline/asset/normalise.ts";
import { nearestSources, relaxFrom } from "../../pipeline/motion/geodesic.ts";
import { type SurfaceGraph, surfaceGraph } from "../../pipeline/motion/surface-graph.ts";
import { assetOf, box, type Shape, twoLegs } from "../asset/models.ts";

const graphOf = (...shapes: Shape[]): SurfaceGraph => {
  const asset = assetOf(...shapes);
  return surfaceGraph(asset, normalisation(asset));
};

function nodeAt(graph: SurfaceGraph, point: number[]): number {
  let best = 0;
  const distance = (n: number): number => Math.hypot(...point.map((value, c) => graph.positions[3 * n + c] - value));
  for (let n = 1; n < graph.nodeCount; n++) if (distance(n) < distance(best)) best = n;
  return best;
}

function distancesFrom(graph: SurfaceGraph, node: number): Float64Array {
  const distances = new Float64Array(graph.nodeCount).fill(Infinity);
  relaxFrom(graph, node, distances);
  return distances;
}

describe("distances along the surface", () => {
  test("over a box of twelve triangles are within 9 % of the unfolded straight line", () => {
    const graph = graphOf(box([0, 0, 0], [1, 1, 1]));
    assert.ok(graph.nodeCount > 1000, "huge triangles are refined");
    const from = nodeAt(graph, [0.5, 0, 0]);
    const distances = distancesFrom(graph, from);
    // Unfolded over the edge at x = y = 0.5 the way to (x, 0.5, z) is 0.5 + (0.5 - x) by z.
    for (let n = 0; n < graph.nodeCount; n++) {
      const [x, y, z] = graph.positions.subarray(3 * n, 3 * n + 3);
      if (y < 0.5 - 1e-6 || x < 0 || Math.abs(z) > 0.2) continue;
      const exact = Math.hypot(1 - x, z);
      assert.ok(distances[n] > exact * 0.995 && distances[n] < exact * 1.09, `${distances[n]} for ${exact}`);
    }
  });

  test("do not jump the gap between two legs", () => {
    const graph = graphOf(twoLegs(0.01));
    assert.equal(graph.partCount, 1);
    // The feet stand 0.01 apart; the way from one to the other leads up over the crotch, 0.8 high, and down again.
    const scale = 1 / 1.1;
    const distances = distancesFrom(graph, nodeAt(graph, [-0.005 * scale, -0.5, 0.1 * scale]));
    const across = distances[nodeAt(graph, [0.005 * scale, -0.5, 0.1 * scale])];
    assert.ok(across > 1.5 * scale && across < 1.8 * scale, `${across / scale}`);
  });

  test("take the short way through a thin plate, but not across a gap of the same width", () => {
    const plate = graphOf(box([0, 0, 0], [1, 1, 0.02]));
    const through = distancesFrom(plate, nodeAt(plate, [0, 0, 0.01]));
    assert.ok(through[nodeAt(plate, [0, 0, -0.01])] < 0.06);
    const gap = graphOf(twoLegs(0.02));
    const across = distancesFrom(gap, nodeAt(gap, [-0.01 / 1.1, 0, 0.1]));
    assert.ok(across[nodeAt(gap, [0.01 / 1.1, 0, 0.1])] > 0.4);
  });
});

describe("parts", () => {
  test("are bridged where they come nearest, into one whole", () => {
    // Three boxes in a row; the gap between the second and third is the wider one.
    const graph = graphOf(
      box([0, 0, 0], [1, 0.2, 0.2]),
      box([1.1, 0, 0], [1, 0.2, 0.2]),
      box([2.3, 0, 0], [1, 0.2, 0.2]),
    );
    assert.equal(graph.partCount, 3);
    const scale = 1 / 3.3;
    const distances = distancesFrom(graph, nodeAt(graph, [-0.5, 0.1 * scale, 0.1 * scale]));
    assert.ok(distances.every(Number.isFinite));
    const end = distances[nodeAt(graph, [0.5, 0.1 * scale, 0.1 * scale])];
    assert.ok(end > 0.999 && end < 1.1, `${end}`);
  });

  test("a limb that touches the body is nearer to it than to its twin beside it", () => {
    const body = box([0, 1, 0], [0.6, 0.6, 0.4], 4);
    const legs = [-0.155, 0.155].map((x) => box([x, 0.36, 0], [0.3, 0.7, 0.3], 4));
    const graph = graphOf(body, ...legs);
    assert.equal(graph.partCount, 3);
    const distances = distancesFrom(graph, nodeAt(graph, [-0.005 / 1.29, -0.5, 0]));
    assert.ok(distances[nodeAt(graph, [0.005 / 1.29, -0.5, 0])] > 0.9);
  });
});

test("the k nearest sources are those that single searches find", () => {
  const graph = graphOf(box([0, 0, 0], [1, 0.6, 0.3]));
  const sources = Array.from({ length: 20 }, (_, s) => Math.floor((s * graph.nodeCount) / 20));
  const single = sources.map((source) => distancesFrom(graph, source));
  const { sources: found, distances } = nearestSources(graph, sources, 4);
  for (let n = 0; n < graph.nodeCount; n++) {
    const expected = single.map((from) => from[n]).sort((a, b) => a - b);
    for (let i = 0; i < 4; i++) {
      assert.ok(Math.abs(distances[4 * n + i] - expected[i]) < 1e-9);
      assert.ok(Math.abs(single[found[4 * n + i]][n] - expected[i]) < 1e-9);
    }
  }
});
