// Disjoint sets over 0..n-1 with path halving. Which member names a set is deterministic: always the smallest.

export class UnionFind {
  count: number;
  readonly #parents: Uint32Array;

  constructor(size: number) {
    this.count = size;
    this.#parents = Uint32Array.from({ length: size }, (_, i) => i);
  }

  find(i: number): number {
    const parents = this.#parents;
    while (parents[i] !== i) {
      parents[i] = parents[parents[i]];
      i = parents[i];
    }
    return i;
  }

  /** @returns false where both were in one set already. */
  join(a: number, b: number): boolean {
    const [low, high] = [this.find(a), this.find(b)].sort((p, q) => p - q);
    if (low === high) return false;
    this.#parents[high] = low;
    this.count--;
    return true;
  }
}
