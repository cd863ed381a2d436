// What the plugin costs a game's bundle, and that a bundler may leave out what is not used.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const ROOT = new URL("../../", import.meta.url).pathname;

/** The minified bundle of a program, Babylon left out: what a page loads at once. */
async function bundle(program: string): Promise<string> {
  const result = await build({
    stdin: { contents: program, resolveDir: ROOT, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    splitting: true,
    outdir: "/",
    external: ["@babylonjs/*"],
    write: false,
    logLevel: "silent",
  });
  // The other files are the crowd's shaders, fetched when a crowd is made.
  return result.outputFiles.find(({ path }) => path.endsWith("stdin.js"))!.text;
}

const kilobytes = (code: string) => gzipSync(code, { level: 9 }).length / 1000;

describe("bundled", () => {
  test("the plugin weighs at most 15 KB with gzip, 16 with the loader extension", async (context) => {
    const plugin = kilobytes(await bundle('export * from "./plugin/index.ts";'));
    const both = kilobytes(
      await bundle('export * from "./plugin/index.ts"; export * from "./plugin/gltf-extension.ts";'),
    );
    context.diagnostic(`plugin ${plugin.toFixed(2)} KB, with the loader's extension ${both.toFixed(2)} KB`);
    assert.ok(plugin > 5 && plugin <= 15 && both <= 16, `${plugin} KB, ${both} KB with the extension`);
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
      import { hashPositions } from "./runtime/index.ts";
      console.log("game");`;
    assert.equal((await bundle(program)).trim(), 'console.log("game");');
  });
});
