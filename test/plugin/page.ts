// Runs in the page: the experiments of plugin.test.ts, each a function on `window` that returns numbers for the test to judge.

import type { AbstractEngine } from "@babylonjs/core/Engines/abstractEngine.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import { LoadMotionFieldAsync, type Motion } from "../../plugin/motion.ts";
import type { Player } from "../../plugin/player.ts";
import { samplePose } from "../../runtime/sample.ts";
import { createEngine } from "../browser/engine.ts";
import { makeField } from "./make-field.ts";
import { createReference, type Reference } from "./reference.ts";
import { compare, createStage, type Difference, type Stage } from "./stage.ts";

const SIZE = 128;
/** The mesh of each binding, as Babylon's loader names it. */
const NAMES = ["body_primitive0", "body_primitive1", "left arm", "right arm"];

interface Theatre {
  engine: AbstractEngine;
  left: Stage;
  right: Stage;
  motion: Motion;
  player: Player;
  reference: Reference;
}

let opened: Promise<Theatre> | null = null;

function theatre(): Promise<Theatre> {
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

async function differences({ left, right }: Theatre): Promise<{ picture: Difference; shadow: Difference }> {
  return {
    picture: compare(await left.pixels(), await right.pixels()),
    shadow: compare(await left.shadowPixels(), await right.shadowPixels()),
  };
}

const experiments = {
  /** Pictures of a clip at some frames against the CPU sampler, and against the rest pose. */
  async frames({ clip, frames }: { clip: string; frames: number[] }) {
    const stage = await theatre();
    const { motion, player, reference, right } = stage;
    const data = motion.field.clips.find(({ name }) => name === clip)!;
    reference.pose(motion.field, null);
    const rest = { picture: await right.pixels(), shadow: await right.shadowPixels() };
    const results = [];
    player.rest();
    for (const frame of frames) {
      player.clip(clip).goToFrame(frame);
      player.update(0);
      reference.pose(motion.field, samplePose(motion.field, data, frame / data.fps));
      const same = await differences(stage);
      const moved = {
        picture: compare(await right.pixels(), rest.picture),
        shadow: compare(await right.shadowPixels(), rest.shadow),
      };
      results.push({ frame, same, moved });
    }
    return { meshes: player.meshes.map((mesh) => mesh.name), results };
  },
};

Object.assign(globalThis, experiments);
void [Vector3, makeField];
