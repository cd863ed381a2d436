// The flower: a sunflower with two leaves in a clay pot.

import type { Model } from "./model.ts";
import { Sculpture } from "./sculpture.ts";
import { chain, ellipsoid, frustum, limb, stretch, torus, turn } from "./shapes.ts";

const CLAY = "#c9653c";
const GREEN = "#4e9a3a";
const HEAD = [0, 0.98, 0.06] as const;

export const flower: Model = {
  name: "flower",
  clips: { sway: "a plant swaying in the wind" },
  mesh: { cells: 170, triangles: 6000 },
  sculpt() {
    const flower = new Sculpture();
    flower.add(frustum([0, 0.15, 0], 0.15, 0.13, 0.195, 0.02), CLAY);
    flower.add(frustum([0, 0.3, 0], 0.045, 0.225, 0.23, 0.018), "#d8764a", { blend: 0.01 });
    flower.paint(stretch(frustum([0, 0.36, 0], 0.03, 0.19, 0.19, 0.005), [1, 1, 1]), "#5a3b28", { soft: 0.012 });
    flower.add(torus([0, 0.335, 0], 0.205, 0.022), "#d8764a", { blend: 0.012 });
    // Stem, bent a little, and leaves.
    flower.add(
      chain([0, 0.32, 0, 0.042], [0.015, 0.5, -0.01, 0.032], [0.01, 0.75, -0.03, 0.028], [0, 0.96, 0.0, 0.03]),
      GREEN,
      { blend: 0.03 },
    );
    for (const [side, y] of [
      [1, 0.5],
      [-1, 0.6],
    ]) {
      const leaf = stretch(limb([side * 0.07, y + 0.03, 0], 0.035, [side * 0.19, y + 0.09, 0.02], 0.06), [1, 0.32, 1]);
      flower.add(turn(leaf, [12, 0, side * 18], [0, y, 0]), "#5fb347", { blend: 0.03 });
      flower.add(
        turn(
          stretch(limb([side * 0.2, y + 0.09, 0.02], 0.058, [side * 0.29, y + 0.075, 0.03], 0.014), [1, 0.32, 1]),
          [12, 0, side * 18],
          [0, y, 0],
        ),
        "#5fb347",
        { blend: 0.03 },
      );
    }
    // Two rings of petals about the forward-facing head, a dark disc of seeds.
    for (let ring = 0; ring < 2; ring++) {
      for (let i = 0; i < 13; i++) {
        const angle = ((i + ring / 2) / 13) * 360;
        const length = ring ? 0.085 : 0.095;
        const reach = ring ? 0.19 : 0.215;
        const petal = ellipsoid([HEAD[0], HEAD[1] + reach, HEAD[2] - (ring ? -0.004 : 0.016)], [0.042, length, 0.016]);
        const bent = turn(petal, [14, 0, 0], [HEAD[0], HEAD[1] + 0.13, HEAD[2]]);
        flower.add(turn(turn(bent, [0, 0, angle], HEAD), [-14, 0, 0], HEAD), ring ? "#ffcf33" : "#f2a81d", {
          blend: 0.008,
        });
      }
    }
    const disc = (r: number, depth: number, z: number) =>
      turn(ellipsoid([HEAD[0], HEAD[1], HEAD[2] + z], [r, r, depth]), [-14, 0, 0], HEAD);
    flower.add(disc(0.13, 0.045, -0.012), GREEN, { blend: 0.015 });
    flower.add(disc(0.142, 0.055, 0.015), "#6a3d1e", { blend: 0.01 });
    flower.paint(disc(0.08, 0.2, 0.07), "#3f2312", { soft: 0.03 });
    return flower;
  },
};
