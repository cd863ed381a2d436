// manifest.json: what lies in an output folder, what it was made from, and the key that tells whether it is up to date. Reading
// and merging; the writing is write-outputs.ts's.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AnimusError } from "../errors.ts";

export const MANIFEST_FILE = "manifest.json";
export const MANIFEST_VERSION = 1;

export interface ManifestClip {
  prompt: string;
  preset: string;
  seed: number;
  /** Hash of everything that decides the clip. */
  key: string;
  /** File beside the manifest. */
  preview: string;
  metrics: Record<string, number>;
  /** Time that the build took. */
  seconds: number;
  teacher: string;
}

export interface ManifestAsset {
  /** Path relative to the manifest, forward slashes; hash of `Asset.hash`. */
  source: { file: string; hash: string };
  /** File beside the manifest; SHA-256 (hex) and length of its bytes. */
  motion: { file: string; hash: string; bytes: number };
  clips: Record<string, ManifestClip>;
}

export interface Manifest {
  version: number;
  assets: Record<string, ManifestAsset>;
}

/**
 * Reads the manifest of a folder. One that is missing, broken or of another version reads as empty: its clips are then built
 * anew. Entries that are not whole are left out.
 * @throws AnimusError "input" where the file is somebody else's (a web app's manifest.json, say): it must not be overwritten.
 * @param onWarning told what was wrong; not called where there is no manifest.
 */
export async function readManifest(folder: string, onWarning: (message: string) => void = () => {}): Promise<Manifest> {
  const file = join(folder, MANIFEST_FILE);
  const empty: Manifest = { version: MANIFEST_VERSION, assets: {} };
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      onWarning(`${file} cannot be read and is written anew: ${(error as Error).message}`);
    }
    return empty;
  }
  if (!isRecord(manifest) || typeof manifest["version"] !== "number" || !isRecord(manifest["assets"])) {
    throw new AnimusError("input", `${file} is not a manifest of Animus.`, {
      file,
      hint: "Give another folder with --out, or move that file.",
    });
  }
  if (manifest["version"] !== MANIFEST_VERSION) {
    onWarning(`${file} is not a manifest of version ${MANIFEST_VERSION} and is written anew.`);
    return empty;
  }
  const entries = Object.entries(manifest["assets"]);
  const whole = entries.filter((entry): entry is [string, ManifestAsset] => isAsset(entry[1]));
  if (whole.length < entries.length) {
    const names = entries.filter(([, asset]) => !isAsset(asset)).map(([name]) => name);
    onWarning(`${file}: the entries of ${names.join(", ")} are not whole and are left out.`);
  }
  return { version: MANIFEST_VERSION, assets: Object.fromEntries(whole) };
}

function isAsset(value: unknown): value is ManifestAsset {
  return (
    isRecord(value) &&
    hasStrings(value["source"], "file", "hash") &&
    hasStrings(value["motion"], "file", "hash") &&
    isRecord(value["clips"]) &&
    Object.values(value["clips"]).every((clip) => hasStrings(clip, "prompt", "key", "preview"))
  );
}

function hasStrings(value: unknown, ...keys: string[]): boolean {
  return isRecord(value) && keys.every((key) => typeof value[key] === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
