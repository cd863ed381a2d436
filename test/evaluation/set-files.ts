// A pair of files of the evaluation set, NAME.json that says what is where in NAME.bin. Checks that they fit; what they mean is the
// caller's business.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AnimusError } from "../../pipeline/errors.ts";
import { halfToFloat } from "../../runtime/half.ts";

/** What every such file says. */
export interface SetFile<Asset, Case> {
  version: number;
  points: number;
  frames: number;
  assets: Asset[];
  cases: Case[];
}

/** Arrays of NAME.bin at byte offsets; `what` names them in errors. */
export interface SetFiles<Asset, Case> {
  file: string;
  set: SetFile<Asset, Case>;
  /** SHA-256 (hex) of both files, for caches. */
  hash: string;
  bytes(what: string, offset: number, length: number): Uint8Array;
  /** f32 */
  floats(what: string, offset: number, length: number): Float32Array;
  /** f16 */
  halves(what: string, offset: number, length: number): Float32Array;
}

const AGAIN = "Make the set anew; the two files belong together.";

/**
 * @param maker the Python file that writes them, for the hint.
 * @throws AnimusError "input" that names the folder and how to make it, or the place in the file that does not fit.
 */
export async function readSetFiles<Asset, Case>(
  folder: string,
  name: string,
  maker: string,
): Promise<SetFiles<Asset, Case>> {
  const file = join(folder, `${name}.json`);
  const [text, data] = await Promise.all([readFile(file), readFile(join(folder, `${name}.bin`))]).catch((cause) => {
    throw new AnimusError("input", `There is no evaluation set in ${folder}.`, {
      file,
      cause,
      hint: `Make it with \`python ${maker}\` in pipeline/teacher/training (see JUDGE.md), or name it by --set.`,
    });
  });
  const bytes = (what: string, offset: number, length: number): Buffer => {
    if (Number.isInteger(offset) && offset >= 0 && offset + length <= data.length)
      return data.subarray(offset, offset + length);
    const place = `${length} bytes at ${offset} of ${data.length}`;
    throw new AnimusError("input", `${what} lies outside ${name}.bin: ${place}.`, { file, hint: AGAIN });
  };
  return {
    file,
    set: parse(text.toString("utf8"), file, maker),
    hash: createHash("sha256").update(text).update(data).digest("hex"),
    bytes,
    floats: (what, offset, length) => {
      const from = bytes(what, offset, length * 4);
      return Float32Array.from({ length }, (_, i) => from.readFloatLE(i * 4));
    },
    halves: (what, offset, length) => {
      const from = bytes(what, offset, length * 2);
      return Float32Array.from({ length }, (_, i) => halfToFloat(from.readUInt16LE(i * 2)));
    },
  };
}

function parse<Asset, Case>(text: string, file: string, maker: string): SetFile<Asset, Case> {
  const fail = (message: string, cause?: unknown) =>
    new AnimusError("input", `${file}: ${message}`, { file, cause, hint: `Make the set anew with ${maker}.` });
  let set: SetFile<Asset, Case>;
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
