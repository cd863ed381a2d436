// Puts a new clip into the motion field that an asset already has. Decides what of the old field is still valid.

import type { FieldBinding, MotionField } from "../../runtime/field.ts";
import { AnimusError } from "../errors.ts";

/**
 * Where the old field speaks of the same model with the same handles, its clips named in `keep` stay; otherwise all go.
 * Clips come in the order of `keep`, a new one that is not in it last.
 * @param field the asset's field with exactly the new clip.
 */
export function upsertClip(existing: MotionField | null, field: MotionField, keep: readonly string[]): MotionField {
  if (field.clips.length !== 1) throw new AnimusError("internal", `Expected one new clip, got ${field.clips.length}.`);
  const [clip] = field.clips;
  const old = existing !== null && sameGround(existing, field) ? existing.clips : [];
  const staying = old.filter(({ name }) => name !== clip.name && keep.includes(name));
  const place = ({ name }: { name: string }) => (keep.includes(name) ? keep.indexOf(name) : keep.length);
  return { ...field, clips: [...staying, clip].sort((a, b) => place(a) - place(b)) };
}

/** Whether clips of one field mean the same motion in the other. */
function sameGround(a: MotionField, b: MotionField): boolean {
  return (
    a.asset.hash === b.asset.hash &&
    a.scale === b.scale &&
    sameValues(a.handles, b.handles) &&
    a.bindings.length === b.bindings.length &&
    a.bindings.every((binding, i) => sameBinding(binding, b.bindings[i]))
  );
}

function sameBinding(a: FieldBinding, b: FieldBinding): boolean {
  return a.positionsHash === b.positionsHash && sameValues(a.indices, b.indices) && sameValues(a.weights, b.weights);
}

function sameValues(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
