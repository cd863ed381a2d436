// Plays a motion on one model: every frame it mixes the clips, writes one pose row per mesh space and lets Babylon's
// baked-vertex-animation include move the vertices. A player evaluates on the CPU, because one row of up to 256 handles takes
// about a tenth of a millisecond there and picking can share it; crowds use a GPU pass (crowd-pass.ts).

import { Skeleton } from "@babylonjs/core/Bones/skeleton.js";
import { Logger } from "@babylonjs/core/Misc/logger.js";
import { Observable, type Observer } from "@babylonjs/core/Misc/observable.js";
import type { Node } from "@babylonjs/core/node.js";
import type { Scene } from "@babylonjs/core/scene.js";
import type { FieldBinding, FieldBounds, MotionField } from "../runtime/field.ts";
import { type HandlePose, poseMatrices } from "../runtime/sample.ts";
import { type BoundMesh, bindMesh } from "./bind-mesh.ts";
import { claimMeshes, placedBinding, successor, unclaimMesh } from "./claim-meshes.ts";
import { ClipMixer, type CrossFadeOptions } from "./clip-mixer.ts";
import { Crowd } from "./crowd.ts";
import { mixPose, type PoseLayer } from "./mix-pose.ts";
import { instancePlaces } from "./own-instances.ts";
import { type PosedPicking, pickPosed } from "./picking.ts";
import type { PlayerClip } from "./player-clip.ts";
import { createPoseTexture, type PoseTexture } from "./pose-texture.ts";
import { bakeRestPose, hasSkin } from "./rest-bake.ts";
import { instancedBounds, setBounds } from "./set-bounds.ts";
import { boundsInMesh, grownBounds, type Space, spaceIndex, unionBounds, writeSpace } from "./spaces.ts";

export interface AttachOptions {
  /** Advance with the scene's frames; else call `update` yourself. */
  autoUpdate?: boolean;
  /** Let `scene.pick` and `intersects` see the moving vertices. */
  precisePicking?: boolean;
  /** False: keep the pose (`matrices`, `onPoseObservable`) for something that follows it by itself, and move no mesh. */
  bindMeshes?: boolean;
}

export const ATTACH_DEFAULTS: Required<AttachOptions> = { autoUpdate: true, precisePicking: true, bindMeshes: true };

export class Player {
  readonly root: Node;
  readonly scene: Scene;
  /** Another pose shows. */
  readonly onPoseObservable = new Observable<Player>();
  readonly onDisposeObservable = new Observable<Player>();
  #field: MotionField;
  #mixer: ClipMixer;
  #bound: BoundMesh[] = [];
  #spaces: Space[] = [];
  #skeleton: Skeleton;
  #poses: PoseTexture;
  #picking = new Map<BoundMesh, PosedPicking>();
  #crowd: Crowd | null = null;
  #shown: readonly PoseLayer[] | null = null;
  /** Asset space; null before anything was shown. */
  #bounds: FieldBounds | null = null;
  #scratch!: { pose: HandlePose; other: HandlePose; matrices: Float32Array; local: Float32Array };
  #observer: Observer<Scene> | null = null;
  #rootEnd: Observer<Node>;
  #forget: (player: Player) => void;
  #disposed = false;

