import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { normalisation } from "../../pipeline/asset/normalise.ts";
import { nearestSources } from "../../pipeline/motion/geodesic.ts";
import { placeHandles } from "../../pipeline/motion/place-handles.ts";
import { type SurfaceGraph, surfaceGraph } from "../../pipeline/motion/surface-graph.ts";
import { assetOf, box, type Shape } from "../asset/models.ts";

const graphOf = (...shapes: Shape[]): SurfaceGraph => {
  const asset = assetOf(...shapes);
  return surfaceGraph(asset, normalisation(asset));
};

function reachable(count: number, edges: Uint32Array): number {
  const seen = new Set([0]);
  for (let before = 0; before !== seen.size; ) {
    before = seen.size;
    for (let e = 0; e < edges.length; e += 2) {
      if (seen.has(edges[e])) seen.add(edges[e + 1]);
      if (seen.has(edges[e + 1])) seen.add(edges[e]);
    }
  }
  assert.ok(seen.size <= count);
  return seen.size;
}

describe("handles", () => {
  test("spread evenly over the surface, whatever its triangles", () => {
    // One end of the bar has 600 times the triangles of the other.
    const graph = graphOf(box([0, 0, 0], [1, 0.4, 0.4]), box([1, 0, 0], [1, 0.4, 0.4], 25));
    const { count, positions, radii, nodes } = placeHandles(graph, { count: 64 });
    assert.equal(count, 64);
    const left = Array.from({ length: count }, (_, h) => positions[3 * h] < 0).filter(Boolean).length;
    assert.ok(left >= 26 && left <= 38, `${left} of 64 on the coarse half`);
    // Farthest-point sampling: no node is farther from its handle than two handles are from each other.
    const nearest = nearestSources(graph, nodes, 2);
    const covering = Math.max(...nearest.distances.filter((_, i) => i % 2 === 0));
    const separation = Math.min(...Array.from(nodes, (node) => nearest.distances[2 * node + 1]));
    assert.ok(covering <= separation + 1e-6, `${covering} against ${separation}`);
    for (const radius of radii) assert.ok(radius > 0.03 && radius < 0.3, `radius ${radius}`);
  });

  test("neighbour edges are sorted pairs, each once, and hang together across parts", () => {
    const graph = graphOf(box([0, 0, 0], [1, 1, 1], 4), box([3, 0, 0], [1, 1, 1], 4), box([9, 0, 0], [0.1, 0.1, 0.1]));
    const { count, edges } = placeHandles(graph, { count: 40 });
    const seen = new Set<string>();
    for (let e = 0; e < edges.length; e += 2) {
      assert.ok(edges[e] < edges[e + 1] && edges[e + 1] < count);
      seen.add(`${edges[e]},${edges[e + 1]}`);
    }
    assert.equal(seen.size, edges.length / 2);
    assert.ok(edges.length / 2 >= count * 3);
    assert.equal(reachable(count, edges), count);
  });

  test("are the same every time, and never more than a small surface can hold", () => {
    const graph = graphOf(box([0, 0, 0], [1, 0.5, 0.5]));
    assert.deepEqual(placeHandles(graph), placeHandles(graph));
    const asset = assetOf(box([0, 0, 0], [1, 1, 1]));
    const coarse = surfaceGraph(asset, normalisation(asset), { edge: 10 });
    assert.equal(coarse.nodeCount, 8);
    assert.equal(placeHandles(coarse).count, 2);
  });
});
