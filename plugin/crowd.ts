// Many copies of one model as thin instances, each with its own clip, phase, speed and place, drawn with as many draw calls as
// one. It keeps the playheads; crowd-pass.ts computes the poses. GPU picking sees the moving members, scene.pick the bounds.

// Adds the thinInstance methods to Mesh.
import "@babylonjs/core/Meshes/thinInstanceMesh.js";
import { Matrix } from "@babylonjs/core/Maths/math.vector.js";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode.js";
import type { Node } from "@babylonjs/core/node.js";
import type { Scene } from "@babylonjs/core/scene.js";
import type { FieldClip, MotionField } from "../runtime/field.ts";
import type { BoundMesh } from "./bind-mesh.ts";
import { type CrowdPass, createCrowdPass, memberRow } from "./crowd-pass.ts";
import type { PoseLayer } from "./mix-pose.ts";
import { INSTANCE_SETTINGS, rowSettings } from "./own-instances.ts";
import { instancedBounds, setBounds } from "./set-bounds.ts";
import { boundsInMesh, grownBounds, type Space, unionBounds } from "./spaces.ts";

export interface CrowdMember {
  /** Name of the clip; default: the first of the motion. */
  clip?: string;
  /** Place in the clip, 0..1. A clip that does not loop holds its end: 0 plays it again. */
  offset?: number;
  /** Playing speed; 0 stands still, negative plays backwards. */
  speed?: number;
  /** Where the member stands: moves it from the place of the model, in the space of the model root's parent. */
  matrix?: Matrix;
  /** Seconds in which the member fades from its former clip to `clip`; default 0. */
  fade?: number;
  /** A clip on top of the others, at its own pace from its beginning; null ends it. */
  add?: string | null;
  /** How much of it, default 1. */
  addWeight?: number;
}

/** What a crowd needs of its player. */
export interface CrowdHost {
  root: Node;
  scene: Scene;
  field: MotionField;
  meshes: readonly BoundMesh[];
  spaces: readonly Space[];
}

interface Track {
  clip: FieldClip | null;
  phase: number;
}

interface Member extends Track {
  speed: number;
  place: Matrix;
  from: Track | null;
  fadeSeconds: number;
  faded: number;
  added: Track;
  addWeight: number;
  layers: PoseLayer[];
}

export class Crowd {
  readonly count: number;
  #host: CrowdHost;
  #members: Member[];
  #matrices: Float32Array[] = [];
  #pass: CrowdPass;
  #placesChanged = false;
  #end: (crowd: Crowd) => void;
  #disposed = false;

