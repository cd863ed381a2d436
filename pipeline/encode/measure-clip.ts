// Metrics of an encoded clip: plays it on the asset's vertices with the runtime's own sampler and measures their paths.

import { deformPositions } from "../../runtime/deform.ts";
import type { FieldClip, MotionField } from "../../runtime/field.ts";
import { sampleHandles } from "../../runtime/sample.ts";
import type { ClipMetrics } from "../events.ts";
import type { Grounding } from "../motion/soles.ts";
import { fallMetrics, groundMetrics } from "./ground-metrics.ts";
import { motionMetrics } from "./metrics.ts";
import { type RestSurface, sampleSurface } from "./rest-surface.ts";

/** Triangles whose vertices and edges are measured; more change no metric and cost memory (12 bytes a vertex and frame). */
const TRIANGLES = 4096;

const MEASURED = { feet: groundMetrics, fall: fallMetrics };

/**
 * @param surface rest triangles in asset space, one entry a binding.
 * @param grounding what keeps to the ground: it is measured too.
 */
export function measureClip(
  field: MotionField,
  clip: FieldClip,
  surface: readonly RestSurface[],
  grounding: Grounding | null = null,
): ClipMetrics {
  const { binding, rest, edges } = sampleSurface(field.bindings, surface, TRIANGLES);
  const positions = new Float32Array(clip.frames * rest.length);
  for (let frame = 0; frame < clip.frames; frame++) {
    const out = positions.subarray(frame * rest.length, (frame + 1) * rest.length);
    deformPositions(binding, sampleHandles(field, clip, frame / clip.fps), rest, out);
  }
  const paths = { frames: clip.frames, positions, rest, edges, diagonal: field.scale, loop: clip.loop };
  return { ...motionMetrics(paths), ...(grounding ? MEASURED[grounding](paths) : {}) };
}
