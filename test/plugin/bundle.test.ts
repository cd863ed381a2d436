// What the plugin costs a game's bundle, and that a bundler may leave out what is not used.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const ROOT = new URL("../../", import.meta.url).pathname;

/** The minified code of a program, Babylon left out: what a page loads at once. Crowds fetch more when they are made. */
async function bundle(program: string): Promise<string> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: program, resolveDir: ROOT, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    splitting: true,
    outdir: "out",
    absWorkingDir: ROOT,
    external: ["@babylonjs/*"],
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const atOnce = new Set(["out/stdin.js"]);
  for (const file of atOnce) {
    for (const { path, kind } of metafile.outputs[file].imports) {
      if (kind === "import-statement" && path in metafile.outputs) atOnce.add(path);
    }
  }
  return outputFiles
    .filter(({ path }) => [...atOnce].some((name) => path.endsWith(name)))
    .map(({ text }) => text)
    .join("\n");
}

const kilobytes = (code: string) => gzipSync(code, { level: 9 }).length / 1000;

describe("bundled", () => {
  test("a game that plays motions pays at most 15 KB with gzip; everything there is, 16.5", async (context) => {
    const core = kilobytes(await bundle('export { LoadMotionFieldAsync } from "./plugin/index.ts";'));
    const all = kilobytes(
      await bundle('export * from "./plugin/index.ts"; export * from "./plugin/gltf-extension.ts";'),
    );
    context.diagnostic(
      `loading and playing ${core.toFixed(2)} KB, with sockets, groups and the extension ${all.toFixed(2)} KB`,
    );
    assert.ok(core > 5 && core <= 15, `${core} KB`);
    assert.ok(all <= 16.5, `${all} KB`);
  });

  test("splats add at most 3 KB to it, shaders of one engine aside", async (context) => {
    const core = kilobytes(await bundle('export { LoadMotionFieldAsync } from "./plugin/index.ts";'));
    const both = kilobytes(
      await bundle('export { LoadMotionFieldAsync } from "./plugin/index.ts"; export * from "./plugin/splats.ts";'),
    );
    context.diagnostic(`splats ${(both - core).toFixed(2)} KB`);
    assert.ok(both - core > 0.5 && both - core <= 3, `${both - core} KB`);
  });

  test("the runtime alone weighs at most 5 KB", async (context) => {
    const code = await bundle('export * from "./runtime/index.ts";');
    context.diagnostic(`runtime ${kilobytes(code).toFixed(2)} KB`);
    assert.ok(kilobytes(code) <= 5);
    assert.doesNotMatch(code, /babylonjs/);
  });

  test("what is imported and not used leaves nothing", async () => {
    const program = `
      import { LoadMotionFieldAsync } from "./plugin/index.ts";
      import { registerMotionFieldExtension } from "./plugin/gltf-extension.ts";
      import { attachSplatsAsync } from "./plugin/splats.ts";
      import { hashPositions } from "./runtime/index.ts";
      console.log("game");`;
    assert.equal((await bundle(program)).trim(), 'console.log("game");');
  });
});