  /** Use `player.createCrowd`. @param end called when the crowd is disposed of */
  constructor(host: CrowdHost, count: number, end: (crowd: Crowd) => void) {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`A crowd needs 1 member or more, not ${count}.`);
    this.#host = host;
    this.count = count;
    this.#end = end;
    this.#pass = createCrowdPass(host.field, host.spaces, count, host.scene);
    this.#members = Array.from({ length: count }, () => ({
      clip: host.field.clips[0] ?? null,
      phase: 0,
      speed: 1,
      place: Matrix.Identity(),
      from: null,
      fadeSeconds: 0,
      faded: 0,
      added: { clip: null, phase: 0 },
      addWeight: 1,
      layers: [],
    }));
    this.#attach();
    this.update(0);
  }

  /** True once the poses can be computed: the shader compiles in the background. */
  isReady(): boolean {
    return this.#pass.isReady();
  }

  /**
   * Changes one member; what is left out stays.
   * @throws RangeError for a member or clip that does not exist
   */
  set(index: number, change: CrowdMember): this {
    const member = this.#members[index];
    if (member === undefined) throw new RangeError(`There is no member ${index} in a crowd of ${this.count}.`);
    if (change.clip !== undefined && change.clip !== member.clip?.name) {
      const clip = this.#clip(change.clip);
      member.fadeSeconds = change.fade ?? 0;
      member.faded = 0;
      member.from = member.fadeSeconds > 0 ? { clip: member.clip, phase: member.phase } : null;
      member.clip = clip;
      member.phase = !clip.loop && (change.speed ?? member.speed) < 0 ? 1 : 0;
    }
    if (change.add !== undefined) {
      member.added = { clip: change.add === null ? null : this.#clip(change.add), phase: 0 };
      this.#placesChanged = true;
    }
    member.addWeight = change.addWeight ?? member.addWeight;
    if (change.offset !== undefined) member.phase = change.offset;
    if (change.speed !== undefined) member.speed = change.speed;
    if (change.matrix !== undefined) {
      member.place = change.matrix.clone();
      this.#place(index);
    }
    return this;
  }

  #clip(wanted: string): FieldClip {
    const { clips } = this.#host.field;
    const clip = clips.find(({ name }) => name === wanted);
    if (clip !== undefined) return clip;
    const names = clips.map(({ name }) => `"${name}"`).join(", ");
    throw new RangeError(`There is no clip "${wanted}". The motion has ${names || "none"}.`);
  }

  /** Place in its clip of one member, 0..1. */
  phase(index: number): number {
    return this.#members[index].phase;
  }

  /** Moves all members by `seconds`; the player calls it every frame. */
  update(seconds: number): void {
    if (this.#disposed) return;
    for (const member of this.#members) {
      advance(member, seconds * member.speed);
      advance(member.added, seconds * member.speed);
      if (member.from !== null) {
        advance(member.from, seconds * member.speed);
        member.faded += seconds;
        if (member.faded >= member.fadeSeconds) member.from = null;
      }
      member.layers.length = 0;
      const share = member.from === null ? 1 : member.faded / member.fadeSeconds;
      addLayer(member.layers, member, share);
      if (member.from !== null) addLayer(member.layers, member.from, 1 - share);
      addLayer(member.layers, member.added, member.addWeight, true);
    }
    if (this.#pass.isReady()) this.#pass.run(this.#members.map((member) => member.layers));
    if (this.#placesChanged) this.#showPlaces();
  }

  #attach(): void {
    this.#matrices = this.#host.meshes.map(() => new Float32Array(this.count * 16));
    this.#host.meshes.forEach(({ mesh, manager, space }, index) => {
      manager.texture = this.#pass.texture;
      const settings = new Float32Array(this.count * 4);
      for (let i = 0; i < this.count; i++) rowSettings(memberRow(space, i, this.count)).toArray(settings, i * 4);
      mesh.thinInstanceSetBuffer("matrix", this.#matrices[index], 16, false);
      mesh.thinInstanceSetBuffer(INSTANCE_SETTINGS, settings, 4, true);
    });
    for (let i = 0; i < this.count; i++) this.#place(i);
  }

  /** The matrix of a thin instance works inside the mesh's world matrix W: with W relative to the root's parent it is W^-1 P W. */
  #place(member: number): void {
    const parent = this.#host.root.parent;
    const toParent =
      parent instanceof TransformNode ? Matrix.Invert(parent.computeWorldMatrix(true)) : Matrix.Identity();
    this.#host.meshes.forEach(({ mesh }, index) => {
      const world = mesh.computeWorldMatrix(true).multiply(toParent);
      const local = world.multiply(this.#members[member].place).multiply(Matrix.Invert(world));
      local.copyToArray(this.#matrices[index], member * 16);
    });
    this.#placesChanged = true;
  }

  #showPlaces(): void {
    this.#placesChanged = false;
    const all = this.#host.field.clips.map((clip) => clip.bounds);
    const adds = this.#members.some(({ added }) => added.clip !== null);
    const asset = all.reduce(adds ? grownBounds : unionBounds, this.#host.field.bounds);
    this.#host.meshes.forEach(({ mesh, space }, index) => {
      mesh.thinInstanceBufferUpdated("matrix");
      const box = boundsInMesh(asset, this.#host.spaces[space]);
      setBounds(mesh, instancedBounds(box, this.#matrices[index]));
    });
  }

  /**
   * Takes over a new motion of the same model; phases, speeds and places stay. Meshes that are not among `meshes` are given back.
   * @throws RangeError where the graphics device cannot hold that many poses of the new motion; nothing has changed then
   */
  replace(field: MotionField, meshes: readonly BoundMesh[], spaces: readonly Space[]): void {
    const old = this.#pass;
    const pass = createCrowdPass(field, spaces, this.count, this.#host.scene);
    giveBack(this.#host.meshes.filter((bound) => !meshes.includes(bound)));
    this.#host = { ...this.#host, field, meshes, spaces };
    const successor = (clip: FieldClip | null) =>
      field.clips.find(({ name }) => name === clip?.name) ?? field.clips[0] ?? null;
    for (const member of this.#members) {
      member.clip = successor(member.clip);
      if (member.added.clip !== null) member.added.clip = successor(member.added.clip);
      if (member.from !== null) member.from.clip = successor(member.from.clip);
    }
    this.#pass = pass;
    this.#attach();
    this.update(0);
    old.dispose();
  }

  /** Ends the crowd: the model is drawn once again. A second call does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    giveBack(this.#host.meshes);
    this.#end(this);
    this.#pass.dispose();
  }
}

/** The meshes are drawn once again. */
function giveBack(meshes: readonly BoundMesh[]): void {
  for (const { mesh } of meshes) {
    if (mesh.isDisposed()) continue;
    mesh.thinInstanceSetBuffer("matrix", null);
    mesh.thinInstanceSetBuffer(INSTANCE_SETTINGS, null);
  }
}

function advance(track: Track, seconds: number): void {
  const { clip } = track;
  if (clip === null || clip.duration <= 0) return;
  const phase = track.phase + seconds / clip.duration;
  track.phase = clip.loop ? phase - Math.floor(phase) : Math.min(Math.max(phase, 0), 1);
}

function addLayer(layers: PoseLayer[], { clip, phase }: Track, weight: number, additive = false): void {
  if (clip !== null && weight > 0) layers.push({ clip, time: phase * clip.duration, weight, additive });
}
