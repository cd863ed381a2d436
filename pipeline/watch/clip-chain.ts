// Clips that come after others of their sidecar: what may stand in "after", and the order in which they must be built.

import type { ClipSpec } from "../clip-spec.ts";
import { promptLoops } from "../distill/choose-loop.ts";

export interface ChainProblem {
  clip: string;
  /** The key that is wrong. */
  key: "after" | "rest";
  message: string;
  hint: string;
}

/** @returns the first clip whose "after" cannot be, or null. */
export function chainProblem(clips: readonly ClipSpec[]): ChainProblem | null {
  const known = new Map(clips.map((clip) => [clip.name, clip]));
  for (const { name, after, rest, ...clip } of clips) {
    if (after === null) continue;
    const others = clips.map((other) => other.name).filter((other) => other !== name);
    const hint = others.length > 0 ? `Other clips of this sidecar: ${others.join(", ")}.` : "There is no other clip.";
    if (!known.has(after)) return { clip: name, key: "after", message: `There is no clip "${after}".`, hint };
    const chain = [name];
    for (let next: string | null = after; next !== null; next = known.get(next)?.after ?? null) {
      chain.push(next);
      if (next === name) {
        const message = `"${chain.join('" comes after "')}": a circle.`;
        return { clip: name, key: "after", message, hint: 'Leave one "after" out.' };
      }
      // A circle further up the chain, which another clip of it reports.
      if (chain.indexOf(next) < chain.length - 1) break;
    }
    const loop = clip.loop ?? promptLoops(clip.prompt);
    if (rest === "start" || rest === "both" || (loop && rest === "end")) {
      const message = `"${name}" cannot begin at rest and after "${after}".`;
      const ends = loop
        ? "A loop's ends are one: leave one of the two keys out."
        : 'Use "rest": "end", or leave it out.';
      return { clip: name, key: "rest", message, hint: ends };
    }
  }
  return null;
}

/** The clips, each after the one that it comes after; else in their order. They must be free of circles. */
export function buildOrder(clips: readonly ClipSpec[]): ClipSpec[] {
  const ordered = new Set<ClipSpec>();
  const add = (clip: ClipSpec) => {
    const before = clips.find(({ name }) => name === clip.after);
    if (before && !ordered.has(before)) add(before);
    ordered.add(clip);
  };
  for (const clip of clips) add(clip);
  return [...ordered];
}
