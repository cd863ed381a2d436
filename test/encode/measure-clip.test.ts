import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { measureClip } from "../../pipeline/encode/measure-clip.ts";
import { sampleSurface } from "../../pipeline/encode/rest-surface.ts";
import { bodyTurn, clipOf, randomTrack, synthesise } from "../runtime/synthetic-field.ts";

describe("measureClip", () => {
  const made = synthesise({ vertices: 200 });
  const { field, asset } = made;

  test("a turning body: its path is the circles' length, nothing stretches, the seam is even", () => {
    const angle = (frame: number) => (2 * Math.PI * frame) / 48;
    const centre = [0.5, 0.25, 0.125] as const;
    const clip = clipOf(made, bodyTurn(field, 48, [0, 1, 0], centre, angle));
    const radii = asset.primitives.flatMap(({ positions }) =>
      Array.from({ length: positions.length / 3 }, (_, v) =>
        Math.hypot(positions[v * 3] - centre[0], positions[v * 3 + 2] - centre[2]),
      ),
    );
    const median = radii.sort((a, b) => a - b)[radii.length / 2];
    const expected = (48 * 2 * median * Math.sin(Math.PI / 48)) / field.scale;
    assert.ok(Math.abs(clip.metrics.pathLength / expected - 1) < 0.02, `${clip.metrics.pathLength}, not ${expected}`);
    assert.ok(clip.metrics.stretch < 0.01, `stretch ${clip.metrics.stretch}`);
    assert.ok(Math.abs(clip.metrics.loopSeam - 1) < 0.05, `seam ${clip.metrics.loopSeam}`);
    assert.ok(clip.metrics.jitter < 0.16, `jitter ${clip.metrics.jitter}`);
  });

  test("random transforms score badly", () => {
    const clip = clipOf(made, randomTrack(field, 12, made.random));
    assert.ok(clip.metrics.stretch > 0.5 && clip.metrics.jitter > 1, JSON.stringify(clip.metrics));
    assert.deepEqual(measureClip(field, clip, asset.primitives), clip.metrics);
  });

  test("large surfaces are measured on a choice of their triangles", () => {
    const all = sampleSurface(field.bindings, asset.primitives, 1000);
    assert.equal(all.rest.length / 3, 400);
    // A strip of n triangles has 2 n + 1 edges.
    assert.equal(all.edges.length / 2, 2 * (2 * 198 + 1));
    const some = sampleSurface(field.bindings, asset.primitives, 50);
    assert.ok(some.rest.length / 3 <= 3 * 50 && some.rest.length / 3 > 60, `${some.rest.length / 3} vertices`);
    assert.equal(some.binding.weights.length, (some.rest.length / 3) * 4);
    assert.ok(some.edges.every((vertex) => vertex < some.rest.length / 3));
  });
});
