// The dinosaur: a T-rex on two strong legs, small arms, long tail held out behind.

import type { Model } from "./model.ts";
import { Sculpture } from "./sculpture.ts";
import { box, chain, ellipsoid, limb, sphere, turn } from "./shapes.ts";

const GREEN = "#5fa64a";
const DEEP = "#3c7a3d";
const BELLY = "#e7dfa0";

export const dinosaur: Model = {
  name: "dinosaur",
  clips: { walk: "a dinosaur walking" },
  mesh: { cells: 190, triangles: 6000 },
  sculpt() {
    const rex = new Sculpture();
    // Trunk and neck.
    rex.add(turn(ellipsoid([0, 0.98, -0.02], [0.21, 0.235, 0.36]), [-22, 0, 0]), GREEN);
    rex.add(chain([0, 1.1, 0.22, 0.17], [0, 1.3, 0.4, 0.125], [0, 1.4, 0.46, 0.12]), GREEN, { blend: 0.1 });
    // Tail.
    rex.add(chain([0, 0.9, -0.28, 0.18], [0, 0.86, -0.6, 0.12], [0, 0.9, -0.9, 0.07], [0, 1.0, -1.2, 0.022]), GREEN, {
      blend: 0.1,
    });
    // Head: skull, upper jaw, lower jaw a little open.
    rex.add(ellipsoid([0, 1.5, 0.5], [0.145, 0.14, 0.17]), GREEN, { blend: 0.06 });
    rex.add(turn(box([0, 1.485, 0.7], [0.105, 0.075, 0.19], 0.065), [5, 0, 0]), GREEN, { blend: 0.06 });
    rex.add(turn(box([0, 1.36, 0.63], [0.09, 0.036, 0.18], 0.034), [12, 0, 0]), GREEN, { blend: 0.025 });
    for (let i = 0; i < 5; i++) {
      const z = 0.64 + i * 0.053;
      const tooth = limb(
        [i === 4 ? 0.05 : 0.078, 1.425 - i * 0.006, z],
        0.017,
        [i === 4 ? 0.05 : 0.078, 1.385 - i * 0.006, z],
        0.004,
      );
      rex.add(tooth, "#fdf8e6", { mirror: true, blend: 0.003 });
    }
    rex.add(ellipsoid([0.115, 1.575, 0.56], [0.035, 0.042, 0.045]), "#fbe36a", { mirror: true, blend: 0.006 });
    rex.add(limb([0.1, 1.615, 0.5], 0.022, [0.108, 1.605, 0.61], 0.016), GREEN, { mirror: true, blend: 0.025 });
    // Legs: thigh, shank, foot, toes.
    const leg = { mirror: true, blend: 0.06 };
    rex.add(limb([0.17, 0.88, -0.1], 0.175, [0.2, 0.55, 0.06], 0.095), GREEN, leg);
    rex.add(chain([0.2, 0.53, 0.06, 0.095], [0.2, 0.28, -0.13, 0.062], [0.2, 0.09, -0.04, 0.062]), GREEN, leg);
    for (const x of [0.13, 0.2, 0.27]) {
      rex.add(limb([0.2, 0.06, -0.02], 0.055, [x, 0.045, 0.14], 0.042), GREEN, { mirror: true, blend: 0.03 });
      rex.add(limb([x, 0.04, 0.165], 0.028, [x * 1.02, 0.024, 0.215], 0.01), "#3a332c", { mirror: true, blend: 0.006 });
    }
    // Arms.
    rex.add(chain([0.165, 1.08, 0.29, 0.06], [0.2, 0.95, 0.36, 0.042], [0.18, 0.93, 0.47, 0.033]), GREEN, {
      mirror: true,
      blend: 0.04,
    });
    for (const x of [0.155, 0.2])
      rex.add(limb([0.18, 0.925, 0.48], 0.024, [x, 0.9, 0.53], 0.01), "#3a332c", { mirror: true, blend: 0.012 });
    // Markings.
    rex.paint(
      chain(
        [0, 1.02, 0.52, 0.14],
        [0, 0.78, 0.22, 0.17],
        [0, 0.66, -0.2, 0.15],
        [0, 0.74, -0.65, 0.08],
        [0, 0.92, -1.1, 0.02],
      ),
      BELLY,
      { soft: 0.04 },
    );
    rex.paint(turn(ellipsoid([0, 1.3, 0.62], [0.08, 0.055, 0.22]), [12, 0, 0]), BELLY, { soft: 0.03 });
    rex.paint(turn(box([0, 1.408, 0.7], [0.2, 0.012, 0.18], 0.005), [8, 0, 0]), "#7a2b2b", { soft: 0.012 });
    for (let i = 0; i < 9; i++) {
      const z = 0.28 - i * 0.15;
      const y = [1.31, 1.27, 1.23, 1.17, 1.09, 1.02, 0.99, 0.985, 1.0][i];
      rex.paint(ellipsoid([0, y, z], [0.13 - i * 0.008, 0.1, 0.032]), DEEP, { soft: 0.03 });
    }
    rex.paint(sphere([0.035, 1.535, 0.885], 0.016), "#1d2a1a", { mirror: true, soft: 0.008 });
    rex.paint(ellipsoid([0.148, 1.575, 0.575], [0.02, 0.026, 0.016]), "#17170f", { mirror: true, soft: 0.005 });
    return rex;
  },
};
