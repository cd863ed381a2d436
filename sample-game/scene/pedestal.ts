// The stone that an asset stands on, with a ring that shows its state: pale while still, pulsing while the pipeline works on it,
// green once it is alive, red where the build failed.

import { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial.js";
import { Color3 } from "@babylonjs/core/Maths/math.color.js";
import { CreateCylinder } from "@babylonjs/core/Meshes/Builders/cylinderBuilder.js";
import { CreateTorus } from "@babylonjs/core/Meshes/Builders/torusBuilder.js";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode.js";
import type { Scene } from "@babylonjs/core/scene.js";
import { hash } from "./noise.ts";
import { mattMaterial, paintTriangles, vary } from "./paint.ts";
import type { Place } from "./terrain.ts";

export type PedestalState = "still" | "working" | "alive" | "failed";

const COLORS: Record<PedestalState, Color3> = {
  still: Color3.FromHexString("#d9d2c4"),
  working: Color3.FromHexString("#ffa53d"),
  alive: Color3.FromHexString("#8fd67f"),
  failed: Color3.FromHexString("#e0484a"),
};
const STONE = Color3.FromHexString("#cfc5b4");
export const PEDESTAL_HEIGHT = 0.34;

export interface Pedestal {
  /** Stands in the middle of the top, facing the viewer; the asset hangs below it. */
  top: TransformNode;
  setState(state: PedestalState): void;
  dispose(): void;
}

export function createPedestal(scene: Scene, place: Place): Pedestal {
  const root = new TransformNode("pedestal", scene);
  root.position.set(place.x, place.y, place.z);
  root.rotation.y = place.heading;

  const stone = CreateCylinder(
    "stone",
    { height: 0.5, diameterTop: 2.25, diameterBottom: 2.55, tessellation: 18 },
    scene,
  );
  paintTriangles(stone, (_x, _y, _z, up, t) => vary(STONE, (hash(t + 5) - 0.5) * 0.06 - (up < 0.5 ? 0.14 : 0)));
  stone.material = mattMaterial("stone", scene);
  stone.position.y = PEDESTAL_HEIGHT - 0.25;
  stone.receiveShadows = true;
  stone.isPickable = false;
  stone.parent = root;

  const ring = CreateTorus("ring", { diameter: 2.1, thickness: 0.055, tessellation: 40 }, scene);
  const glow = new StandardMaterial("ring", scene);
  glow.specularColor = Color3.Black();
  ring.material = glow;
  ring.position.y = PEDESTAL_HEIGHT;
  ring.isPickable = false;
  ring.parent = root;

  const top = new TransformNode("top", scene);
  top.position.y = PEDESTAL_HEIGHT;
  top.parent = root;

  let state: PedestalState = "still";
  let seconds = 0;
  const pulse = scene.onBeforeRenderObservable.add(() => {
    seconds += scene.getEngine().getDeltaTime() / 1000;
    const strength = state === "working" ? 0.65 + 0.35 * Math.sin(seconds * 5) : state === "still" ? 0.25 : 0.6;
    glow.diffuseColor = COLORS[state];
    COLORS[state].scaleToRef(strength, glow.emissiveColor);
  });
  return {
    top,
    setState(next) {
      state = next;
    },
    dispose() {
      scene.onBeforeRenderObservable.remove(pulse);
      root.dispose(false, true);
    },
  };
}
