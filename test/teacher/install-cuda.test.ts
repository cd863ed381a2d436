// The CUDA provider from a file: archives as NuGet and PyPI serve them, cut down to the names that count.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { installCuda } from "../../pipeline/teacher/install-cuda.ts";
import { temporaryFolder } from "../watch/folder.ts";

const file = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
const AdmZip = createRequire(file)("adm-zip");
const skip = process.platform === "linux" ? false : "the archives of the test are Linux's";

async function archive(path: string, folder: string, names: string[]) {
  const zip = new AdmZip();
  for (const name of names) zip.addFile(`${folder}/${name}`, Buffer.from(`bytes of ${name}`));
  await writeFile(path, zip.toBuffer());
  return path;
}

const LIBRARIES = ["libonnxruntime_providers_cuda.so", "libonnxruntime_providers_shared.so"];

test("takes the provider out of a NuGet package and a wheel of its own version", { skip }, async (context) => {
  const root = await temporaryFolder(context);
  const home = { root, version: "1.30.0", file };
  const libraries = join(root, "bin", "napi-v6", process.platform, process.arch);
  await mkdir(libraries, { recursive: true });
  for (const [name, folder] of [
    ["microsoft.ml.onnxruntime.gpu.linux.1.30.0.nupkg", "runtimes/linux-x64/native"],
    ["onnxruntime_gpu-1.30.0-cp311-cp311-manylinux_2_28_x86_64.whl", "onnxruntime/capi"],
  ] as const) {
    const files = await installCuda(await archive(join(root, name), folder, [...LIBRARIES, "other.so"]), home);
    assert.deepEqual(
      files,
      LIBRARIES.map((library) => join(libraries, library)),
    );
    assert.equal(await readFile(files[0], "utf8"), "bytes of libonnxruntime_providers_cuda.so");
  }
});

test("refuses another version, what holds no provider, and what is no archive", { skip }, async (context) => {
  const root = await temporaryFolder(context);
  const home = { root, version: "1.30.0", file };
  const wrong = { code: "input", hint: /Fetch .*1\.30\.0/ };
  const older = await archive(join(root, "onnxruntime_gpu-1.29.0-cp311.whl"), "capi", LIBRARIES);
  await assert.rejects(installCuda(older, home), { ...wrong, message: /not named after version 1\.30\.0/ });
  const empty = await archive(join(root, "onnxruntime_gpu-1.30.0-cp311.whl"), "capi", ["other.so"]);
  await assert.rejects(installCuda(empty, home), { ...wrong, message: /holds no libonnxruntime_providers_cuda/ });
  await writeFile(join(root, "onnxruntime_gpu-1.30.0-cp312.whl"), "no archive");
  await assert.rejects(installCuda(join(root, "onnxruntime_gpu-1.30.0-cp312.whl"), home), {
    ...wrong,
    message: /is no archive/,
  });
});
