// Decides which model a prompt sidecar means: the one it names, the one it is named after, or the only one in its folder.

import { basename, dirname, relative, resolve, sep } from "node:path";
import { AnimusError } from "../errors.ts";
import { isModelFile, MODEL_EXTENSIONS } from "./model-files.ts";
import type { Sidecar } from "./sidecar.ts";

const FOLDER_SIDECAR = "prompt.json";
const FILE_SIDECAR = ".prompt.json";

/** True for prompt.json and <model>.prompt.json. */
export function isSidecarFile(path: string): boolean {
  const name = basename(path);
  return name === FOLDER_SIDECAR || (name.endsWith(FILE_SIDECAR) && name.length > FILE_SIDECAR.length);
}

/** True for the prompt.json of a whole folder. */
export function isFolderSidecar(path: string): boolean {
  return basename(path) === FOLDER_SIDECAR;
}

/**
 * The models that a sidecar may mean where it names none: `fox.prompt.json` means fox.glb or fox.gltf, `prompt.json` every
 * model of its folder that has no sidecar of its own.
 */
export function candidateModels(sidecar: string, models: readonly string[], sidecars: readonly string[]): string[] {
  const beside = models.filter((model) => dirname(model) === dirname(sidecar));
  const names = (model: string) => [model, withoutExtension(model)];
  return isFolderSidecar(sidecar)
    ? beside.filter((model) => !names(model).some((name) => sidecars.includes(name + FILE_SIDECAR)))
    : beside.filter((model) => names(model).includes(sidecar.slice(0, -FILE_SIDECAR.length)));
}

/** @throws AnimusError "input" where the sidecar means no model, several, or one that is not there. */
export function chooseModel(
  root: string,
  path: string,
  sidecar: Sidecar,
  candidates: readonly string[],
  models: readonly string[],
): string {
  const { asset, assetLine: line } = sidecar;
  const file = relativeName(root, path);
  const fail = (message: string, hint: string) => new AnimusError("input", message, { file, line, hint });
  const kinds = MODEL_EXTENSIONS.join(" or ");

  if (asset !== null) {
    const model = resolve(dirname(path), asset);
    if (!model.startsWith(root + sep))
      throw fail(`"asset" is "${asset}", outside the watched folder.`, "Name a file inside it.");
    if (!isModelFile(model))
      throw fail(`"asset" is "${asset}", which is not a model.`, `Export the model as ${kinds}.`);
    if (!models.includes(model))
      throw fail(`The model "${asset}" is missing.`, `Put it beside ${file}, or correct "asset".`);
    return model;
  }
  if (candidates.length === 0)
    throw fail("There is no model for this prompt sidecar.", `Put a ${kinds} file beside it.`);
  if (candidates.length > 1) {
    const names = candidates.map((model) => basename(model)).join(", ");
    throw fail(`There are ${candidates.length} models for this prompt sidecar.`, `Add "asset" with one of: ${names}.`);
  }
  return candidates[0]!;
}

/** Path relative to the watched folder, forward slashes: how events and messages name a file. */
export function relativeName(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}

export function withoutExtension(path: string): string {
  return path.replace(/\.[^.\\/]*$/, "");
}
