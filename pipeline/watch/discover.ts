// Scans a folder for models and the prompt sidecars that tag them. Says what is there and what is wrong with it; starts nothing
// and writes nothing.

import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { ClipSpec } from "../clip-spec.ts";
import { AnimusError } from "../errors.ts";
import {
  candidateModels,
  chooseModel,
  isFolderSidecar,
  isSidecarFile,
  relativeName,
  withoutExtension,
} from "./choose-model.ts";
import { isModelFile } from "./model-files.ts";
import { parseSidecar } from "./sidecar.ts";

export interface TaggedAsset {
  /** Path relative to the scanned folder, forward slashes: how events name it. */
  asset: string;
  /** Absolute paths. */
  model: string;
  sidecar: string;
  clips: ClipSpec[];
}

/** A sidecar that tags nothing as it stands. */
export interface Problem {
  /** The model where it is known, else the sidecar; relative, forward slashes. */
  asset: string;
  /** Absolute path. */
  sidecar: string;
  error: AnimusError;
  /** True where the sidecar cannot be understood: what it said before may still hold. */
  unreadable: boolean;
}

export interface Discovery {
  /** Every model and every sidecar, tagged or not: absolute paths, sorted. */
  models: string[];
  sidecars: string[];
  tagged: TaggedAsset[];
  problems: Problem[];
}

/** True for folders that are not looked into. */
export function isIgnoredFolder(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}

/** @throws AnimusError "input" where the folder itself cannot be read. */
export async function discover(folder: string): Promise<Discovery> {
  const root = resolve(folder);
  const files = await listFiles(root, true);
  const models = files.filter(isModelFile);
  const sidecars = files.filter(isSidecarFile);
  const tagged: TaggedAsset[] = [];
  const problems: Problem[] = [];

  // A folder's prompt.json comes last: it speaks of what the sidecars of single models leave over.
  for (const sidecar of sidecars.toSorted((a, b) => Number(isFolderSidecar(a)) - Number(isFolderSidecar(b)))) {
    const candidates = candidateModels(sidecar, models, sidecars);
    let unreadable = true;
    try {
      const parsed = parseSidecar(await readSidecar(sidecar), relativeName(root, sidecar));
      unreadable = false;
      const model = chooseModel(root, sidecar, parsed, candidates, models);
      refuseSameOutput(root, model, sidecar, tagged);
      tagged.push({ asset: relativeName(root, model), model, sidecar, clips: parsed.clips });
    } catch (error) {
      if (!(error instanceof AnimusError)) throw error;
      const asset = relativeName(root, candidates.length === 1 ? candidates[0]! : sidecar);
      problems.push({ asset, sidecar, error, unreadable });
    }
  }
  return { models, sidecars, tagged: tagged.sort((a, b) => (a.asset < b.asset ? -1 : 1)), problems };
}

/** Two sidecars of one model, or two models of one name in a folder, would write the same motion file. */
function refuseSameOutput(root: string, model: string, sidecar: string, tagged: readonly TaggedAsset[]): void {
  const other = tagged.find(
    (entry) => withoutExtension(entry.model).toLowerCase() === withoutExtension(model).toLowerCase(),
  );
  if (!other) return;
  const message =
    other.model === model
      ? `${other.asset} is already tagged by ${relativeName(root, other.sidecar)}.`
      : `${relativeName(root, model)} and ${other.asset} would write the same motion file.`;
  const hint = other.model === model ? "Keep one of the two sidecars." : "Rename one of the two models.";
  throw new AnimusError("input", message, { file: relativeName(root, sidecar), hint });
}

async function readSidecar(sidecar: string): Promise<string> {
  try {
    return await readFile(sidecar, "utf8");
  } catch (cause) {
    throw new AnimusError("input", `The prompt sidecar ${sidecar} cannot be read.`, {
      file: sidecar,
      cause,
      hint: "Check its permissions.",
    });
  }
}

async function listFiles(folder: string, top: boolean): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    if (!top) return [];
    throw new AnimusError("input", `The folder ${folder} cannot be read.`, {
      file: folder,
      cause,
      hint: "Check the path and the permissions.",
    });
  });
  const lists = entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return isIgnoredFolder(entry.name) ? [] : listFiles(path, false);
      return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
    });
  return (await Promise.all(lists)).flat();
}
