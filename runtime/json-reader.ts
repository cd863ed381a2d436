// Typed access to untrusted JSON: every getter checks type and range, and its error names the path. No schema language.

import { FormatError } from "./field.ts";

export class JsonReader {
  readonly value: unknown;
  readonly path: string;

  constructor(value: unknown, path: string) {
    this.value = value;
    this.path = path;
  }

  /** A member of an object; absent members read as undefined. */
  get(key: string): JsonReader {
    const owner = this.record();
    return new JsonReader(Object.hasOwn(owner, key) ? owner[key] : undefined, this.path ? `${this.path}.${key}` : key);
  }

  get missing(): boolean {
    return this.value === undefined;
  }

  record(): Record<string, unknown> {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value)) this.fail("an object");
    return this.value as Record<string, unknown>;
  }

  /** Elements of an array, of exactly `length` where that is given. */
  items(length?: number): JsonReader[] {
    if (!Array.isArray(this.value)) this.fail("an array");
    const list = this.value as unknown[];
    if (length !== undefined && list.length !== length) this.fail(`an array of ${length}`);
    return list.map((item, i) => new JsonReader(item, `${this.path}[${i}]`));
  }

  item(index: number): JsonReader {
    const list = this.value;
    if (!Array.isArray(list)) this.fail("an array");
    return new JsonReader((list as unknown[])[index], `${this.path}[${index}]`);
  }

  string(): string {
    if (typeof this.value !== "string") this.fail("a string");
    return this.value as string;
  }

  boolean(): boolean {
    if (typeof this.value !== "boolean") this.fail("true or false");
    return this.value as boolean;
  }

  /** A finite number in min..max. */
  number(min = -Number.MAX_VALUE, max = Number.MAX_VALUE): number {
    const value = this.value;
    if (typeof value !== "number" || !(value >= min && value <= max)) this.fail(`a number in ${min}..${max}`);
    return value as number;
  }

  integer(min: number, max: number): number {
    const value = this.value;
    if (!(Number.isInteger(value) && (value as number) >= min && (value as number) <= max)) {
      this.fail(`an integer in ${min}..${max}`);
    }
    return value as number;
  }

  fail(wanted: string): never {
    const shown = this.missing ? "nothing" : (JSON.stringify(this.value) ?? String(this.value));
    const short = shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
    throw new FormatError(`${this.path || "The JSON chunk"} should be ${wanted}, not ${short}.`);
  }
}
