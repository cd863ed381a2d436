// What the game is told about the folder: every model, the motion file that belongs to it and the clips asked for. URLs are
// those of server.ts; paths on disk stay here.

import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { ClipMetrics } from "../events.ts";
import { relativeName } from "./choose-model.ts";
import { discover } from "./discover.ts";
import { assetName, outputFolder, readRecorded } from "./recorded.ts";
import { createModelHashes } from "./settle.ts";

export interface ClipListing {
  name: string;
  prompt: string;
  /** null until the clip is built; while it is built anew, those of the last good one. */
  metrics: ClipMetrics | null;
  /** URL of the preview picture, or null. */
  preview: string | null;
}

export interface AssetListing {
  /** Path relative to the watched folder: the `asset` of the events. */
  asset: string;
  /** File name without extension. */
  name: string;
  /** URL of the model. */
  model: string;
  /** URL of the motion file, or null where there is none yet. */
  motion: string | null;
  /** Hashes of the bytes behind the two URLs; `version` changes when either does. */
  modelVersion: string;
  motionVersion: string | null;
  version: string;
  /** As the sidecar says; none where the model is not tagged. */
  clips: ClipListing[];
}

export interface Lister {
  /** Sorted by asset. A model that is still being written is left out, or stays as it was listed last. */
  list(): Promise<AssetListing[]>;
}

export interface ListerOptions {
  root: string;
  /** Folder of the outputs; null: beside the models. */
  out: string | null;
  settleMs?: number;
}

export function createLister(options: ListerOptions): Lister {
  const root = resolve(options.root);
  const hashes = createModelHashes(options.settleMs);
  const last = new Map<string, AssetListing>();

  async function listOne(model: string, prompts: readonly { name: string; prompt: string }[] | null) {
    const asset = relativeName(root, model);
    const before = last.get(model);
    // A model that cannot be read is no business of the game's: the events say what is wrong with it.
    const modelVersion = await hashes.get(model).catch(() => null);
    if (modelVersion === null) return before ?? null;
    const folder = outputFolder(root, model, options.out);
    const url = (path: string) =>
      `/assets/${relativeName(options.out ? resolve(options.out) : root, path)
        .split("/")
        .map(encodeURIComponent)
        .join("/")}`;
    const recorded = await readRecorded(folder, assetName(model));
    const motionVersion = recorded?.motionHash ?? null;
    const listing: AssetListing = {
      asset,
      name: assetName(model),
      model: `/assets/${asset.split("/").map(encodeURIComponent).join("/")}`,
      motion: recorded ? url(recorded.motion) : null,
      modelVersion,
      motionVersion,
      version: createHash("sha256").update(`${modelVersion} ${motionVersion}`).digest("hex"),
      clips: (prompts ?? before?.clips ?? []).map(({ name, prompt }) => {
        const built = recorded?.clips.get(name);
        return { name, prompt, metrics: built?.metrics ?? null, preview: built ? url(built.outputs.preview) : null };
      }),
    };
    last.set(model, listing);
    return listing;
  }

  return {
    async list() {
      const { models, tagged, problems } = await discover(root);
      const listings: AssetListing[] = [];
      for (const model of models) {
        const asset = relativeName(root, model);
        const clips = tagged.find((entry) => entry.model === model)?.clips;
        const broken = problems.some((problem) => problem.unreadable && problem.asset === asset);
        const listing = await listOne(model, clips ?? (broken ? null : []));
        if (listing) listings.push(listing);
      }
      for (const model of last.keys()) if (!models.includes(model)) last.delete(model);
      return listings;
    },
  };
}
