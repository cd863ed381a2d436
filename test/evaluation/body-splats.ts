// Bodies of the evaluation set as the product sees assets: shaded splats and handles on them.
// Where the set has no triangles of a body, neighbours on the surface are found by distance and normals.

import { PointGrid } from "../../pipeline/asset/point-grid.ts";
import { SIGMA_PER_SPACING } from "../../pipeline/asset/sample-splats.ts";
import { thinPoints } from "../../pipeline/asset/thin-points.ts";
import { bindNodes } from "../../pipeline/motion/bind.ts";
import { bridgeParts } from "../../pipeline/motion/bridge-parts.ts";
import type { Binding, Handles } from "../../pipeline/motion/handles.ts";
import { placeHandles } from "../../pipeline/motion/place-handles.ts";
import { struts } from "../../pipeline/motion/struts.ts";
import { Links, type PointGraph } from "../../pipeline/motion/surface-graph.ts";
import type { Splats } from "../../pipeline/render/renderer.ts";
import { shade } from "../../pipeline/render/shading.ts";
import { rigMesh } from "./body-meshes.ts";
import type { Body } from "./true-case.ts";

/** Points within this many mean spacings, facing the same way, are neighbours. */
const REACH = 2.2;

/** All points as splats, shaded and sized as the product shades and sizes those of an asset. */
export function bodySplats({ positions, normals, albedo, area }: Body): Splats {
  const count = positions.length / 3;
  const sigmas = new Float32Array(count).fill(SIGMA_PER_SPACING * Math.sqrt(area / count));
  return { count, positions, normals, colors: shade(albedo, normals), sigmas };
}

/** An evenly spread part of the splats, grown to close the surface, and which they are. */
export function thinSplats(splats: Splats, area: number, count: number): { splats: Splats; kept: Uint32Array } {
  const kept = thinPoints(splats.positions, splats.normals, { count, area });
  const sigmas = new Float32Array(kept.length).fill(SIGMA_PER_SPACING * Math.sqrt(area / kept.length));
  const [positions, normals, colors] = [splats.positions, splats.normals, splats.colors].map((of) =>
    pickPoints(of, kept),
  );
  return { splats: { count: kept.length, positions, normals, colors, sigmas }, kept };
}

/**
 * Handles, and how they move the splats: placed on the mesh where there is one, else on the splats themselves.
 * @param kept which of the body's points the splats are; all where left out.
 */
export function rigSplats(
  splats: Splats,
  { area, mesh }: Pick<Body, "area" | "mesh">,
  count: number,
  kept?: Uint32Array,
): { handles: Handles; binding: Binding } {
  if (mesh) return rigMesh(mesh, splats, count, kept);
  const graph = splatGraph(splats, area);
  const handles = placeHandles(graph, { count });
  return { handles, binding: bindNodes(graph, handles) };
}

function splatGraph(splats: Splats, area: number): PointGraph {
  const { count, positions, normals } = splats;
  const links = linkNeighbours(splats, area, (cosine) => cosine > 0);
  links.addAll(bridgeParts(positions, normals, Uint32Array.from(links.nodes)).bridges);
  links.addAll(struts({ positions, area }, normals));
  return { nodeCount: count, positions, ...links.adjacency() };
}

/**
 * Links between neighbours.
 * @param joined by the cosine of their normals. @param of the points that may be linked; all where left out.
 */
export function linkNeighbours(
  { count, positions, normals }: Splats,
  area: number,
  joined: (cosine: number) => boolean,
  of: (p: number) => boolean = () => true,
): Links {
  const links = new Links(positions);
  const reach = REACH * Math.sqrt(area / count);
  const grid = new PointGrid(positions, reach);
  for (let a = 0; a < count; a++) {
    if (!of(a)) continue;
    grid.within(positions[3 * a], positions[3 * a + 1], positions[3 * a + 2], reach, (b) => {
      if (b > a && of(b) && joined(dot(normals, a, b))) links.add(a, b);
    });
  }
  return links;
}

function dot(v: Float32Array, a: number, b: number): number {
  return v[3 * a] * v[3 * b] + v[3 * a + 1] * v[3 * b + 1] + v[3 * a + 2] * v[3 * b + 2];
}

/** Points [kept.length * 3] of `points` [n * 3]. */
export function pickPoints(points: Float32Array, kept: Uint32Array): Float32Array {
  return Float32Array.from({ length: kept.length * 3 }, (_, i) => points[kept[Math.floor(i / 3)] * 3 + (i % 3)]);
}
