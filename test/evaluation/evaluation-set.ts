// Reads the evaluation set: bodies of families that the teacher never saw, and the true motions of each. The Python side
// writes it (evaluation_set.py); nothing here renders or judges.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AnimusError } from "../../pipeline/errors.ts";
import { halfToFloat } from "../../runtime/half.ts";

/** A body as points, in normalised space: centred, largest side 1, y up, facing +z. */
export interface Body {
  name: string;
  family: string;
  /** animal, person, creature, robot, vehicle, object. */
  group: string;
  walker: boolean;
  /** Surface area, normalised units squared. */
  area: number;
  /** [points * 3] */
  positions: Float32Array;
  /** Unit normals, [points * 3]. */
  normals: Float32Array;
  /** sRGB 0..1 before shading, [points * 3]. */
  albedo: Float32Array;
}

export interface TrueCase {
  /** "asset/key", unique. */
  id: string;
  body: Body;
  /** Motion key: an action, perhaps with its manner ("walk", "walk@fast"), or a procedural kind ("proc:jump"). */
  key: string;
  /** The judge's class that is right. */
  class: string;
  prompt: string;
  loop: boolean;
  /** From an artist's animation, not from a formula. */
  recorded: boolean;
  /** True positions, [frames * points * 3]. */
  tracks: Float32Array;
}

export interface EvaluationSet {
  frames: number;
  points: number;
  bodies: Body[];
  cases: TrueCase[];
  /** SHA-256 (hex) of both files, for caches. */
  hash: string;
}

interface SetFile {
  version: number;
  points: number;
  frames: number;
  assets: {
    name: string;
    family: string;
    group: string;
    walker: boolean;
    area: number;
    positions: number;
    normals: number;
    colours: number;
  }[];
  cases: {
    asset: number;
    key: string;
    class: string;
    prompt: string;
    loop: boolean;
    recorded: boolean;
    tracks: number;
  }[];
}

/** @throws AnimusError "input" that names the folder and how to make it, or the place in the file that does not fit. */
export async function readEvaluationSet(folder: string): Promise<EvaluationSet> {
  const file = join(folder, "set.json");
  const [text, bytes] = await Promise.all([readFile(file), readFile(join(folder, "set.bin"))]).catch((cause) => {
    throw new AnimusError("input", `There is no evaluation set in ${folder}.`, {
      file,
      cause,
      hint: "Make it with `python evaluation_set.py` in pipeline/teacher/training (see JUDGE.md), or name it by --set.",
    });
  });
  const set = parse(text.toString("utf8"), file);
  const { points, frames } = set;
  const slice = (what: string, offset: number, length: number): Buffer => {
    if (Number.isInteger(offset) && offset >= 0 && offset + length <= bytes.length)
      return bytes.subarray(offset, offset + length);
    throw new AnimusError("input", `${what} lies outside set.bin: ${length} bytes at ${offset} of ${bytes.length}.`, {
      file,
      hint: "Make the set anew; set.json and set.bin belong together.",
    });
  };
  const floats = (what: string, offset: number) => {
    const from = slice(what, offset, points * 12);
    return Float32Array.from({ length: points * 3 }, (_, i) => from.readFloatLE(i * 4));
  };
  const bodies = set.assets.map(({ name, family, group, walker, area, ...at }) => ({
    name,
    family,
    group,
    walker,
    area,
    positions: floats(`${name} positions`, at.positions),
    normals: floats(`${name} normals`, at.normals),
    albedo: Float32Array.from(slice(`${name} colours`, at.colours, points * 3), (value) => value / 255),
  }));
  const cases = set.cases.map(({ asset, tracks, key, prompt, loop, recorded, ...rest }, index) => {
    const body = bodies[asset];
    if (!body) throw new AnimusError("input", `Case ${index} names asset ${asset} of ${bodies.length}.`, { file });
    const id = `${body.name}/${key}`;
    const from = slice(`${id} tracks`, tracks, frames * points * 6);
    const positions = Float32Array.from({ length: frames * points * 3 }, (_, i) =>
      halfToFloat(from.readUInt16LE(i * 2)),
    );
    return { id, body, key, class: rest.class, prompt, loop, recorded, tracks: positions };
  });
  const hash = createHash("sha256").update(text).update(bytes).digest("hex");
  return { frames, points, bodies, cases, hash };
}

function parse(text: string, file: string): SetFile {
  const fail = (message: string, cause?: unknown) =>
    new AnimusError("input", `${file}: ${message}`, { file, cause, hint: "Make the set anew with evaluation_set.py." });
  let set: SetFile;
  try {
    set = JSON.parse(text);
  } catch (cause) {
    throw fail("it is no JSON.", cause);
  }
  if (set?.version !== 1) throw fail(`"version" must be 1; it is ${JSON.stringify(set?.version)}.`);
  if (!(set.points > 0 && set.frames > 1)) throw fail('"points" and "frames" must be counts.');
  if (!Array.isArray(set.assets) || !Array.isArray(set.cases)) throw fail('"assets" and "cases" must be lists.');
  return set;
}
