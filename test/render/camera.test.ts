// The camera against its written definition, and its Jacobian against finite differences.

import assert from "node:assert/strict";
import { test } from "node:test";
import { projectPoint, viewAxes } from "../../pipeline/render/camera.ts";

const SIZE = { width: 48, height: 32 };
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} ${expected}`);

test("azimuth 0 looks from +z, azimuth turns about +y, elevation raises the camera", () => {
  const { u, v, depth } = projectPoint([0.5, 0.25, 1], { azimuth: 0, elevation: 0 }, SIZE);
  near(depth, 2.2);
  near(u, 24 + (4.6 * 24 * 0.5) / 2.2);
  near(v, 16 - (4.6 * 16 * 0.25) / 2.2);

  const [az, el] = [0.7, 0.3];
  const [x, y, z] = [0.1, -0.2, 0.4];
  const turned = { x: Math.cos(az) * x - Math.sin(az) * z, z: Math.sin(az) * x + Math.cos(az) * z };
  const raised = { y: Math.cos(el) * y - Math.sin(el) * turned.z, z: Math.sin(el) * y + Math.cos(el) * turned.z };
  const point = projectPoint([x, y, z], { azimuth: az, elevation: el }, SIZE);
  near(point.depth, 3.2 - raised.z);
  near(point.u, ((4.6 * turned.x) / point.depth / 2 + 0.5) * 48);
  near(point.v, (0.5 - (4.6 * raised.y) / point.depth / 2) * 32);
});

test("the Jacobian is the slope of the projection along the view axes", () => {
  const camera = { azimuth: -1.1, elevation: 0.4 };
  const point = [0.3, -0.1, 0.2];
  const axes = viewAxes(camera);
  const { jacobian } = projectPoint(point, camera, SIZE);
  for (let axis = 0; axis < 3; axis++) {
    const shifted = (step: number) =>
      projectPoint(
        point.map((value, i) => value + step * axes[axis * 3 + i]),
        camera,
        SIZE,
      );
    const [above, below] = [shifted(1e-5), shifted(-1e-5)];
    assert.ok(Math.abs((above.u - below.u) / 2e-5 - jacobian[axis]) < 1e-5);
    assert.ok(Math.abs((above.v - below.v) / 2e-5 - jacobian[3 + axis]) < 1e-5);
  }
});