  /** Use `motion.attach`. @param forget called when the player is disposed of */
  constructor(
    field: MotionField,
    root: Node,
    options: AttachOptions = {},
    forget: (player: Player) => void = () => {},
  ) {
    const { autoUpdate, precisePicking, bindMeshes } = { ...ATTACH_DEFAULTS, ...options };
    this.root = root;
    this.scene = root.getScene();
    this.#field = field;
    this.#forget = forget;
    this.#mixer = new ClipMixer(field);
    const { matches, warnings } = bindMeshes ? claimMeshes(root, field, this) : { matches: [], warnings: [] };
    for (const warning of warnings) Logger.Warn(warning);
    const placed = matches.map(({ mesh, binding: found }) => {
      const baked = hasSkin(mesh) ? bakeRestPose(mesh, root) : null;
      const binding = placedBinding(found, baked);
      return { mesh, binding, baked, space: spaceIndex(this.#spaces, binding) };
    });
    this.#skeleton = new Skeleton(`motion of ${field.asset.name}`, `motion of ${field.asset.name}`, this.scene);
    this.#skeleton.doNotSerialize = true;
    this.#poses = this.#createPoses();
    for (const { mesh, binding, baked, space } of placed) {
      const bound = bindMesh(mesh, binding, space, baked, this.#skeleton, this.#poses.texture);
      this.#bound.push(bound);
      if (mesh.material?.getClassName() === "NodeMaterial") {
        Logger.Warn(
          `"${mesh.name}" has a NodeMaterial, which shows the rest pose: it cannot read baked vertex animation. ` +
            'Use a PBR, OpenPBR or standard material, or "animus export --to gltf" for a skin.',
        );
      }
      if (precisePicking)
        this.#picking.set(
          bound,
          pickPosed(mesh, () => this.#boundOne(bound)),
        );
    }
    this.#rootEnd = root.onDisposeObservable.addOnce(() => this.dispose());
    if (autoUpdate) {
      this.#observer = this.scene.onBeforeRenderObservable.add((scene) => {
        const passed = scene.useConstantAnimationDeltaTime ? 16 : scene.getEngine().getDeltaTime();
        const milliseconds = scene.animationsEnabled ? passed : 0;
        this.update((milliseconds / 1000) * scene.animationTimeScale);
      });
    }
    this.update(0);
  }

  /** The meshes that the motion moves. Empty when nothing of the model fits (a warning says why). */
  get meshes(): BoundMesh["mesh"][] {
    return this.#bound.map((bound) => bound.mesh);
  }

  get clips(): PlayerClip[] {
    return this.#mixer.clips;
  }

  get crowd(): Crowd | null {
    return this.#crowd;
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  hasClip(name: string): boolean {
    return this.#mixer.has(name);
  }

  /** @throws RangeError that lists the clips there are. */
  clip(name: string): PlayerClip {
    return this.#mixer.clip(name);
  }

  /** Fades from what plays now to a clip within `seconds`; the others then stop. */
  crossFadeTo(name: string, seconds = 0.25, options: CrossFadeOptions = {}): PlayerClip {
    return this.#mixer.crossFadeTo(name, seconds, options);
  }

  /** As `crossFadeTo`, once what plays now and what was queued before come to the end of their pass. `rest` empties the queue. */
  queue(name: string, seconds = 0.25, options: CrossFadeOptions = {}): PlayerClip {
    return this.#mixer.queue(name, seconds, options);
  }

  /** Matrices of the handles in the pose that shows, asset space, row-major 3x4 each; overwritten by the next pose. */
  get matrices(): Float32Array {
    return this.#scratch.matrices;
  }

  /** What moves each mesh, in the order of `meshes`. */
  get bindings(): FieldBinding[] {
    return this.#bound.map((bound) => bound.binding);
  }

  /** Stops everything and shows the rest pose. */
  rest(): void {
    this.#mixer.rest();
  }

  /**
   * Draws the model `count` times as thin instances that each play by themselves, instead of once. A former crowd is disposed of.
   * @throws RangeError where the graphics device cannot hold that many poses; Error where no mesh moves, or one has thin
   * instances already.
   */
  createCrowd(count: number): Crowd {
    if (this.#bound.length === 0) {
      throw new Error(
        `"${this.root.name}" has no mesh that the motion moves. Attach to the model that it was built from.`,
      );
    }
    this.#crowd?.dispose();
    const taken = this.#bound.find(({ mesh }) => mesh.thinInstanceCount > 0);
    if (taken !== undefined) {
      throw new Error(`"${taken.mesh.name}" has thin instances of its own. Make the crowd of a clone without them.`);
    }
    this.#crowd = new Crowd(
      { root: this.root, scene: this.scene, field: this.#field, meshes: this.#bound, spaces: this.#spaces },
      count,
      (gone) => this.#endCrowd(gone),
    );
    return this.#crowd;
  }

  #endCrowd(gone: Crowd): void {
    if (this.#crowd === gone) this.#crowd = null;
    for (const bound of this.#bound) bound.manager.texture = this.#poses.texture;
    this.#bounds = null;
    this.#shown = null;
  }

  /** Moves all clips by `seconds` and shows the result. Called by the scene unless `autoUpdate` is false. */
  update(seconds: number): void {
    if (this.#disposed) return;
    const layers = this.#mixer.advance(seconds);
    // An observer of a clip's end or loop may have disposed of the player.
    if (this.#disposed) return;
    this.#crowd?.update(seconds);
    if (this.#crowd !== null) return;
    for (const bound of this.#bound) if (bound.followInstances()) this.#boundOne(bound);
    if (!sameLayers(layers, this.#shown)) this.#show(layers);
  }

  #show(layers: readonly PoseLayer[]): void {
    const { pose, other, matrices, local } = this.#scratch;
    mixPose(this.#field, layers, pose, other);
    poseMatrices(this.#field, pose, matrices);
    this.#spaces.forEach((space, row) => {
      writeSpace(space, matrices, local, this.#poses.data, row * this.#field.handleCount * 16);
    });
    this.#poses.upload();
    this.#shown = layers.map((layer) => ({ ...layer }));
    for (const picking of this.#picking.values()) picking.invalidate();
    this.#showBounds();
    this.onPoseObservable.notifyObservers(this);
  }

  #showBounds(): void {
    const all = this.#shown ?? [];
    const layers = all.filter((layer) => !layer.additive);
    const total = layers.reduce((sum, layer) => sum + layer.weight, 0);
    const start = layers.length === 0 || total < 1 - 1e-6 ? this.#field.bounds : layers[0].clip.bounds;
    const plain = layers.reduce((box, layer) => unionBounds(box, layer.clip.bounds), start);
    const bounds = all.reduce((box, { additive, clip }) => (additive ? grownBounds(box, clip.bounds) : box), plain);
    if (this.#bounds !== null && sameBounds(bounds, this.#bounds)) return;
    this.#bounds = bounds;
    for (const bound of this.#bound) this.#boundOne(bound);
  }

  #boundOne({ mesh, space }: BoundMesh): void {
    if (mesh.isDisposed()) return;
    const box = boundsInMesh(this.#bounds ?? this.#field.bounds, this.#spaces[space]);
    setBounds(mesh, mesh.thinInstanceCount > 0 ? instancedBounds(box, instancePlaces(mesh)) : box);
  }

  #release(bound: BoundMesh): void {
    this.#picking.get(bound)?.restore();
    this.#picking.delete(bound);
    unclaimMesh(bound.mesh);
    bound.restore();
  }

  #createPoses(): PoseTexture {
    const handles = this.#field.handleCount;
    this.#scratch = {
      pose: new Float32Array(handles * 8),
      other: new Float32Array(handles * 8),
      matrices: new Float32Array(handles * 12),
      local: new Float32Array(handles * 12),
    };
    return createPoseTexture(handles, Math.max(this.#spaces.length, 1), this.scene);
  }

  /** Plays another motion of the same model from the same place: phases, weights, fades and the crowd stay. */
  replace(field: MotionField): void {
    this.#field = field;
    this.#mixer.replace(field);
    // An observer of a clip that is gone may have disposed of the player.
    if (this.#disposed) return;
    this.#spaces = [];
    const kept: BoundMesh[] = [];
    const gone: BoundMesh[] = [];
    for (const bound of this.#bound) {
      const binding = successor(bound, field);
      if (binding === null) {
        Logger.Warn(
          `The new motion of "${field.asset.name}" was made for another shape of "${bound.mesh.name}": ` +
            "the model changed. Load the model again and attach to it.",
        );
        gone.push(bound);
        continue;
      }
      bound.rebind(binding, spaceIndex(this.#spaces, binding));
      kept.push(bound);
    }
    this.#bound = kept;
    const old = this.#poses;
    this.#poses = this.#createPoses();
    for (const bound of kept) bound.manager.texture = this.#poses.texture;
    this.#bounds = null;
    this.#shown = null;
    this.#show(this.#mixer.advance(0));
    this.#replaceInCrowd();
    for (const bound of gone) this.#release(bound);
    old.dispose();
  }

  #replaceInCrowd(): void {
    if (this.#crowd === null) return;
    try {
      if (this.#bound.length === 0) this.#crowd.dispose();
      else this.#crowd.replace(this.#field, this.#bound, this.#spaces);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      Logger.Warn(`The crowd of "${this.#field.asset.name}" ends with its new motion: ${error.message}`);
      this.#crowd.dispose();
      this.update(0);
    }
  }

  /** Gives the meshes back as they were and frees the textures. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#crowd?.dispose();
    this.scene.onBeforeRenderObservable.remove(this.#observer);
    this.root.onDisposeObservable.remove(this.#rootEnd);
    for (const bound of this.#bound) this.#release(bound);
    this.#poses.dispose();
    this.#skeleton.dispose();
    this.#mixer.dispose();
    this.onPoseObservable.clear();
    this.onDisposeObservable.notifyObservers(this);
    this.onDisposeObservable.clear();
    this.#forget(this);
  }
}

function sameBounds(a: FieldBounds, b: FieldBounds): boolean {
  return [0, 1, 2].every((axis) => a.min[axis] === b.min[axis] && a.max[axis] === b.max[axis]);
}

function sameClips(a: readonly PoseLayer[], b: readonly PoseLayer[] | null): boolean {
  return b !== null && a.length === b.length && a.every((layer, i) => layer.clip === b[i].clip);
}

function sameLayers(a: readonly PoseLayer[], b: readonly PoseLayer[] | null): boolean {
  return (
    sameClips(a, b) &&
    a.every(
      (layer, i) => layer.time === b![i].time && layer.weight === b![i].weight && layer.additive === b![i].additive,
    )
  );
}
