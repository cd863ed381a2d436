// Puts ONNX Runtime's CUDA provider beside onnxruntime-node. The provider is too large for the package registry: the runtime's own
// script fetches it from NuGet; where that cannot be reached, a file that was fetched elsewhere will do. Both kinds of file that
// carry it, the NuGet package and the Python wheel, are ZIP archives.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { AnimusError } from "../errors.ts";

const PREFIX = process.platform === "win32" ? "onnxruntime_providers_" : "libonnxruntime_providers_";
const SUFFIX = process.platform === "win32" ? ".dll" : ".so";
export const CUDA_LIBRARY = `${PREFIX}cuda${SUFFIX}`;

/** What the provider wants of the machine besides itself. */
export const CUDA_NEEDS =
  "NVIDIA's driver and the CUDA toolkit's cuBLAS, cuRAND, cuFFT and cuDNN 9 where the loader finds them, of the provider's CUDA version";

const require = createRequire(import.meta.url);

/** An installed onnxruntime-node: its folder, version and package.json. */
export interface NodeRuntimePackage {
  root: string;
  version: string;
  file: string;
}

/** @throws AnimusError (device) where it is not installed. */
function nodeRuntimePackage(): NodeRuntimePackage {
  try {
    const file = require.resolve("onnxruntime-node/package.json");
    return { root: dirname(file), version: (require(file) as { version: string }).version, file };
  } catch (cause) {
    throw new AnimusError("device", "onnxruntime-node is not installed, and the CUDA provider is a part of it.", {
      cause,
      hint: "npm install onnxruntime-node --onnxruntime-node-install=skip",
    });
  }
}

/** Where the native libraries of this platform lie. */
function librariesOf(root: string): string {
  return join(root, "bin", "napi-v6", process.platform, process.arch);
}

/** The provider's file is there; whether it loads shows when a graph is opened. False where onnxruntime-node itself is missing. */
export function hasCudaLibrary(): boolean {
  try {
    return existsSync(join(librariesOf(nodeRuntimePackage().root), CUDA_LIBRARY));
  } catch {
    return false;
  }
}

/**
 * @param archive a NuGet package (Microsoft.ML.OnnxRuntime.Gpu.Linux or .Windows) or a Python wheel (onnxruntime-gpu) of
 * onnxruntime-node's own version; left out: fetched from NuGet, for CUDA 12, on Linux.
 * @param home where it goes; the installed runtime where left out.
 * @returns the files installed.
 * @throws AnimusError (device) where it cannot be fetched, (input) where the archive has no provider or another version's.
 */
export async function installCuda(archive?: string, home = nodeRuntimePackage()): Promise<string[]> {
  const { root, version, file } = home;
  const libraries = librariesOf(root);
  if (archive === undefined) {
    fetchCuda(root, version);
    return (await readdir(libraries)).filter((name) => name.startsWith(PREFIX)).map((name) => join(libraries, name));
  }
  if (
    !basename(archive).toLowerCase().replaceAll("_", "-").includes(`-${version}`) &&
    !archive.includes(`.${version}.`)
  ) {
    throw new AnimusError(
      "input",
      `${basename(archive)} is not named after version ${version}, which onnxruntime-node has.`,
      {
        file: archive,
        hint: `Fetch ${archiveNames(version)}.`,
      },
    );
  }
  return unpack(archive, file, libraries, version);
}

const archiveNames = (version: string) =>
  `Microsoft.ML.OnnxRuntime.Gpu.${process.platform === "win32" ? "Windows" : "Linux"}.${version}.nupkg from NuGet (CUDA 12), ` +
  `or the wheel of onnxruntime-gpu ${version} (CUDA 13), on a machine that can`;

function fetchCuda(root: string, version: string): void {
  const script = join(root, "script", "install.js");
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "cuda12" };
  const run = spawnSync(process.execPath, [script], { cwd: root, env, encoding: "utf8" });
  if (run.status === 0) return;
  const reason =
    run.stderr
      .split("\n")
      .find((line) => /error/i.test(line))
      ?.trim() ?? `exit status ${run.status}`;
  throw new AnimusError("device", `onnxruntime-node could not fetch its CUDA provider: ${reason}`, {
    hint: `Fetch ${archiveNames(version)}, and run: animus install-cuda FILE`,
  });
}

interface Zip {
  getEntries(): { entryName: string }[];
  extractEntryTo(entry: string, folder: string, keepPath: boolean, overwrite: boolean): boolean;
}

async function unpack(archive: string, packageFile: string, libraries: string, version: string): Promise<string[]> {
  const wrong = (message: string, cause?: unknown) =>
    new AnimusError("input", message, { file: archive, cause, hint: `Fetch ${archiveNames(version)}.` });
  let zip: Zip;
  try {
    const AdmZip = createRequire(packageFile)("adm-zip") as new (file: string) => Zip;
    zip = new AdmZip(archive);
  } catch (cause) {
    throw wrong(`${archive} is no archive: ${(cause as Error).message}`, cause);
  }
  const wanted = ["cuda", "shared"].map((part) => `${PREFIX}${part}${SUFFIX}`);
  const entries = wanted.map((name) => zip.getEntries().find(({ entryName }) => entryName.endsWith(`/${name}`)));
  if (entries.some((entry) => entry === undefined)) throw wrong(`${archive} holds no ${wanted.join(" and ")}.`);
  const folder = await mkdtemp(join(tmpdir(), "animus-cuda-"));
  try {
    for (const [i, entry] of entries.entries()) {
      zip.extractEntryTo(entry!.entryName, folder, false, true);
      await copyFile(join(folder, wanted[i]), join(libraries, wanted[i]));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return wanted.map((name) => join(libraries, name));
}
