// Reads a prompt sidecar: JSON (comments and trailing commas allowed) checked against prompt.schema.json, then filled in with
// the defaults. Text in, clips out; which model the sidecar tags is decided in discover.ts.

import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import {
  type BodyName,
  CLIP_DEFAULTS,
  type ClipSpec,
  type MethodName,
  type PresetName,
  type Rest,
} from "../clip-spec.ts";
import { AnimusError } from "../errors.ts";
import { chainProblem } from "./clip-chain.ts";
import schema from "./prompt.schema.json" with { type: "json" };
import { chooseError, describeError } from "./sidecar-message.ts";

export interface Sidecar {
  /** The model's file as written, relative to the sidecar; null where it is left out. */
  asset: string | null;
  /** Line of "asset", or of the first line where it is left out. */
  assetLine: number;
  clips: ClipSpec[];
}

/** Name of the one clip of the short form. */
export const MAIN_CLIP = "main";

interface ClipEntry {
  prompt: string;
  seconds?: number;
  fps?: number;
  loop?: boolean | null;
  seed?: number;
  preset?: PresetName;
  method?: MethodName;
  rest?: Rest;
  body?: BodyName | null;
  ground?: boolean | null;
  after?: string | null;
}

let validator: ValidateFunction | undefined;

/**
 * @param text contents of the sidecar.
 * @param file how messages name it.
 * @throws AnimusError "input" with file, line and the allowed values.
 */
export function parseSidecar(text: string, file: string): Sidecar {
  const source = text.replace(/^\uFEFF/, "");
  const fail = (message: string, offset: number, hint: string) =>
    new AnimusError("input", message, { file, line: lineAt(source, offset), hint });

  const errors: ParseError[] = [];
  const tree = parseTree(source, errors, { allowTrailingComma: true });
  const first = errors[0];
  if (first || !tree) {
    const what = first ? words(printParseErrorCode(first.error)) : "it is empty";
    throw fail(
      `The prompt sidecar is not valid JSON: ${what}.`,
      first?.offset ?? 0,
      "Mend the line, for example a missing quote, comma or bracket.",
    );
  }
  const twice = duplicateKey(tree);
  if (twice) throw fail(`The key "${twice.value}" stands here a second time.`, twice.offset, "Keep one of the two.");

  const value: unknown = getNodeValue(tree);
  validator ??= new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true }).compile(schema);
  if (!validator(value)) {
    const { message, hint, path, atKey } = describeError(chooseError(validator.errors!));
    const node = findNodeAtLocation(tree, path) ?? tree;
    throw fail(message, (atKey ? node.parent?.offset : undefined) ?? node.offset, hint);
  }

  const { asset, name, clips, ...single } = value as {
    asset?: string;
    name?: string;
    clips?: Record<string, string | ClipEntry>;
  } & ClipEntry;
  const entries = Object.entries(clips ?? { [name ?? MAIN_CLIP]: single });
  const specs = entries.map(([clip, entry]) => clipSpec(clip, typeof entry === "string" ? { prompt: entry } : entry));
  const problem = chainProblem(specs);
  if (problem) {
    const node = findNodeAtLocation(tree, ["clips", problem.clip, problem.key]);
    throw fail(problem.message, node?.offset ?? 0, problem.hint);
  }
  return {
    asset: asset ?? null,
    assetLine: asset === undefined ? 1 : lineAt(source, findNodeAtLocation(tree, ["asset"])!.offset),
    clips: specs,
  };
}

/** Fills in the defaults of one clip. */
function clipSpec(name: string, entry: ClipEntry): ClipSpec {
  return {
    name,
    prompt: entry.prompt.trim().replace(/\s+/g, " "),
    seconds: entry.seconds ?? CLIP_DEFAULTS.seconds,
    fps: entry.fps ?? CLIP_DEFAULTS.fps,
    loop: entry.loop ?? CLIP_DEFAULTS.loop,
    seed: entry.seed ?? CLIP_DEFAULTS.seed,
    preset: entry.preset ?? CLIP_DEFAULTS.preset,
    method: entry.method ?? CLIP_DEFAULTS.method,
    rest: entry.rest ?? CLIP_DEFAULTS.rest,
    body: entry.body ?? CLIP_DEFAULTS.body,
    ground: entry.ground ?? CLIP_DEFAULTS.ground,
    after: entry.after ?? CLIP_DEFAULTS.after,
  };
}

/** The key node of the first key that an object holds twice. */
function duplicateKey(node: Node): Node | undefined {
  const keys = new Set<string>();
  for (const child of node.children ?? []) {
    if (node.type === "object") {
      const key = child.children![0]!;
      if (keys.has(key.value)) return key;
      keys.add(key.value);
    }
    const deeper = duplicateKey(child);
    if (deeper) return deeper;
  }
  return undefined;
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split("\n").length;
}

/** "CommaExpected" -> "comma expected". */
function words(code: string): string {
  return code.replace(/(?!^)([A-Z])/g, " $1").toLowerCase();
}
