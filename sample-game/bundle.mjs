// Bundles the sample game into a folder: one entry, chunks that are fetched when needed, the page, and decoders as files.

import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

/**
 * @param {string} outdir Folder for index.html, main.js and its chunks.
 * @param {import("esbuild").BuildOptions} [options] What differs from the release build.
 */
export async function bundleGame(outdir, options = {}) {
  await mkdir(outdir, { recursive: true });
  await cp(join(import.meta.dirname, "index.html"), join(outdir, "index.html"));
  await build({
    entryPoints: [join(import.meta.dirname, "main.ts")],
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    logLevel: "warning",
    loader: { ".wasm": "file" },
    // Required by a branch of the Draco decoder that runs under Node alone.
    external: ["fs", "path"],
    ...options,
  });
}
