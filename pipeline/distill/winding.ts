// Which whole turn of the body the prompt asks for, if any. A turn cannot be reached from the rest pose by small steps (the
// motions in between do not close), so the candidates are shown to the teacher and its own error decides: the smaller error
// of the prompted prediction on a noised clip is the larger likelihood (diffusion classifier, Li et al. 2023, eq. 5).

import { deform } from "../motion/deform.ts";
import type { Binding, Handles } from "../motion/handles.ts";
import { createMotion, evaluateMotion, motionBasis, NO_WINDING, type Winding } from "../motion/motion.ts";
import type { Renderer, Splats } from "../render/renderer.ts";
import type { Teacher, TextTokens } from "../teacher/teacher.ts";
import { addNoise } from "./noise.ts";
import { fillNormal, type Random } from "./random.ts";
import type { Rig } from "./rig.ts";

/** Stillness, a turn about the vertical, a roll about the long way, a somersault; one way round each, as the teacher knows them. */
export const WINDINGS: readonly Winding[] = [
  NO_WINDING,
  { axis: [0, 1, 0], turns: 1 },
  { axis: [0, 0, 1], turns: 1 },
  { axis: [1, 0, 0], turns: 1 },
  { axis: [1, 0, 0], turns: -1 },
];

export interface WindingOptions {
  levels: readonly number[];
  /** A turn must beat stillness by this share of its error. */
  margin: number;
}

export const WINDING_DEFAULTS: WindingOptions = { levels: [0.8, 0.92], margin: 0.1 };

export async function chooseWinding(
  teacher: Teacher,
  renderer: Renderer,
  scene: { splats: Splats; binding: Binding; handles: Handles; rig: Rig; prompt: TextTokens; loop: boolean },
  random: Random,
  options: WindingOptions = WINDING_DEFAULTS,
): Promise<Winding> {
  const { splats, binding, handles, rig, prompt, loop } = scene;
  let noise: Float32Array | null = null;
  const errors: number[] = [];
  for (const winding of WINDINGS) {
    const motion = createMotion(handles.count, 4, loop, winding);
    const pose = evaluateMotion(motion, handles, motionBasis(motion, teacher.manifest.frames));
    const clip = await renderer.render(deform(splats.positions, binding, handles, pose), rig.cameras);
    noise ??= fillNormal(new Float32Array(clip.length), random);
    let error = 0;
    for (const level of options.levels) {
      const prediction = await teacher.predict({
        clips: addNoise(clip, noise, level),
        levels: [level],
        conditions: [{ text: prompt, rest: rig.rest, cameras: rig.cameras }],
        lora: null,
      });
      for (let i = 0; i < clip.length; i++) error += (prediction[i] - clip[i]) ** 2;
    }
    errors.push(error);
  }
  const best = errors.indexOf(Math.min(...errors));
  return best > 0 && errors[best] < (1 - options.margin) * errors[0] ? WINDINGS[best] : NO_WINDING;
}
