// One motion of the distillation bench, found by the product's own loop on a held-out body. What is measured of it is in
// measure-distilled.ts; both are kept in the cache.

import type { Backend } from "../../pipeline/backend.ts";
import { promptGait } from "../../pipeline/distill/choose-gait.ts";
import { promptFalls } from "../../pipeline/distill/choose-ground.ts";
import { distill } from "../../pipeline/distill/distill.ts";
import { HANDLES, settingsIdentity, sourceHash } from "../../pipeline/distill/settings.ts";
import { deform } from "../../pipeline/motion/deform.ts";
import { createMotion, evaluateMotion, type Motion, motionBasis } from "../../pipeline/motion/motion.ts";
import { findBody, findSoles } from "../../pipeline/motion/soles.ts";
import { predictionsOfGuided } from "../../pipeline/teacher/guidance.ts";
import { bodySplats, rigSplats } from "./body-splats.ts";
import type { Cache } from "./cache.ts";
import type { Variant } from "./distill-variants.ts";
import type { Judge } from "./judge.ts";
import {
  type DistilledClips,
  type DistilledMeasures,
  eitherSide,
  filmBoth,
  MEASURES_VERSION,
  measureDistilled,
} from "./measure-distilled.ts";
import type { Look } from "./stage.ts";
import type { TrueCase } from "./true-case.ts";

export interface DistilledResult extends DistilledMeasures {
  id: string;
  variant: string;
  seed: number;
  iterations: number;
  seconds: number;
}

export interface DistilledCase {
  result: DistilledResult;
  /** For a sheet. */
  film(): Promise<DistilledClips>;
}

/** Raised with the code of the loop. */
const LOOP_VERSION = 4;

export async function distillCase(
  one: TrueCase,
  variant: Variant,
  seed: number,
  { backend, judge, cache, look }: { backend: Backend; judge: Judge; cache: Cache; look: Look },
): Promise<DistilledCase> {
  const { body, loop } = one;
  const { manifest } = backend.teacher;
  const { width, height, weightsHash } = manifest;
  const splats = bodySplats(body);
  const { handles, binding } = rigSplats(splats, body, HANDLES);
  const once = predictionsOfGuided(manifest, variant.settings.guidance) === 1;
  const source = sourceHash(variant.settings, manifest);
  const way = [...(once ? ["one prediction a step"] : []), ...(source === undefined ? [] : [source])];
  // Falls end on the ground, as the product has them; gaits where the variant asks for it.
  const falls = !loop && promptFalls(one.prompt);
  const gait = loop && promptGait(one.prompt);
  const grounding = falls ? "fall" : variant.ground ? "feet" : null;
  const made = [one.id, one.prompt, variant.name, settingsIdentity(variant.settings, { gait, grounding }), seed];
  const key = [LOOP_VERSION, weightsHash, body.setHash, ...(body.mesh ? [body.mesh.hash] : []), ...made, ...way];
  const { motion, seconds } = await cache.remember("distilled", key, async () => {
    const teacher = variant.wrap?.(backend.teacher) ?? backend.teacher;
    const renderer = await backend.createRenderer({ splats, handles, binding }, { width, height });
    const begun = performance.now();
    try {
      const { prompt } = one;
      const { settings, ground } = variant;
      const soles = ground && promptGait(prompt) ? findSoles(splats, binding) : null;
      const falling = falls ? findBody(splats, binding) : null;
      const given = { prompt, splats, handles, loop, seed, teacher, renderer, settings, soles, falling };
      const found = await distill(given);
      await backend.assertSound();
      return { motion: found.motion, seconds: (performance.now() - begun) / 1000 };
    } finally {
      await renderer.dispose();
    }
  });

  // Of what the cache kept only the curve: how it is evaluated is this code's business.
  const { knots, winding, values } = motion as Motion;
  const curve = { ...createMotion(handles.count, knots, loop, winding), values };
  const posed = (count: number) =>
    deform(splats.positions, binding, handles, evaluateMotion(curve, handles, motionBasis(curve, count)));
  const found = { splats, binding, posed };
  const measured = [MEASURES_VERSION, ...key, judge.hash, look, ...(eitherSide(one) ? ["either side"] : [])];
  const measures = await cache.remember("distilled-measures", measured, () =>
    measureDistilled(one, found, judge, manifest, look),
  );
  const { iterations } = variant.settings;
  return {
    result: { id: one.id, variant: variant.name, seed, ...measures, iterations, seconds },
    film: () => filmBoth(one, found, manifest, look),
  };
}
