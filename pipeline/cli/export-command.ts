// `animus export`: writes a model and its motion as a file that other engines play, or as one file for ours. What is written is made in
// pipeline/export; this file reads, names and reports.

import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { NodeIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS } from "@gltf-transform/extensions";
import { decodeMotionField } from "../../runtime/decode.ts";
import { FormatError, type MotionField } from "../../runtime/field.ts";
import { readDocument } from "../asset/read-document.ts";
import { writeAtomically } from "../encode/atomic-write.ts";
import { prepareFolder } from "../encode/write-outputs.ts";
import { AnimusError } from "../errors.ts";
import { animateDocument } from "../export/animated-gltf.ts";
import { packMotion } from "../export/pack-motion.ts";
import { vatFiles } from "../export/vat.ts";
import type { CommonOptions } from "./options.ts";

export interface ExportCommandOptions extends CommonOptions {
  to: "gltf" | "packed" | "vat";
  out?: string;
}

/** What the file of each target is called, beside the model or in the folder `--out`. */
const SUFFIXES = { gltf: ".animus.glb", packed: ".animus-packed.glb" } as const;

/**
 * @param motion default: `<model>.motion.glb` beside the model
 * @returns the exit status.
 * @throws AnimusError "input" where a file cannot be read or the two do not belong together.
 */
export async function exportCommand(
  model: string,
  motion: string | undefined,
  options: ExportCommandOptions,
): Promise<number> {
  const stem = basename(model, extname(model));
  const source = motion ?? join(dirname(model), `${stem}.motion.glb`);
  const motionBytes = await readMotion(source);
  const field = decode(source, motionBytes);
  if (options.to === "vat") return exportTextures(model, stem, field, options);
  const bytes = options.to === "packed" ? await packed(model, motionBytes) : await animated(model, field);
  const file = await outputFile(options.out ?? dirname(model), `${stem}${SUFFIXES[options.to]}`);
  if (resolve(file) === resolve(model) || resolve(file) === resolve(source)) {
    throw new AnimusError("input", `${file} would be written over what it is made from.`, {
      file,
      hint: "Name another file with --out.",
    });
  }
  await writeAtomically(file, bytes);
  report(file, bytes.length, field, options);
  return 0;
}

function report(file: string, bytes: number, field: MotionField, { json }: ExportCommandOptions): void {
  const clips = field.clips.map((clip) => clip.name);
  const line = `${file}: ${bytes} bytes, ${clips.length === 1 ? "clip" : "clips"} ${clips.join(", ")}\n`;
  process.stdout.write(json ? `${JSON.stringify({ file, bytes, clips })}\n` : line);
}

/** Writes a folder `<model>_vat`, one file after another. */
async function exportTextures(
  model: string,
  stem: string,
  field: MotionField,
  options: ExportCommandOptions,
): Promise<number> {
  const { document } = await readDocument(model);
  const files = await vatFiles(document, field, stem, model);
  const folder = join(options.out ?? dirname(model), `${stem}_vat`);
  await prepareFolder(folder);
  for (const [name, bytes] of files) await writeAtomically(join(folder, name), bytes);
  const total = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  report(folder, total, field, options);
  return 0;
}

async function animated(model: string, field: MotionField): Promise<Uint8Array> {
  const { document } = await readDocument(model);
  animateDocument(document, field, model);
  return new NodeIO().registerExtensions(ALL_EXTENSIONS).writeBinary(document);
}

async function packed(model: string, motion: Uint8Array): Promise<Uint8Array> {
  // The same errors as everywhere for what is no model.
  await readDocument(model);
  return packMotion(new Uint8Array(await readFile(model)), motion, model);
}

const HINT = "Name the .motion.glb that `animus build` or `animus watch` wrote for the model.";

async function readMotion(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause) => {
    throw new AnimusError("input", `${file} cannot be read.`, { file, hint: HINT, cause });
  });
}

function decode(file: string, bytes: Uint8Array): MotionField {
  try {
    return decodeMotionField(bytes);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new AnimusError("input", `${file} is not a motion field: ${cause.message}`, { file, hint: HINT, cause });
  }
}

/** `out` is a folder, or the name of a file where it ends so. */
async function outputFile(out: string, name: string): Promise<string> {
  if (extname(out).toLowerCase() === ".glb") return out;
  const isFolder = await stat(out).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return join(out, name);
  const hint = "Name a folder that exists, or a .glb file.";
  throw new AnimusError("input", `${out} is not a folder.`, { file: out, hint });
}
