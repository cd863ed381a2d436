// Distances along a cloud of splats, and which handles move each splat: the nodes of the cloud linked to their neighbours, parts that
// hang apart bridged. The counterpart of surface-graph.ts and bind.ts for assets without triangles.

import type { Asset, Normalisation } from "../asset/asset.ts";
import { toNormalised } from "../asset/normalise.ts";
import { NEIGHBOURS, type SplatSurface } from "../asset/splat-surface.ts";
import { bindNodes } from "./bind.ts";
import { bridgeParts } from "./bridge-parts.ts";
import type { Binding } from "./handles.ts";
import type { PlacedHandles } from "./place-handles.ts";
import { Links, type PointGraph } from "./surface-graph.ts";

/** Links longer than this many times a node's usual ones jump over gaps: from one leg to the other. */
const JUMP = 3;

export function splatGraph(asset: Asset, surface: SplatSurface, space: Normalisation): PointGraph {
  const { nodes, neighbours } = surface;
  const [primitive] = asset.primitives;
  const pick = (values: Float32Array): Float32Array =>
    Float32Array.from({ length: nodes.length * 3 }, (_, i) => values[nodes[Math.floor(i / 3)] * 3 + (i % 3)]);
  const positions = toNormalised(pick(primitive.positions), space);
  const links = new Links(positions);
  const seen = new Set<number>();
  for (let n = 0; n < nodes.length; n++) {
    const own = neighbours.subarray(n * NEIGHBOURS, (n + 1) * NEIGHBOURS);
    const longest = JUMP * apart(positions, n, own[NEIGHBOURS >> 1]);
    for (const other of own) {
      const pair = Math.min(n, other) * nodes.length + Math.max(n, other);
      if (seen.has(pair) || apart(positions, n, other) > longest) continue;
      seen.add(pair);
      links.add(n, other);
    }
  }
  // Zero normals: nothing is known of an inside.
  const { bridges } = bridgeParts(positions, new Float32Array(positions.length), Uint32Array.from(links.nodes));
  links.addAll(bridges);
  return { nodeCount: nodes.length, positions, ...links.adjacency() };
}

/** Every splat goes with its node. @param chosen splats to bind besides (`ThinSplats.sources`) */
export function bindSplats(
  graph: PointGraph,
  surface: SplatSurface,
  handles: PlacedHandles,
  chosen: Uint32Array,
): { vertices: Binding[]; splats: Binding } {
  const nodes = bindNodes(graph, handles);
  const of = (splats: Uint32Array): Binding => ({
    count: splats.length,
    indices: Uint16Array.from({ length: splats.length * 4 }, (_, i) => at(nodes.indices, splats, i)),
    weights: Float32Array.from({ length: splats.length * 4 }, (_, i) => at(nodes.weights, splats, i)),
  });
  const at = (values: ArrayLike<number>, splats: Uint32Array, i: number): number =>
    values[surface.nodeOf[splats[i >> 2]] * 4 + (i & 3)];
  return { vertices: [of(Uint32Array.from(surface.nodeOf.keys()))], splats: of(chosen) };
}

function apart(p: Float32Array, a: number, b: number): number {
  return Math.hypot(p[3 * a] - p[3 * b], p[3 * a + 1] - p[3 * b + 1], p[3 * a + 2] - p[3 * b + 2]);
}
