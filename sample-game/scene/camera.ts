// The orbiting camera, kept in front of the island and above the water, and its glide to whatever is in focus.

import "@babylonjs/core/Culling/ray.js";
import { ArcRotateCamera } from "@babylonjs/core/Cameras/arcRotateCamera.js";
import { PointerEventTypes } from "@babylonjs/core/Events/pointerEvents.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { Scene } from "@babylonjs/core/scene.js";

export interface View {
  target: Vector3;
  radius: number;
  /** Degrees to the right of straight on, degrees above the horizon. */
  turn: number;
  lift: number;
}

const HOME: View = { target: new Vector3(0, 1.5, -1.2), radius: 15.5, turn: 6, lift: 14 };

export interface GameCamera {
  camera: ArcRotateCamera;
  /** Glides to a view; null: back to the whole island. */
  focus(view: View | null): void;
}

export function createCamera(scene: Scene): GameCamera {
  const camera = new ArcRotateCamera("camera", 0, 0, HOME.radius, HOME.target.clone(), scene);
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const goal = { target: HOME.target, radius: HOME.radius, alpha: 0, beta: 0 };
  const aim = (view: View) => {
    goal.target = view.target;
    goal.radius = view.radius;
    goal.alpha = Math.PI / 2 + radians(view.turn);
    goal.beta = Math.PI / 2 - radians(view.lift);
  };
  aim(HOME);
  camera.alpha = goal.alpha;
  camera.beta = goal.beta;
  camera.fov = 0.75;
  camera.minZ = 0.2;
  camera.maxZ = 500;
  camera.lowerRadiusLimit = 3;
  camera.upperRadiusLimit = 40;
  camera.lowerBetaLimit = 0.35;
  camera.upperBetaLimit = Math.PI / 2 - 0.03;
  camera.wheelDeltaPercentage = 0.012;
  camera.pinchDeltaPercentage = 0.012;
  camera.panningSensibility = 0;
  // Room for the panel at the left.
  camera.targetScreenOffset.x = 0.9;
  camera.attachControl(true);

  let gliding = false;
  // The person's hand wins over a glide under way.
  scene.onPointerObservable.add(({ type }) => {
    if (type === PointerEventTypes.POINTERDOWN || type === PointerEventTypes.POINTERWHEEL) gliding = false;
  });
  scene.onBeforeRenderObservable.add(() => {
    if (!gliding) return;
    const share = 1 - Math.exp(-scene.getEngine().getDeltaTime() / 260);
    camera.target = Vector3.Lerp(camera.target, goal.target, share);
    camera.radius += (goal.radius - camera.radius) * share;
    camera.alpha += (goal.alpha - camera.alpha) * share;
    camera.beta += (goal.beta - camera.beta) * share;
    if (Vector3.Distance(camera.target, goal.target) + Math.abs(camera.radius - goal.radius) < 0.01) gliding = false;
  });
  return {
    camera,
    focus(view) {
      aim(view ?? HOME);
      gliding = true;
    },
  };
}
