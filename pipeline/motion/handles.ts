// What handles and bindings are. Placement, weights and the motion over time live in their own files of this room.

/** Control nodes on the asset's surface, in normalised space. */
export interface Handles {
  count: number;
  /** Rest positions c_k, [count * 3]. */
  positions: Float32Array;
  /** Gaussian radius of influence, normalised units, [count]. */
  radii: Float32Array;
  /** Pairs of neighbouring handles (i < j), along the surface, [edges * 2]; connected as a whole. */
  edges: Uint32Array;
}

/** Which four handles move a point, and how much; weights of a point sum to 1. */
export interface Binding {
  count: number;
  /** [count * 4] */
  indices: Uint16Array;
  /** [count * 4] */
  weights: Float32Array;
}
