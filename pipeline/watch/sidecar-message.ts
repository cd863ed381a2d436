// Turns what the JSON Schema validator reports about a prompt sidecar into one sentence a person can act on: the key, the
// value that stands there and the values allowed. It knows nothing of files and lines.

import type { ErrorObject } from "ajv/dist/2020.js";

export interface SidecarMessage {
  message: string;
  hint: string;
  /** Where it stands: keys from the root; the last one is the offending key itself where `atKey` is set. */
  path: string[];
  atKey: boolean;
}

const CLIP_NAME_HINT = 'A clip name has 1 to 64 letters, digits, "-" and "_".';

/** The one report worth showing: the most particular one, since an `if` that failed only repeats what stands beneath it. */
export function chooseError(errors: readonly ErrorObject[]): ErrorObject {
  const particular = errors.filter((error) => error.keyword !== "if" && error.keyword !== "propertyNames");
  const rank = (error: ErrorObject) =>
    error.keyword === "additionalProperties" ? 0 : error.keyword === "type" ? 1 : 2;
  return [...(particular.length > 0 ? particular : errors)].sort((a, b) => rank(a) - rank(b))[0]!;
}

export function describeError(error: ErrorObject): SidecarMessage {
  const path = error.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const key = path.at(-1) ?? "";
  const json = JSON.stringify(error.data);
  const shown = json.length > 60 ? `${json.slice(0, 57)}...` : json;
  const prompt = key === "prompt" ? "The prompt" : `The prompt of "${key}"`;
  const at = (message: string, hint: string): SidecarMessage => ({ message, hint, path, atKey: false });

  if (error.propertyName !== undefined) {
    const clip = error.propertyName;
    return { message: `"${clip}" cannot name a clip.`, hint: CLIP_NAME_HINT, path: [...path, clip], atKey: true };
  }
  switch (error.keyword) {
    case "additionalProperties": {
      const unknown: string = error.params["additionalProperty"];
      const allowed = Object.keys((error.parentSchema as { properties: object }).properties);
      const near = allowed.find((word) => distance(word, unknown.toLowerCase()) <= 2);
      const guess = near === undefined ? "" : `Did you mean "${near}"? `;
      return {
        message: `Unknown key "${unknown}".`,
        hint: `${guess}Allowed keys: ${allowed.join(", ")}.`,
        path: [...path, unknown],
        atKey: true,
      };
    }
    case "required":
      return path.length === 0
        ? at(
            'There is neither "prompt" nor "clips".',
            'Say what the model should do, for example { "prompt": "a fox walking" }.',
          )
        : at(`The clip "${key}" has no "prompt".`, 'Say what the model should do, for example "a fox walking".');
    case "false schema":
      return at(`"${key}" cannot stand beside "clips".`, `Put "${key}" inside the clip it belongs to.`);
    case "type":
      return at(
        path.length === 0 ? `The prompt sidecar is ${article(error.data)}, not an object.` : `"${key}" is ${shown}.`,
        path.length === 0
          ? 'Write { "prompt": "..." } or { "clips": { ... } }.'
          : `It must be ${types(error.params["type"])}.`,
      );
    case "enum":
      return at(`"${key}" is ${shown}.`, `Allowed values: ${(error.params["allowedValues"] as string[]).join(", ")}.`);
    case "minimum":
    case "maximum": {
      const { minimum, maximum } = error.parentSchema as { minimum: number; maximum: number };
      return at(`"${key}" is ${shown}.`, `It must lie between ${minimum} and ${maximum}.`);
    }
    case "maxLength":
      return at(
        `${prompt} has ${[...(error.data as string)].length} characters.`,
        `At most ${error.params["limit"]} are read; shorten it to one sentence.`,
      );
    case "pattern":
      return key === "name"
        ? at(`${shown} cannot name a clip.`, CLIP_NAME_HINT)
        : at(`${prompt} is empty.`, 'Say what the model should do, for example "a fox walking".');
    case "minLength":
      return at(`"${key}" is empty.`, "Name the model's file, or leave the key out where the folder holds one model.");
    case "minProperties":
      return at(`"${key}" holds no clip.`, 'Add one, for example { "walk": "a fox walking" }.');
    default:
      return at(`"${key}" is ${shown}: ${error.message ?? "not allowed"}.`, "See the schema prompt.schema.json.");
  }
}

function article(data: unknown): string {
  return data === null ? "null" : Array.isArray(data) ? "an array" : `a ${typeof data}`;
}

function types(type: string | string[]): string {
  const words: Record<string, string> = {
    string: "a text in quotes",
    number: "a number",
    integer: "a whole number",
    boolean: "true or false",
    object: "an object",
    null: "null",
  };
  return [type]
    .flat()
    .map((name) => words[name] ?? name)
    .join(" or ");
}

/** Levenshtein distance of two short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
