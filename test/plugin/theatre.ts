// Runs in the page: the two stages of the plugin's experiments, opened once, and how they are compared.

import { GPUPicker } from "@babylonjs/core/Collisions/gpuPicker.js";
import type { AbstractEngine } from "@babylonjs/core/Engines/abstractEngine.js";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh.js";
import { LoadMotionFieldAsync, type Motion } from "../../plugin/motion.ts";
import type { Player } from "../../plugin/player.ts";
import type { FieldClip } from "../../runtime/field.ts";
import type { HandlePose } from "../../runtime/sample.ts";
import { createEngine } from "../browser/engine.ts";
import { createReference, type Reference } from "./reference.ts";
import { compare, createStage, type Difference, type Stage } from "./stage.ts";

export const SIZE = 128;
/** The mesh of each binding, as Babylon's loader names it. */
export const NAMES = ["body_primitive0", "body_primitive1", "left arm", "right arm"];

export interface Theatre {
  engine: AbstractEngine;
  left: Stage;
  right: Stage;
  motion: Motion;
  player: Player;
  reference: Reference;
}

let opened: Promise<Theatre> | null = null;

export function theatre(): Promise<Theatre> {
  opened ??= (async () => {
    const engine = await createEngine(SIZE);
    const left = createStage(engine, SIZE);
    const right = createStage(engine, SIZE);
    const model = await left.load("/waver.glb");
    const motion = await LoadMotionFieldAsync("/waver.motion.glb", left.scene);
    const player = motion.attach(model, { autoUpdate: false });
    const reference = createReference(await right.load("/waver.glb"), NAMES);
    return { engine, left, right, motion, player, reference };
  })();
  return opened;
}

export interface Pair {
  picture: Difference;
  shadow: Difference;
}

/** Poses both stages with the motion as it is now and compares them. */
export async function sameAs(stage: Theatre, pose: HandlePose | null): Promise<Pair> {
  stage.player.update(0);
  stage.reference.pose(stage.motion.field, pose);
  return {
    picture: compare(await stage.left.pixels(), await stage.right.pixels()),
    shadow: compare(await stage.left.shadowPixels(), await stage.right.shadowPixels()),
  };
}

export function clipOf({ motion }: Theatre, name: string): FieldClip {
  const clip = motion.field.clips.find((one) => one.name === name);
  if (clip === undefined) throw new Error(`The motion has no clip "${name}".`);
  return clip;
}

/** Where rays through a grid of the picture meet the model: distances, and null where they miss. */
export function pickGrid({ scene }: Stage): (number | null)[] {
  return Array.from({ length: 196 }, (_, i) => {
    const x = ((i % 14) + 0.5) * (SIZE / 14);
    const y = (Math.floor(i / 14) + 0.5) * (SIZE / 14);
    const hit = scene.pick(x, y);
    return hit.hit ? hit.distance : null;
  });
}

/** Whether the GPU's picking pass meets the model at some points of the picture. */
export async function gpuPickGrid(stage: Stage, meshes: AbstractMesh[]): Promise<(boolean | null)[]> {
  const picker = new GPUPicker();
  picker.setPickingList(meshes);
  const grid: (boolean | null)[] = [];
  for (let i = 2; i < 196; i += 5) {
    let hit: boolean | null = null;
    const [x, y] = [((i % 14) + 0.5) * (SIZE / 14), (Math.floor(i / 14) + 0.5) * (SIZE / 14)];
    picker.pickAsync(x, y).then((info) => {
      hit = info?.mesh != null;
    });
    for (let frame = 0; hit === null && frame < 100; frame++) await stage.pixels();
    grid.push(hit);
  }
  picker.dispose();
  return grid;
}
