// The fish: a clownfish with white bands, fins apart from the body.

import type { Model } from "./model.ts";
import { Sculpture } from "./sculpture.ts";
import { box, ellipsoid, intersect, limb, sphere, stretch, turn } from "./shapes.ts";

const ORANGE = "#f5822a";
const WHITE = "#fff8ee";
const BLACK = "#1b1a1f";

export const fish: Model = {
  name: "fish",
  clips: { swim: "a fish swimming" },
  mesh: { cells: 160, triangles: 5000 },
  sculpt() {
    const fish = new Sculpture();
    const fins = { blend: 0.03 };
    fish.add(ellipsoid([0, 0.3, 0.06], [0.115, 0.185, 0.3]), ORANGE);
    fish.add(stretch(limb([0, 0.3, -0.12], 0.13, [0, 0.3, -0.32], 0.062), [0.55, 1, 1]), ORANGE, { blend: 0.08 });
    // Tail: two lobes.
    for (const sign of [1, -1]) {
      fish.add(
        stretch(
          limb([0, 0.3 + sign * 0.03, -0.36], 0.055, [0, 0.3 + sign * 0.14, -0.52], 0.06),
          [0.28, 1, 1],
          [0, 0.3, 0],
        ),
        ORANGE,
        fins,
      );
    }
    // Back fin in two humps, belly fins, side fins.
    fish.add(turn(ellipsoid([0, 0.485, 0.05], [0.02, 0.085, 0.15]), [4, 0, 0]), ORANGE, fins);
    fish.add(turn(ellipsoid([0, 0.445, -0.14], [0.018, 0.085, 0.085]), [-20, 0, 0]), ORANGE, fins);
    fish.add(turn(ellipsoid([0, 0.14, -0.13], [0.018, 0.08, 0.09]), [25, 0, 0]), ORANGE, fins);
    fish.add(turn(ellipsoid([0.045, 0.105, 0.13], [0.016, 0.085, 0.05]), [25, 0, 20]), ORANGE, {
      mirror: true,
      blend: 0.03,
    });
    fish.add(turn(ellipsoid([0.175, 0.27, 0.07], [0.1, 0.065, 0.018]), [0, 35, -20]), ORANGE, {
      mirror: true,
      blend: 0.025,
    });
    // Mouth and eyes.
    fish.add(stretch(sphere([0, 0.275, 0.345], 0.04), [1.1, 0.75, 0.9]), "#e2692a", { blend: 0.03 });
    fish.add(ellipsoid([0.083, 0.345, 0.25], [0.026, 0.04, 0.04]), WHITE, { mirror: true, blend: 0.005 });
    fish.paint(box([0, 0.272, 0.375], [0.028, 0.005, 0.03], 0.004), "#7c2d17", { soft: 0.008 });
    // Bands: white inside black rims.
    for (const [z, half] of [
      [0.14, 0.04],
      [-0.06, 0.045],
      [-0.3, 0.022],
    ]) {
      const band = (width: number) =>
        intersect(box([0, 0.3, z], [0.13, 0.26, width], 0.01), ellipsoid([0, 0.3, z], [1, 1, 1]));
      fish.paint(turn(band(half + 0.017), [z > 0 ? -6 : 6, 0, 0]), BLACK, { soft: 0.008 });
      fish.paint(turn(band(half), [z > 0 ? -6 : 6, 0, 0]), WHITE, { soft: 0.008 });
    }
    // Dark rims of the fins.
    fish.paint(intersect(box([0, 0.3, -0.6], [0.1, 0.4, 0.07], 0.02), sphere([0, 0.3, -0.6], 1)), BLACK, {
      soft: 0.02,
    });
    fish.paint(box([0, 0.6, 0], [0.03, 0.055, 0.3], 0.02), BLACK, { soft: 0.02 });
    fish.paint(sphere([0.275, 0.235, 0.005], 0.045), BLACK, { mirror: true, soft: 0.02 });
    fish.paint(ellipsoid([0.113, 0.347, 0.262], [0.02, 0.025, 0.025]), BLACK, { mirror: true, soft: 0.005 });
    fish.paint(sphere([0.115, 0.362, 0.27], 0.009), "#ffffff", { mirror: true, soft: 0.003 });
    return fish;
  },
};
