// The treasure chest: planks, iron bands, a lock, the lid ajar over a heap of gold.

import type { Model } from "./model.ts";
import { Sculpture } from "./sculpture.ts";
import { box, frustum, intersect, sphere, stretch, turn } from "./shapes.ts";

const WOOD = "#8a5426";
const GOLD = "#f2bf3a";
const IRON = "#4a4e58";

export const chest: Model = {
  name: "chest",
  clips: null,
  mesh: { cells: 150, triangles: 5000 },
  sculpt() {
    const chest = new Sculpture();
    const flat = { blend: 0.004 };
    const hinge = [0, 0.34, -0.22] as const;
    const lid = (shape: Parameters<typeof turn>[0]) => turn(shape, [-24, 0, 0], hinge);
    chest.add(box([0, 0.18, 0], [0.36, 0.16, 0.22], 0.02), WOOD);
    chest.add(box([0, 0.33, 0], [0.37, 0.022, 0.23], 0.012), IRON, flat);
    chest.add(box([0, 0.035, 0], [0.375, 0.03, 0.235], 0.012), IRON, flat);
    // Lid: half a barrel.
    const barrel = (half: number, r: number, x = 0) => {
      const drum = stretch(turn(frustum([x, 0.36, 0], half, r, r, 0.014), [0, 0, 90]), [1, 0.85, 1]);
      return intersect(drum, box([x, 0.5, 0], [0.5, 0.15, 0.5], 0.014));
    };
    chest.add(lid(barrel(0.36, 0.225)), WOOD, flat);
    chest.add(lid(box([0, 0.372, 0], [0.37, 0.024, 0.23], 0.012)), IRON, flat);
    for (const x of [-0.3, 0, 0.3]) {
      chest.add(lid(barrel(0.042, 0.24, x)), GOLD, flat);
      chest.add(box([x, 0.18, 0], [0.042, 0.165, 0.234], 0.012), GOLD, flat);
    }
    // Lock, handles, feet.
    chest.add(lid(box([0, 0.36, 0.24], [0.05, 0.055, 0.02], 0.015)), GOLD, flat);
    chest.add(box([0, 0.25, 0.24], [0.065, 0.07, 0.022], 0.018), IRON, flat);
    chest.paint(sphere([0, 0.265, 0.262], 0.02), "#120f0c", { soft: 0.006 });
    chest.paint(box([0, 0.24, 0.262], [0.008, 0.026, 0.02], 0.003), "#120f0c", { soft: 0.006 });
    // Treasure.
    for (let i = 0; i < 40; i++) {
      const angle = i * 2.39996;
      const r = Math.sqrt((i + 0.5) / 40);
      const at = [Math.cos(angle) * r * 0.3, 0.36 + 0.035 * (1 - r), Math.sin(angle) * r * 0.17 + 0.02] as const;
      chest.add(
        turn(stretch(sphere(at, 0.045), [1, 0.4, 1]), [20 * Math.sin(i * 3), 0, 25 * Math.cos(i * 5)]),
        i % 7 === 3 ? "#e0405a" : "#ffd24a",
        { blend: 0.004 },
      );
    }
    // Planks.
    for (const y of [0.13, 0.23]) chest.paint(box([0, y, 0], [0.5, 0.0035, 0.5], 0.001), "#5c3414", { soft: 0.008 });
    for (const x of [-0.3, 0, 0.3]) chest.paint(box([x, 0.18, 0], [0.044, 0.14, 0.3], 0.002), GOLD, { soft: 0.006 });
    return chest;
  },
};
