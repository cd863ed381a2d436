// The bird: a parrot in the air, wings spread flat to both sides, feathered wing tips and a fan of a tail.

import type { Model } from "./model.ts";
import { Sculpture } from "./sculpture.ts";
import { chain, ellipsoid, limb, sphere, stretch, turn } from "./shapes.ts";

const RED = "#d8352c";
const YELLOW = "#f7c12f";
const BLUE = "#2a67c9";
const BLACK = "#1a1a20";

export const bird: Model = {
  name: "bird",
  clips: { fly: "a bird flapping its wings and flying" },
  mesh: { cells: 190, triangles: 6000 },
  sculpt() {
    const bird = new Sculpture();
    // Body, neck and head, leaning forward.
    bird.add(turn(ellipsoid([0, 0.3, 0], [0.105, 0.1, 0.2]), [-18, 0, 0]), RED);
    bird.add(limb([0, 0.34, 0.12], 0.08, [0, 0.43, 0.2], 0.07), RED, { blend: 0.06 });
    bird.add(ellipsoid([0, 0.46, 0.215], [0.08, 0.082, 0.09]), RED, { blend: 0.04 });
    // Hooked beak, upper over lower.
    bird.add(chain([0, 0.465, 0.28, 0.038], [0, 0.455, 0.335, 0.026], [0, 0.42, 0.35, 0.009]), "#f2e2c4", {
      blend: 0.008,
    });
    bird.add(limb([0, 0.43, 0.275], 0.026, [0, 0.42, 0.305], 0.014), "#38323a", { blend: 0.006 });
    bird.add(sphere([0.062, 0.485, 0.258], 0.02), BLACK, { mirror: true, blend: 0.003 });
    // Wings: an arm, and feathers fanned out behind and beyond it, thin in y.
    const thin = { mirror: true, blend: 0.03 };
    const wing = chain([0.06, 0.36, 0.09, 0.075], [0.27, 0.41, 0.1, 0.075], [0.46, 0.4, 0.05, 0.05]);
    for (const bone of wing) bird.add(stretch(bone, [1, 0.33, 1]), RED, { mirror: true, blend: 0.05 });
    for (let i = 0; i < 9; i++) {
      const t = i / 8;
      const root = [0.12 + 0.33 * t, 0.375 + 0.025 * Math.sin(t * 2), 0.06 - 0.02 * t] as const;
      const angle = -0.05 + 1.25 * t ** 1.5;
      const length = 0.19 + 0.14 * t;
      const tip = [
        root[0] + Math.sin(angle) * length,
        root[1] - 0.012 + 0.01 * t,
        root[2] - Math.cos(angle) * length,
      ] as const;
      bird.add(stretch(limb([...root], 0.045, [...tip], 0.034), [1, 0.3, 1]), i < 3 ? YELLOW : BLUE, {
        mirror: true,
        blend: 0.012,
      });
    }
    bird.add(stretch(limb([0.14, 0.385, 0.06], 0.06, [0.42, 0.405, 0.03], 0.05), [1, 0.36, 1]), YELLOW, thin);
    for (const bone of wing) bird.paint(stretch(bone, [1, 2, 0.8]), RED, { mirror: true, soft: 0.012 });
    // Tail feathers.
    for (const [x, z, colour] of [
      [0.075, -0.46, BLUE],
      [0.04, -0.52, YELLOW],
      [0, -0.56, RED],
    ] as const) {
      bird.add(
        stretch(limb([x * 0.3, 0.25, -0.14], 0.045, [x, 0.17, z], 0.034), [1, 0.5, 1], [0, 0.22, -0.3]),
        colour,
        { mirror: x > 0, blend: 0.015 },
      );
    }
    // Legs tucked under.
    bird.add(chain([0.045, 0.22, -0.02, 0.03], [0.05, 0.15, -0.03, 0.014], [0.05, 0.12, -0.015, 0.014]), "#6b6470", {
      mirror: true,
      blend: 0.02,
    });
    for (const x of [0.03, 0.05, 0.07])
      bird.add(limb([0.05, 0.118, -0.01], 0.012, [x, 0.112, 0.035], 0.009), "#6b6470", { mirror: true, blend: 0.008 });
    // Face and breast.
    bird.paint(ellipsoid([0.075, 0.47, 0.262], [0.035, 0.042, 0.042]), "#fbf4e8", { mirror: true, soft: 0.008 });
    bird.paint(sphere([0.062, 0.485, 0.258], 0.0215), BLACK, { mirror: true, soft: 0.004 });
    bird.paint(sphere([0.079, 0.492, 0.266], 0.006), "#ffffff", { mirror: true, soft: 0.002 });
    bird.paint(ellipsoid([0, 0.2, 0.07], [0.085, 0.07, 0.13]), "#ee6a34", { soft: 0.03 });
    return bird;
  },
};
