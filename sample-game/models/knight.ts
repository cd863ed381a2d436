// The knight: a person in plate with helmet, plume, sword and shield, arms a little away from the body.

import type { Model } from "./model.ts";
import { Sculpture } from "./sculpture.ts";
import { box, chain, ellipsoid, frustum, limb, sphere, stretch, turn } from "./shapes.ts";

const STEEL = "#aab4c2";
const DARK = "#5b6472";
const CLOTH = "#2e56a6";
const GOLD = "#e8b93c";
const LEATHER = "#6b4226";

export const knight: Model = {
  name: "knight",
  clips: null,
  mesh: { cells: 190, triangles: 6000 },
  sculpt() {
    const knight = new Sculpture();
    const pair = { mirror: true, blend: 0.012 };
    const part = { blend: 0.012 };
    // Trunk: breastplate, belt, tunic skirt.
    knight.add(ellipsoid([0, 1.2, 0], [0.2, 0.22, 0.145]), STEEL);
    knight.add(ellipsoid([0, 1.03, 0], [0.155, 0.14, 0.115]), STEEL, { blend: 0.06 });
    knight.add(stretch(frustum([0, 0.86, 0], 0.11, 0.215, 0.15, 0.03), [1, 1, 0.78]), CLOTH, part);
    knight.add(stretch(frustum([0, 0.965, 0], 0.027, 0.168, 0.168, 0.015), [1, 1, 0.78]), LEATHER, { blend: 0.006 });
    knight.add(box([0, 0.965, 0.13], [0.035, 0.03, 0.014], 0.008), GOLD, { blend: 0.004 });
    knight.paint(ellipsoid([0, 1.2, 0.16], [0.095, 0.15, 0.09]), CLOTH, { soft: 0.008 });
    knight.paint(box([0, 1.2, 0.16], [0.014, 0.09, 0.1], 0.005), GOLD, { soft: 0.006 });
    knight.paint(box([0, 1.225, 0.16], [0.05, 0.014, 0.1], 0.005), GOLD, { soft: 0.006 });
    // Head: neck guard, helmet with slit and breath holes, crest, plume.
    knight.add(frustum([0, 1.4, 0], 0.05, 0.1, 0.085, 0.02), DARK, part);
    knight.add(ellipsoid([0, 1.56, 0.005], [0.125, 0.15, 0.14]), STEEL, part);
    knight.add(stretch(limb([0, 1.5, 0.05], 0.1, [0, 1.5, 0.1], 0.05), [1, 1, 1]), STEEL, { blend: 0.05 });
    knight.paint(box([0, 1.575, 0.15], [0.1, 0.014, 0.08], 0.01), "#14161b", { soft: 0.006 });
    knight.paint(box([0, 1.545, 0.15], [0.012, 0.12, 0.08], 0.005), GOLD, { soft: 0.006 });
    for (const y of [1.46, 1.49])
      knight.paint(sphere([0.045, y, 0.135], 0.011), "#14161b", { mirror: true, soft: 0.006 });
    knight.add(
      chain([0, 1.69, 0.03, 0.025], [0, 1.77, -0.04, 0.045], [0, 1.74, -0.14, 0.05], [0, 1.6, -0.21, 0.025]),
      "#cf2f2f",
      { blend: 0.02 },
    );
    // Arms: shoulder plate, upper arm, elbow, forearm, gauntlet.
    knight.add(stretch(sphere([0.235, 1.31, 0], 0.1), [1, 0.8, 1]), STEEL, pair);
    knight.add(limb([0.255, 1.27, 0], 0.058, [0.325, 1.07, 0], 0.052), CLOTH, pair);
    knight.add(sphere([0.33, 1.05, 0], 0.06), DARK, pair);
    knight.add(limb([0.34, 1.02, 0.01], 0.05, [0.375, 0.86, 0.08], 0.062), STEEL, pair);
    knight.add(ellipsoid([0.385, 0.8, 0.11], [0.058, 0.06, 0.062]), LEATHER, pair);
    // Legs.
    knight.add(limb([0.1, 0.84, 0], 0.09, [0.115, 0.5, 0.005], 0.062), DARK, pair);
    knight.add(sphere([0.117, 0.47, 0.02], 0.072), GOLD, { mirror: true, blend: 0.008 });
    knight.add(limb([0.118, 0.42, 0], 0.066, [0.125, 0.14, -0.005], 0.06), STEEL, pair);
    knight.add(box([0.13, 0.05, 0.045], [0.07, 0.05, 0.13], 0.045), DARK, pair);
    // Sword in the right hand (-x), pointing forward and up.
    const grip = [-0.385, 0.8, 0.11] as const;
    const sword = (shape: Parameters<typeof turn>[0]) => turn(shape, [52, 0, 0], grip);
    knight.add(
      sword(limb([grip[0], grip[1] - 0.09, grip[2]], 0.024, [grip[0], grip[1] + 0.08, grip[2]], 0.02)),
      LEATHER,
      { blend: 0.006 },
    );
    knight.add(sword(sphere([grip[0], grip[1] - 0.1, grip[2]], 0.034)), GOLD, { blend: 0.006 });
    knight.add(sword(box([grip[0], grip[1] + 0.095, grip[2]], [0.022, 0.02, 0.11], 0.015)), GOLD, { blend: 0.006 });
    knight.add(
      sword(
        stretch(
          limb([grip[0], grip[1] + 0.12, grip[2]], 0.045, [grip[0], grip[1] + 0.62, grip[2]], 0.02),
          [0.36, 1, 1],
        ),
      ),
      "#e6ecf3",
      { blend: 0.006 },
    );
    // Shield on the left arm.
    const shield = (grow: number, x: number) =>
      stretch(limb([x, 1.0, 0.06], 0.17 + grow, [x, 0.8, 0.06], 0.07 + grow), [0.16, 1, 1], [x, 1, 0]);
    knight.add(shield(0.02, 0.435), GOLD, { blend: 0.006 });
    knight.add(shield(-0.012, 0.448), CLOTH, { blend: 0.004 });
    knight.paint(box([0.48, 0.95, 0.06], [0.04, 0.18, 0.022], 0.005), "#f4f1e6", { soft: 0.006 });
    knight.paint(box([0.48, 1.0, 0.06], [0.04, 0.022, 0.12], 0.005), "#f4f1e6", { soft: 0.006 });
    return knight;
  },
};
