// What `animus doctor` looks at, one check a function. A check says what it found and, where something is missing, what to do;
// it mends nothing.

import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, totalmem } from "node:os";
import { delimiter, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { adapterFacts, findAdapter } from "../device/gpu-adapter.ts";
import { GPU_REMEDY } from "../device/gpu-entry.ts";
import type { AnimusError } from "../errors.ts";
import { hasCudaLibrary } from "../teacher/install-cuda.ts";
import type { TeacherManifest } from "../teacher/manifest.ts";
import { readTeacherManifest } from "./teacher-folder.ts";

export interface Check {
  name: string;
  /** "warning": the product works without it. */
  status: "ok" | "warning" | "failed";
  detail: string;
  /** What to do about it; null where nothing is wrong. */
  remedy: string | null;
}

export const ok = (name: string, detail: string): Check => ({ name, status: "ok", detail, remedy: null });

export function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const detail = `${process.versions.node} on ${process.platform} ${process.arch}`;
  if (major > 20 || (major === 20 && minor >= 19)) return ok("node", detail);
  return { name: "node", status: "failed", detail, remedy: "Install Node.js 20.19 or newer." };
}

export function checkMachine(): Check {
  const cores = availableParallelism();
  const memory = totalmem() / 2 ** 30;
  const detail = `${cores} cores, ${memory.toFixed(1)} GiB of memory`;
  if (memory >= 3.5) return ok("machine", detail);
  return { name: "machine", status: "warning", detail, remedy: "Building may run out of memory below 4 GiB." };
}

export async function checkNativeRuntime(): Promise<Check> {
  const name = "onnxruntime-node";
  try {
    const { listSupportedBackends } = await import("onnxruntime-node");
    const providers = listSupportedBackends().map(({ name, bundled }) => (bundled ? name : `${name} (not bundled)`));
    return ok(name, `execution providers: ${providers.join(", ")}`);
  } catch (error) {
    const detail = `not usable: ${firstLine(error)}`;
    return {
      name,
      status: "warning",
      detail,
      remedy:
        "Builds run several times slower without it: npm install onnxruntime-node --onnxruntime-node-install=skip",
    };
  }
}

/** @returns the check; a machine without a GPU is no failure. */
export async function checkAdapter(): Promise<Check> {
  const name = "graphics adapter";
  try {
    const { name: adapter, software, features } = adapterFacts(await findAdapter());
    const useful = ["subgroups", "shader-f16", "timestamp-query"].filter((feature) => features.includes(feature));
    if (!software) return ok(name, `${adapter}; ${useful.join(", ") || "no optional features"}`);
    return { name, status: "warning", detail: `${adapter} is an emulation, left aside`, remedy: GPU_REMEDY };
  } catch (error) {
    const remedy = (error as AnimusError).hint ?? GPU_REMEDY;
    return { name, status: "warning", detail: `${firstLine(error)} Builds run on the processor.`, remedy };
  }
}

/** Only of interest beside an NVIDIA driver. */
export function checkCuda(): Check[] {
  const name = "cuda provider";
  if (hasCudaLibrary()) return [ok(name, "installed; --device cuda shows whether it loads")];
  if (process.platform === "linux" && !existsSync("/dev/nvidiactl")) return [];
  const remedy = "The teacher runs on WebGPU without it. For CUDA: animus install-cuda";
  return process.platform === "linux" ? [{ name, status: "warning", detail: "not installed", remedy }] : [];
}

export function checkWebRuntime(): Check {
  const name = "onnxruntime-web";
  try {
    createRequire(import.meta.url).resolve("onnxruntime-web");
    return ok(name, "execution providers: wasm, webgpu (where the process has WebGPU)");
  } catch {
    return { name, status: "failed", detail: "not installed", remedy: "Reinstall the package: npm install animus3d" };
  }
}

/** @returns the check and, where the files are sound, the manifest. */
export async function checkTeacher(directory: string): Promise<[Check, TeacherManifest | null]> {
  const name = "teacher";
  const remedy = "Reinstall the package, or name another teacher's folder with --teacher.";
  const failed = (detail: string): [Check, null] => [{ name, status: "failed", detail, remedy }, null];
  let manifest: TeacherManifest;
  try {
    manifest = await readTeacherManifest(directory);
  } catch (error) {
    return failed(firstLine(error));
  }
  const hashed = [{ file: manifest.weights, hash: manifest.weightsHash }];
  if (manifest.staticSource) hashed.push(manifest.staticSource);
  for (const file of [...Object.values(manifest.graphs), ...hashed.map(({ file }) => file)]) {
    if (!existsSync(join(directory, file))) return failed(`${join(directory, file)} is missing.`);
  }
  for (const { file, hash } of hashed) {
    const found = createHash("sha256");
    await pipeline(createReadStream(join(directory, file)), found);
    if (found.digest("hex") !== hash) return failed(`${file} is damaged: its hash differs from teacher.json.`);
  }
  const { version, views, frames, width, height } = manifest;
  return [
    ok(name, `${manifest.name} ${version}: ${views} views, ${frames} frames of ${width}x${height}, weights intact`),
    manifest,
  ];
}

export function checkBrowser(): Check {
  const name = "browser";
  const names = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
  ];
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const usual = [
    process.env["CHROME_PATH"] ?? "",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
  ];
  const candidates = [...usual, ...folders.flatMap((folder) => names.map((file) => join(folder, file)))];
  const found = candidates.find((path) => path !== "" && existsSync(path));
  if (found) return ok(name, found);
  const remedy = "Only the product's own tests need it: install Chrome, Chromium or Edge, or set CHROME_PATH.";
  return { name, status: "warning", detail: "no Chrome, Chromium or Edge found", remedy };
}

export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]!;
}
