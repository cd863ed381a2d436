// Puts a built clip on disk: preview, then motion file, then manifest, each in one step. A stop in between leaves a motion file
// that the manifest does not vouch for, and the clip is built again.

import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, readFile, rm } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { decodeMotionField } from "../../runtime/decode.ts";
import type { MotionField } from "../../runtime/field.ts";
import type { Asset } from "../asset/asset.ts";
import { AnimusError } from "../errors.ts";
import type { JobOutputs } from "../events.ts";
import { writeAtomically } from "./atomic-write.ts";
import { encodeMotionField } from "./encode-motion-field.ts";
import { MANIFEST_FILE, type Manifest, type ManifestAsset, type ManifestClip, readManifest } from "./manifest.ts";

export interface OutputOptions {
  /** Folder; made if missing. */
  out: string;
  asset: Pick<Asset, "name" | "file" | "hash">;
  /** Everything that the motion file shall hold (`upsertClip`'s result). */
  field: MotionField;
  /** The clip of it that was just built, its preview as PNG bytes, its key and how long it took. */
  clip: string;
  preview: Uint8Array;
  key: string;
  seconds: number;
  onWarning?: (message: string) => void;
}

/** The motion file of an asset, and the preview of one of its clips: names inside the output folder. */
export const motionFileName = (asset: string): string => `${asset}.motion.glb`;
export const previewFileName = (asset: string, clip: string): string => `${asset}.${clip}.preview.png`;

/**
 * The field that an asset's motion file holds now.
 * @returns null where there is none, or (after a warning) where it cannot be read.
 */
export async function readMotionField(
  out: string,
  asset: string,
  onWarning: (message: string) => void = () => {},
): Promise<MotionField | null> {
  const file = join(out, motionFileName(asset));
  try {
    return decodeMotionField(await readFile(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      onWarning(`${file} cannot be read and is written anew: ${(error as Error).message}`);
    }
    return null;
  }
}

/**
 * Writes the three files and merges the manifest: other assets' entries stay, clips that the field no longer holds go, and
 * their previews with them.
 * @returns absolute paths.
 * @throws AnimusError "input" where the folder cannot be written, "internal" where the field does not hold the clip.
 */
export async function writeOutputs(options: OutputOptions): Promise<JobOutputs> {
  const { asset, clip, field } = options;
  const out = resolve(options.out);
  const built = field.clips.find(({ name }) => name === clip);
  if (!built) throw new AnimusError("internal", `The field of ${asset.name} does not hold the clip "${clip}".`);
  for (const name of [asset.name, clip]) {
    if (/[\\/\0]/.test(name)) throw new AnimusError("input", `"${name}" cannot be part of a file name.`);
  }
  const bytes = encodeMotionField(field);
  await prepareFolder(out);
  const manifest = await readManifest(out, options.onWarning);
  const before = Object.hasOwn(manifest.assets, asset.name) ? manifest.assets[asset.name] : null;
  const vouched =
    before?.source.hash === asset.hash && before.motion.hash === (await hashFile(join(out, before.motion.file)));
  const preview = previewFileName(asset.name, clip);
  const motion = motionFileName(asset.name);
  const entry: ManifestAsset = {
    source: { file: relative(out, resolve(asset.file)).split(sep).join("/"), hash: asset.hash },
    motion: { file: motion, hash: sha256(bytes), bytes: bytes.length },
    clips: clipEntries(options, preview, vouched ? before.clips : {}),
  };
  await writeAtomically(join(out, preview), options.preview);
  await writeAtomically(join(out, motion), bytes);
  await writeManifest(out, { ...manifest, assets: { ...manifest.assets, [asset.name]: entry } });
  for (const name of Object.keys(before?.clips ?? {})) {
    if (!Object.hasOwn(entry.clips, name) && !/[\\/\0]/.test(name)) {
      await rm(join(out, previewFileName(asset.name, name)), { force: true });
    }
  }
  return { motion: join(out, motion), manifest: join(out, MANIFEST_FILE), preview: join(out, preview) };
}

/** The built clip's entry, and those of the other clips of the field that the manifest already vouches for. */
function clipEntries(
  { field, clip, key, seconds }: OutputOptions,
  preview: string,
  before: Record<string, ManifestClip>,
): Record<string, ManifestClip> {
  const entries: [string, ManifestClip][] = [];
  for (const { name, prompt, preset, seed, metrics, teacher } of field.clips) {
    if (name === clip) entries.push([name, { prompt, preset, seed, key, preview, metrics, seconds, teacher }]);
    else if (Object.hasOwn(before, name)) entries.push([name, before[name]]);
  }
  return Object.fromEntries(entries);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** @returns "" where the file cannot be read. */
async function hashFile(file: string): Promise<string> {
  return readFile(file).then(sha256, () => "");
}

/**
 * Makes the output folder and makes sure that it can be written, before any work goes into it.
 * @throws AnimusError "input" where it cannot, or where a file of another program is in the way.
 */
export async function prepareFolder(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    await access(out, constants.W_OK);
  } catch (cause) {
    throw new AnimusError("input", `The folder ${out} cannot be written: ${(cause as Error).message}`, {
      file: out,
      hint: "Give another folder with --out, or make it writable.",
      cause,
    });
  }
  await readManifest(out);
}

/** Assets in the order of their names, so that the file does not depend on the order of the builds. */
async function writeManifest(out: string, { version, assets }: Manifest): Promise<void> {
  const sorted = Object.fromEntries(Object.entries(assets).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = `${JSON.stringify({ version, assets: sorted }, null, 2)}\n`;
  await writeAtomically(join(out, MANIFEST_FILE), new TextEncoder().encode(text));
}
