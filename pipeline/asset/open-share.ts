// Tells a sheet (a leaf, a cape, a wing of one layer) from a closed body, by its open edges. Vertices at one position are one.

import type { Primitive } from "./asset.ts";

/** Share of edges that belong to one triangle only: 0 for a closed body, 1 for a lone triangle. */
export function openShare({ positions, indices }: Pick<Primitive, "positions" | "indices">): number {
  const places = new Map<string, number>();
  const place = (vertex: number): number => {
    const key = positions.subarray(3 * vertex, 3 * vertex + 3).join();
    let index = places.get(key);
    if (index === undefined) places.set(key, (index = places.size));
    return index;
  };
  const welded = Array.from(indices, place);
  const uses = new Map<number, number>();
  const stride = places.size;
  welded.forEach((a, i) => {
    const b = welded[i - (i % 3) + ((i + 1) % 3)];
    if (a === b) return;
    const key = Math.min(a, b) * stride + Math.max(a, b);
    uses.set(key, (uses.get(key) ?? 0) + 1);
  });
  let open = 0;
  for (const count of uses.values()) if (count === 1) open++;
  return uses.size > 0 ? open / uses.size : 0;
}
