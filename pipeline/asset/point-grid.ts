// Points in a uniform grid of cells, for neighbours within a radius and for the nearest point that passes a test. Static: the
// points do not move after it is built.

const MAX_CELLS = 1 << 21;

export class PointGrid {
  readonly #positions: Float32Array;
  readonly #min: [number, number, number];
  readonly #dims: [number, number, number];
  readonly #cell: number;
  /** Points sorted by cell: cell c holds #items[#starts[c] .. #starts[c + 1]). */
  readonly #starts: Uint32Array;
  readonly #items: Uint32Array;

  /**
   * @param positions [n * 3], finite.
   * @param cell Wanted edge of a cell; made larger where the box would need too many.
   */
  constructor(positions: Float32Array, cell: number) {
    const count = positions.length / 3;
    const min: [number, number, number] = [Infinity, Infinity, Infinity];
    const max = [-Infinity, -Infinity, -Infinity];
    for (let i = 0; i < positions.length; i++) {
      const c = i % 3;
      if (positions[i] < min[c]) min[c] = positions[i];
      if (positions[i] > max[c]) max[c] = positions[i];
    }
    const dimsOf = (edge: number): number[] => min.map((low, c) => Math.max(1, Math.ceil((max[c] - low) / edge)));
    let edge = Math.max(cell, 1e-9);
    while (dimsOf(edge).reduce((a, b) => a * b) > MAX_CELLS) edge *= 1.5;
    this.#positions = positions;
    this.#min = min;
    this.#cell = edge;
    this.#dims = dimsOf(edge) as [number, number, number];
    this.#starts = new Uint32Array(this.#dims[0] * this.#dims[1] * this.#dims[2] + 1);
    this.#items = new Uint32Array(count);
    const cells = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      cells[i] = this.#cellOf(positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]);
      this.#starts[cells[i] + 1]++;
    }
    for (let c = 1; c < this.#starts.length; c++) this.#starts[c] += this.#starts[c - 1];
    const next = this.#starts.slice();
    for (let i = 0; i < count; i++) this.#items[next[cells[i]]++] = i;
  }

  /** Calls `visit` with every point at most `radius` away, itself included, and the squared distance. */
  within(x: number, y: number, z: number, radius: number, visit: (index: number, squared: number) => void): void {
    const limit = radius * radius;
    const low = [this.#axis(0, x - radius), this.#axis(1, y - radius), this.#axis(2, z - radius)];
    const high = [this.#axis(0, x + radius), this.#axis(1, y + radius), this.#axis(2, z + radius)];
    for (let k = low[2]; k <= high[2]; k++) {
      for (let j = low[1]; j <= high[1]; j++) {
        const row = (k * this.#dims[1] + j) * this.#dims[0];
        const end = this.#starts[row + high[0] + 1];
        for (let at = this.#starts[row + low[0]]; at < end; at++) {
          const index = this.#items[at];
          const dx = this.#positions[3 * index] - x;
          const dy = this.#positions[3 * index + 1] - y;
          const dz = this.#positions[3 * index + 2] - z;
          const squared = dx * dx + dy * dy + dz * dz;
          if (squared <= limit) visit(index, squared);
        }
      }
    }
  }

  /** The nearest accepted point closer than `limit` (the lowest index where several are equally near), or -1. */
  nearest(x: number, y: number, z: number, limit: number, accept: (index: number) => boolean): number {
    const whole = this.#cell * (this.#dims[0] + this.#dims[1] + this.#dims[2]);
    let best = -1;
    let bestSquared = limit * limit;
    for (let radius = Math.min(this.#cell, limit); ; radius = Math.min(radius * 2, limit)) {
      this.within(x, y, z, radius, (index, squared) => {
        if (squared > bestSquared || (squared === bestSquared && (best === -1 || index > best))) return;
        if (!accept(index)) return;
        best = index;
        bestSquared = squared;
      });
      if (best !== -1 || radius >= limit || radius > whole * 4) return best;
    }
  }

  #axis(c: number, value: number): number {
    return Math.min(this.#dims[c] - 1, Math.max(0, Math.floor((value - this.#min[c]) / this.#cell)));
  }

  #cellOf(x: number, y: number, z: number): number {
    return (this.#axis(2, z) * this.#dims[1] + this.#axis(1, y)) * this.#dims[0] + this.#axis(0, x);
  }
}
