// The robot: hard plates over dark joints, two arms a little away from the body, two legs.

import type { Model } from "./model.ts";
import { Sculpture } from "./sculpture.ts";
import { box, chain, ellipsoid, frustum, limb, sphere, stretch, turn } from "./shapes.ts";

const SHELL = "#e9eef2";
const TEAL = "#2fa7a0";
const JOINT = "#3d4450";
const GLOW = "#ffd34d";

export const robot: Model = {
  name: "robot",
  clips: { walk: "a robot walking" },
  mesh: { cells: 170, triangles: 6000 },
  sculpt() {
    const robot = new Sculpture();
    const hard = { blend: 0.006 };
    const pair = { blend: 0.006, mirror: true };
    // Torso: chest, waist, hips.
    robot.add(stretch(frustum([0, 0.88, 0], 0.17, 0.17, 0.235, 0.05), [1, 1, 0.72]), SHELL);
    robot.add(frustum([0, 0.69, 0], 0.06, 0.1, 0.1, 0.01), JOINT, hard);
    robot.add(box([0, 0.62, 0], [0.15, 0.065, 0.105], 0.045), TEAL, hard);
    robot.add(box([0, 0.9, 0.14], [0.1, 0.07, 0.035], 0.025), TEAL, hard);
    robot.add(sphere([0, 0.9, 0.165], 0.035), GLOW, hard);
    robot.add(box([0, 0.9, -0.17], [0.12, 0.11, 0.06], 0.03), JOINT, hard);
    // Head with visor, ears, antenna.
    robot.add(frustum([0, 1.08, 0], 0.05, 0.06, 0.06, 0.01), JOINT, hard);
    robot.add(box([0, 1.23, 0.01], [0.17, 0.125, 0.14], 0.075), SHELL, hard);
    robot.add(box([0, 1.235, 0.105], [0.135, 0.07, 0.06], 0.045), "#20252e", hard);
    robot.add(ellipsoid([0.058, 1.238, 0.158], [0.027, 0.034, 0.014]), "#5df2ff", pair);
    robot.add(turn(frustum([0.175, 1.23, 0], 0.025, 0.055, 0.05, 0.012), [0, 0, -90]), TEAL, pair);
    robot.add(limb([0, 1.34, 0], 0.014, [0, 1.44, 0], 0.012), JOINT, hard);
    robot.add(sphere([0, 1.455, 0], 0.032), GLOW, hard);
    // Arms: shoulder ball, upper arm, elbow, forearm, hand with a thumb.
    robot.add(sphere([0.265, 0.975, 0], 0.085), TEAL, pair);
    robot.add(limb([0.29, 0.93, 0], 0.045, [0.345, 0.77, 0], 0.042), JOINT, pair);
    robot.add(sphere([0.35, 0.755, 0], 0.055), SHELL, pair);
    robot.add(limb([0.36, 0.73, 0.005], 0.05, [0.4, 0.57, 0.03], 0.068), SHELL, pair);
    robot.add(turn(frustum([0.403, 0.545, 0.033], 0.025, 0.062, 0.062, 0.01), [0, 0, 14]), TEAL, pair);
    robot.add(chain([0.43, 0.52, 0.035, 0.028], [0.445, 0.45, 0.05, 0.026], [0.425, 0.4, 0.06, 0.02]), JOINT, pair);
    robot.add(chain([0.385, 0.52, 0.05, 0.026], [0.365, 0.46, 0.075, 0.024], [0.375, 0.415, 0.08, 0.019]), JOINT, pair);
    // Legs: thigh, knee, shin, boot.
    robot.add(sphere([0.1, 0.58, 0], 0.075), JOINT, pair);
    robot.add(limb([0.11, 0.54, 0], 0.062, [0.12, 0.37, 0.01], 0.055), SHELL, pair);
    robot.add(sphere([0.122, 0.335, 0.012], 0.06), TEAL, pair);
    robot.add(limb([0.125, 0.28, 0.005], 0.052, [0.13, 0.13, 0], 0.072), SHELL, pair);
    robot.add(box([0.135, 0.05, 0.04], [0.085, 0.055, 0.135], 0.045), TEAL, pair);
    robot.paint(box([0.135, 0.0, 0.04], [0.2, 0.022, 0.2], 0.005), JOINT, { mirror: true, soft: 0.006 });
    robot.paint(box([0, 0.79, 0.12], [0.2, 0.006, 0.1], 0.002), JOINT, { soft: 0.008 });
    return robot;
  },
};
