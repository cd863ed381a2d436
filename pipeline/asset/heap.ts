// A binary min-heap of (key, whole number) pairs on growing typed arrays. No decrease-key: push again and skip what is stale.

export class MinHeap {
  size = 0;
  #keys: Float64Array;
  #values: Float64Array;

  constructor(capacity = 1024) {
    this.#keys = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
  }

  /** Smallest key; undefined behaviour where the heap is empty. */
  get topKey(): number {
    return this.#keys[0];
  }

  push(key: number, value: number): void {
    if (this.size === this.#keys.length) this.#grow();
    const keys = this.#keys;
    const values = this.#values;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      // Ties go by value, so that the order of pops never depends on the order of pushes.
      if (keys[parent] < key || (keys[parent] === key && values[parent] <= value)) break;
      keys[hole] = keys[parent];
      values[hole] = values[parent];
      hole = parent;
    }
    keys[hole] = key;
    values[hole] = value;
  }

  /** Removes the pair with the smallest key and returns its value; read `topKey` first. */
  pop(): number {
    const keys = this.#keys;
    const values = this.#values;
    const top = values[0];
    const last = --this.size;
    const key = keys[last];
    const value = values[last];
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= last) break;
      const right = child + 1;
      if (
        right < last &&
        (keys[right] < keys[child] || (keys[right] === keys[child] && values[right] < values[child]))
      ) {
        child = right;
      }
      if (key < keys[child] || (key === keys[child] && value <= values[child])) break;
      keys[hole] = keys[child];
      values[hole] = values[child];
      hole = child;
    }
    keys[hole] = key;
    values[hole] = value;
    return top;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    const values = new Float64Array(this.#values.length * 2);
    keys.set(this.#keys);
    values.set(this.#values);
    this.#keys = keys;
    this.#values = values;
  }
}
