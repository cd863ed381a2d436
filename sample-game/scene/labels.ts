// Name tags below the pedestals: DOM elements that follow their place on the screen.

import { Matrix, Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { Scene } from "@babylonjs/core/scene.js";
import { element } from "../page/element.ts";
import type { Actor } from "./actor.ts";

/** Farther than this, metres, a tag is hidden. */
const FAR = 34;

export interface Labels {
  add(actor: Actor): void;
  remove(actor: Actor): void;
}

export function createLabels(scene: Scene, canvas: HTMLCanvasElement): Labels {
  const tags = new Map<Actor, HTMLElement>();
  scene.onAfterRenderObservable.add(() => {
    const camera = scene.activeCamera;
    if (camera === null) return;
    const { clientWidth, clientHeight } = canvas;
    const viewport = camera.viewport.toGlobal(clientWidth, clientHeight);
    for (const [actor, tag] of tags) {
      const at = actor.place.add(new Vector3(0, -0.3, 1.15));
      const point = Vector3.Project(at, Matrix.IdentityReadOnly, scene.getTransformMatrix(), viewport);
      const hidden = point.z < 0 || point.z > 1 || Vector3.Distance(camera.globalPosition, at) > FAR;
      tag.style.visibility = hidden ? "hidden" : "visible";
      tag.style.transform = `translate(${point.x.toFixed(1)}px, ${point.y.toFixed(1)}px) translate(-50%, -20%)`;
    }
  });
  return {
    add(actor) {
      const tag = element("div", { className: "label", text: actor.listed.name });
      document.body.append(tag);
      tags.set(actor, tag);
    },
    remove(actor) {
      tags.get(actor)?.remove();
      tags.delete(actor);
    },
  };
}
