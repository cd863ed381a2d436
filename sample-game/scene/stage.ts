// Keeps the actors on the island equal to the listing: newcomers get the first free place, what is gone leaves, what changed is
// updated in place.

import "@babylonjs/core/Culling/ray.js";
import { PointerEventTypes } from "@babylonjs/core/Events/pointerEvents.js";
import type { ShadowGenerator } from "@babylonjs/core/Lights/Shadows/shadowGenerator.js";
import type { Scene } from "@babylonjs/core/scene.js";
import type { ListedAsset } from "../server/listing.ts";
import { Actor } from "./actor.ts";
import type { Labels } from "./labels.ts";
import { assetPlace } from "./terrain.ts";

export interface StageHandlers {
  /** An actor came, went, loaded or plays another clip. */
  onChange(): void;
  onPick(asset: string): void;
}

export class Stage {
  readonly actors = new Map<string, Actor>();
  readonly #places = new Map<string, number>();
  readonly #scene: Scene;
  readonly #shadows: ShadowGenerator;
  readonly #labels: Labels;
  readonly #handlers: StageHandlers;

  constructor(scene: Scene, shadows: ShadowGenerator, labels: Labels, handlers: StageHandlers) {
    this.#scene = scene;
    this.#shadows = shadows;
    this.#labels = labels;
    this.#handlers = handlers;
    scene.onPointerObservable.add((info) => {
      if (info.type !== PointerEventTypes.POINTERTAP) return;
      const mesh = scene.pick(scene.pointerX, scene.pointerY)?.pickedMesh;
      for (const [asset, actor] of this.actors) if (mesh && actor.meshes.includes(mesh)) handlers.onPick(asset);
    });
  }

  /** Resolves once everything listed has loaded, as far as it can. */
  async show(listing: readonly ListedAsset[]): Promise<void> {
    const listed = new Set(listing.map(({ asset }) => asset));
    for (const [asset, actor] of this.actors) if (!listed.has(asset)) this.#remove(asset, actor);
    const updates = listing.map((entry) => {
      const actor = this.actors.get(entry.asset) ?? this.#add(entry);
      return actor.update(entry).then(() => this.#handlers.onChange());
    });
    this.#handlers.onChange();
    await Promise.all(updates);
  }

  #add(entry: ListedAsset): Actor {
    const taken = new Set(this.#places.values());
    let index = 0;
    while (taken.has(index)) index++;
    this.#places.set(entry.asset, index);
    const actor = new Actor(this.#scene, this.#shadows, assetPlace(index), entry);
    this.actors.set(entry.asset, actor);
    this.#labels.add(actor);
    return actor;
  }

  #remove(asset: string, actor: Actor): void {
    this.actors.delete(asset);
    this.#places.delete(asset);
    this.#labels.remove(actor);
    actor.dispose();
  }
}
