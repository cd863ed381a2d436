// What the watcher's server says is in the folder: GET /api/assets, checked field by field. Fetching only; no drawing.

export interface ListedClip {
  name: string;
  prompt: string;
  /** True once there is a motion of it, perhaps of an older prompt. */
  built: boolean;
}

export interface ListedAsset {
  /** Path of the model in the watched folder, as events name it: "fox/fox.glb". */
  asset: string;
  /** What a person reads. */
  name: string;
  model: string;
  /** Changes with the model's bytes. */
  modelVersion: string;
  /** Null until the first clip is done. */
  motion: string | null;
  /** Changes with the motion's bytes; null without one. */
  motionVersion: string | null;
  clips: ListedClip[];
}

/** @throws Error where the server cannot be reached or answers something else. */
export async function fetchListing(signal?: AbortSignal): Promise<ListedAsset[]> {
  const response = await fetch("/api/assets", { cache: "no-store", signal: signal ?? null });
  if (!response.ok) throw new Error(`The server answered ${response.status} to /api/assets.`);
  return parseListing(await response.json());
}

/** @throws Error that names the entry that is not understood. */
export function parseListing(json: unknown): ListedAsset[] {
  if (!Array.isArray(json)) throw new Error("The listing of assets is not an array.");
  return json.map((entry: unknown, index) => {
    const record = asRecord(entry);
    const asset = text(record["asset"]);
    const model = text(record["model"]);
    if (!asset || !model) throw new Error(`Entry ${index} of the listing has no asset or no model.`);
    const clips = Array.isArray(record["clips"]) ? record["clips"].map(asRecord) : [];
    return {
      asset,
      name: text(record["name"]) || asset,
      model,
      modelVersion: text(record["modelVersion"]),
      motion: text(record["motion"]) || null,
      motionVersion: text(record["motionVersion"]) || null,
      clips: clips.map((clip) => ({
        name: text(clip["name"]),
        prompt: text(clip["prompt"]),
        built: typeof clip["metrics"] === "object" && clip["metrics"] !== null,
      })),
    };
  });
}

/** @throws Error where the motion of an asset cannot be fetched, or there is none. */
export async function fetchMotion({ asset, motion, motionVersion }: ListedAsset): Promise<Uint8Array> {
  if (motion === null) throw new Error(`There is no motion of ${asset}.`);
  const response = await fetch(versioned(motion, motionVersion));
  if (!response.ok) throw new Error(`${motion} answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

/** An URL that changes when its content does, so that no cache gives the old one. */
export function versioned(url: string, version: string | null): string {
  return !version ? url : `${url}?v=${encodeURIComponent(version)}`;
}

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
