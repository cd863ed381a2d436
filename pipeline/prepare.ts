// An imported asset -> what the optimisation works on: splats to look at, handles to move, and which handles move what. Models of
// triangles and clouds of splats go the same way from here on.

import type { Asset, Normalisation } from "./asset/asset.ts";
import { sampleSplats } from "./asset/sample-splats.ts";
import { thinSplats } from "./asset/thin-splats.ts";
import { HANDLES, SPLATS } from "./distill/settings.ts";
import { bindAsset } from "./motion/bind.ts";
import type { Binding } from "./motion/handles.ts";
import { type PlacedHandles, placeHandles } from "./motion/place-handles.ts";
import { bindSplats, splatGraph } from "./motion/splat-graph.ts";
import { surfaceGraph } from "./motion/surface-graph.ts";
import type { Splats } from "./render/renderer.ts";

export interface Prepared {
  splats: Splats;
  handles: PlacedHandles;
  /** Of the splats above, and per primitive of its vertices. */
  binding: { splats: Binding; vertices: Binding[] };
}

/**
 * @param count splats to look at; of a cloud of splats at most as many as it has.
 * @throws AnimusError "input" where the model has no surface.
 */
export function prepareAsset(asset: Asset, space: Normalisation, count: number = SPLATS): Prepared {
  if (asset.splats !== null) {
    const { splats, sources } = thinSplats(asset, asset.splats, count);
    const graph = splatGraph(asset, asset.splats, space);
    const handles = placeHandles(graph, { count: HANDLES });
    return { splats, handles, binding: bindSplats(graph, asset.splats, handles, sources) };
  }
  const samples = sampleSplats(asset, { count });
  const graph = surfaceGraph(asset, space);
  const handles = placeHandles(graph, { count: HANDLES });
  return { splats: samples.splats, handles, binding: bindAsset(graph, handles, samples) };
}
