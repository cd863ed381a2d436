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
    const shown = key.length > 60 ? `${key.slice(0, 57)}...` : key;
    const value = Object.hasOwn(owner, key) ? owner[key] : undefined;
    return new JsonReader(value, this.path ? `${this.path}.${shown}` : shown);
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
    const shown = describe(this.value);
    const short = shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
    throw new FormatError(`${this.path || "The JSON chunk"} should be ${wanted}, not ${short}.`);
  }
}

/** A value in a message, looked at no deeper than the first level: a hostile one may be long or nest without end. */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return JSON.stringify(typeof value === "string" ? value.slice(0, 60) : value);
}
