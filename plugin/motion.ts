// A loaded motion field and the players that play it. It loads, replaces and hands out; the playing is in player.ts.

import { Logger } from "@babylonjs/core/Misc/logger.js";
import { Observable, type Observer } from "@babylonjs/core/Misc/observable.js";
import type { Node } from "@babylonjs/core/node.js";
import type { Scene } from "@babylonjs/core/scene.js";
import { decodeMotionField } from "../runtime/decode.ts";
import type { MotionField } from "../runtime/field.ts";
import { fetchMotion } from "./fetch-motion.ts";
import type { HotReloadOptions } from "./hot-reload.ts";
import { type AttachOptions, Player } from "./player.ts";

export class Motion {
  readonly scene: Scene;
  /** Where it was loaded from; null where it came as bytes. */
  readonly url: string | null;
  /** A new motion has taken the old one's place in all players. */
  readonly onReplacedObservable = new Observable<Motion>();
  /** A hot reload failed; the last motion plays on. */
  readonly onReloadErrorObservable = new Observable<Error>();
  #field: MotionField;
  #players = new Set<Player>();
  #disconnects = new Set<() => void>();
  /** Turns of replacements: the last asked for, and the one that plays. */
  #asked = 0;
  #applied = 0;
  #sceneEnd: Observer<Scene>;

  constructor(field: MotionField, scene: Scene, url: string | null = null) {
    this.#field = field;
    this.scene = scene;
    this.url = url;
    this.#sceneEnd = scene.onDisposeObservable.addOnce(() => this.dispose());
  }

  /** The decoded motion field. */
  get field(): MotionField {
    return this.#field;
  }

  get clipNames(): string[] {
    return this.#field.clips.map((clip) => clip.name);
  }

  get players(): Player[] {
    return [...this.#players];
  }

  /**
   * Makes the meshes at and below `root` follow the motion: the root that the glTF loader gives, one mesh, or a clone. What
   * does not fit is named in a warning; `player.meshes` holds what does.
   */
  attach(root: Node, options?: AttachOptions): Player {
    const player = new Player(this.#field, root, options, (gone) => this.#players.delete(gone));
    this.#players.add(player);
    return player;
  }

  /**
   * Puts another motion of the same model in place of this one while it plays. What is being fetched meanwhile is dropped.
   * @throws FormatError where the bytes are no motion field; the old one plays on
   */
  replace(source: Uint8Array | ArrayBuffer | MotionField): void {
    this.#put(source instanceof ArrayBuffer || source instanceof Uint8Array ? decode(source) : source, ++this.#asked);
  }

  #put(field: MotionField, turn: number): void {
    this.#applied = turn;
    this.#field = field;
    for (const player of this.#players) player.replace(field);
    this.onReplacedObservable.notifyObservers(this);
  }

  /** Fetches the motion again and puts it in place; of overlapping calls that succeed the last one wins. */
  async reloadAsync(): Promise<void> {
    if (this.url === null) throw new Error("A motion that came as bytes cannot be fetched again. Use replace().");
    const turn = ++this.#asked;
    const bytes = await fetchMotion(this.url);
    if (turn > this.#applied) this.#put(decode(bytes), turn);
  }

  /**
   * Listens to the watcher's events and reloads whenever this asset is done. Returns the function that stops listening.
   * @param eventsUrl the watcher's "/events"
   */
  connectHotReload(eventsUrl: string, options: HotReloadOptions = {}): () => void {
    const { url } = this;
    if (url === null) throw new Error("Hot reload needs a motion that was loaded from a URL.");
    let close: (() => void) | null = null;
    let ended = false;
    const reload = () => {
      this.reloadAsync().catch((error: Error) => {
        if (this.#applied === Infinity) return;
        Logger.Warn(`The new motion of "${this.#field.asset.name}" could not be loaded: ${error.message}`);
        this.onReloadErrorObservable.notifyObservers(error);
      });
    };
    // A game that ships never fetches it.
    import("./hot-reload.ts").then(({ watchEvents }) => {
      if (!ended) close = watchEvents(eventsUrl, url, options, reload);
    });
    const disconnect = () => {
      ended = true;
      close?.();
      this.#disconnects.delete(disconnect);
    };
    this.#disconnects.add(disconnect);
    return disconnect;
  }

  /** Disposes of all players and stops listening. */
  dispose(): void {
    this.#applied = Infinity;
    this.scene.onDisposeObservable.remove(this.#sceneEnd);
    for (const disconnect of [...this.#disconnects]) disconnect();
    for (const player of [...this.#players]) player.dispose();
    this.onReplacedObservable.clear();
    this.onReloadErrorObservable.clear();
  }
}

function decode(source: Uint8Array | ArrayBuffer): MotionField {
  return decodeMotionField(source instanceof Uint8Array ? source : new Uint8Array(source));
}

/**
 * Loads a motion field for a scene.
 * @param source URL of a `*.motion.glb`, or its bytes
 * @throws FormatError where the bytes are no motion field; Error where they cannot be fetched
 * @example
 * const motion = await LoadMotionFieldAsync("fox.motion.glb", scene);
 * motion.attach(foxRoot).clip("walk").start(true);
 */
export async function LoadMotionFieldAsync(
  source: string | URL | Uint8Array | ArrayBuffer,
  scene: Scene,
): Promise<Motion> {
  if (typeof source !== "string" && !(source instanceof URL)) return new Motion(decode(source), scene);
  return new Motion(decode(await fetchMotion(String(source))), scene, String(source));
}
