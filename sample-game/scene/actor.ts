// One asset in the game: its model on a pedestal and the motion that plays on it. Both are swapped in place when their files
// change; which asset stands where is decided in stage.ts.

import type { ShadowGenerator } from "@babylonjs/core/Lights/Shadows/shadowGenerator.js";
import type { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { Scene } from "@babylonjs/core/scene.js";
import { LoadMotionFieldAsync, type Motion, type Player } from "../../plugin/index.ts";
import { fetchMotion, type ListedAsset, versioned } from "../server/listing.ts";
import { type LoadedModel, loadModel, OTHER_SHAPE } from "./load-model.ts";
import { createPedestal, type Pedestal, type PedestalState } from "./pedestal.ts";
import type { Place } from "./terrain.ts";

const FADE_SECONDS = 0.3;
/** Pause before a clip that does not loop plays again. */
const REST_SECONDS = 1.2;

export class Actor {
  listed: ListedAsset;
  /** What kept the model or its motion from loading, for the panel. */
  problem: string | null = null;
  readonly pedestal: Pedestal;
  readonly #scene: Scene;
  readonly #shadows: ShadowGenerator;
  #model: LoadedModel | null = null;
  #modelVersion: string | null = null;
  #motion: Motion | null = null;
  #motionVersion: string | null = null;
  #player: Player | null = null;
  #playing: string | null = null;
  #wanted: string | null = null;
  /** Forgets that the clip which plays should be played again. */
  #stopWaiting: () => void = () => {};
  #work: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(scene: Scene, shadows: ShadowGenerator, place: Place, listed: ListedAsset) {
    this.#scene = scene;
    this.#shadows = shadows;
    this.listed = listed;
    this.pedestal = createPedestal(scene, place);
  }

  get place(): Vector3 {
    return this.pedestal.top.getAbsolutePosition();
  }

  /** Metres; a guess until the model is there. */
  get height(): number {
    return this.#model?.height ?? 1.5;
  }

  get isAlive(): boolean {
    return this.#player !== null;
  }

  /** Name of the clip that plays, null while the model is still. */
  get playing(): string | null {
    return this.#player === null ? null : this.#playing;
  }

  get meshes(): readonly object[] {
    return this.#model?.meshes ?? [];
  }

  setState(state: PedestalState): void {
    this.pedestal.setState(state);
  }

  /** Brings model and motion up to what is listed; calls follow one another. */
  update(listed: ListedAsset): Promise<void> {
    this.listed = listed;
    this.#work = this.#work.then(async () => {
      if (this.#disposed) return;
      const { modelVersion, motionVersion } = this.listed;
      try {
        if (modelVersion !== this.#modelVersion) await this.#loadModel();
        if (this.#model !== null && motionVersion !== this.#motionVersion) await this.#loadMotion();
        this.problem = null;
      } catch (error) {
        this.problem = error instanceof Error ? error.message : String(error);
        console.warn(`${this.listed.asset}: ${this.problem}`);
      }
    });
    return this.#work;
  }

  async #loadModel(): Promise<void> {
    const { model, modelVersion } = this.listed;
    const loaded = await loadModel(versioned(model, modelVersion), this.#scene);
    if (this.#disposed) return loaded.dispose();
    this.#dropMotion();
    this.#dropModel();
    loaded.holder.parent = this.pedestal.top;
    for (const mesh of loaded.meshes) {
      mesh.receiveShadows = true;
      if (loaded.castsShadow) this.#shadows.addShadowCaster(mesh, false);
    }
    this.#model = loaded;
    this.#modelVersion = modelVersion;
  }

  async #loadMotion(): Promise<void> {
    const { motion, motionVersion } = this.listed;
    if (motion === null) return this.#dropMotion();
    const bytes = await fetchMotion(this.listed);
    if (this.#disposed || this.#model === null) return;
    if (this.#motion !== null) {
      this.#motion.replace(bytes);
    } else {
      const model = this.#model;
      const loaded = await LoadMotionFieldAsync(bytes, this.#scene);
      const player = await model.attach(loaded).catch((error: Error) => {
        loaded.dispose();
        throw error;
      });
      if (this.#disposed) return loaded.dispose();
      [this.#motion, this.#player] = [loaded, player];
    }
    if (this.#player?.meshes.length === 0 && this.#model.castsShadow) {
      this.#dropMotion();
      throw new Error(OTHER_SHAPE);
    }
    this.#motionVersion = motionVersion;
    this.#playOn();
  }

  /** After a new motion: what was asked for plays, else what played before; anew where it begins or ceases to loop. */
  #playOn(): void {
    const names = this.clipNames;
    const wanted = this.#wanted;
    const playing = this.#playing;
    this.#wanted = null;
    if (wanted !== null && names.includes(wanted)) {
      this.play(wanted);
    } else if (playing === null || !names.includes(playing)) {
      this.play(names[0]);
    } else {
      const clip = this.#player?.clip(playing);
      if (clip && clip.loopAnimation !== clip.data.loop) this.play(playing);
    }
  }

  /** Clips that can be played. */
  get clipNames(): string[] {
    return this.#player?.clips.map(({ name }) => name) ?? [];
  }

  /** Fades to a clip; one that there is no motion of yet plays as soon as there is. */
  play(name: string): void {
    if (this.#player === null || !this.#player.hasClip(name)) {
      this.#wanted = name;
      return;
    }
    this.#stopWaiting();
    const clip = this.#player.clip(name);
    const { loop } = clip.data;
    clip.loopAnimation = loop;
    if (this.#playing === null || this.#playing === name) clip.restart();
    else this.#player.crossFadeTo(name, FADE_SECONDS, { loop });
    this.#playing = name;
    if (loop) return;
    const { onAnimationGroupEndObservable: ended } = clip;
    const observer = ended.addOnce(() => {
      const timer = setTimeout(() => this.play(name), REST_SECONDS * 1000);
      this.#stopWaiting = () => clearTimeout(timer);
    });
    this.#stopWaiting = () => ended.remove(observer);
  }

  playNext(): void {
    const names = this.clipNames;
    const next = names[(names.indexOf(this.#playing ?? "") + 1) % names.length];
    if (next !== undefined) this.play(next);
  }

  #dropMotion(): void {
    this.#stopWaiting();
    this.#player?.dispose();
    this.#motion?.dispose();
    this.#player = null;
    this.#motion = null;
    this.#motionVersion = null;
    this.#playing = null;
  }

  #dropModel(): void {
    for (const mesh of this.#model?.meshes ?? []) this.#shadows.removeShadowCaster(mesh, false);
    this.#model?.dispose();
    this.#model = null;
  }

  dispose(): void {
    this.#disposed = true;
    this.#dropMotion();
    this.#dropModel();
    this.pedestal.dispose();
  }
}
