// The plugins for esbuild and Vite with the real bundlers and a real browser: a motion that is written anew changes in the running
// page, which is not loaded again; a release carries the file and nothing else.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { build, context } from "esbuild";
import type { Browser, Page } from "playwright-core";
import * as vite from "vite";
import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import { motions as esbuildMotions } from "../../plugin/bundlers/esbuild.ts";
import { motions as viteMotions } from "../../plugin/bundlers/vite.ts";
import { launchBrowser } from "../browser/launch.ts";
import { makeField } from "./make-field.ts";

const ROOT = join(import.meta.dirname, "../..");
const GAME = `
  import fox, { connect } from "./fox.motion.glb";
  import { LoadMotionFieldAsync, NullEngine, Scene } from "./library.js";
  const motion = await LoadMotionFieldAsync(fox, new Scene(new NullEngine()));
  const stop = connect(motion);
  Object.assign(globalThis, { frameCount: () => motion.field.clips[0].frames, stop });
`;

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

/** A folder with a game of one motion, its library bundled beforehand. */
async function makeGame(context: { after(callback: () => void): void }): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "animus-bundler-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "game.js"), GAME);
  writeFileSync(join(folder, "index.html"), '<!doctype html><script type="module" src="/game.js"></script>');
  writeMotion(folder, 16);
  await build({
    stdin: {
      contents: `export { LoadMotionFieldAsync } from "./plugin/index.ts";
        export { NullEngine } from "@babylonjs/core/Engines/nullEngine.js";
        export { Scene } from "@babylonjs/core/scene.js";`,
      resolveDir: ROOT,
    },
    bundle: true,
    format: "esm",
    outfile: join(folder, "library.js"),
    logLevel: "silent",
  });
  return folder;
}

function writeMotion(folder: string, frames: number): void {
  writeFileSync(join(folder, "fox.motion.glb"), encodeMotionField(makeField({ frames })));
}

const framesOf = (page: Page, count: number) =>
  page.waitForFunction(
    (wanted) => (globalThis as unknown as { frameCount?: () => number }).frameCount?.() === wanted,
    count,
  );

/** Plays the game at a URL while its motion is written anew; then once more after it has stopped listening. */
async function develop(url: string, folder: string): Promise<void> {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(url);
  await framesOf(page, 16);
  await page.evaluate("globalThis.sameGame = true");
  writeMotion(folder, 24);
  await framesOf(page, 24);
  assert.equal(await page.evaluate("globalThis.sameGame"), true, "the page was loaded again");
  await page.evaluate("stop()");
  writeMotion(folder, 12);
  await new Promise((done) => setTimeout(done, 1500));
  assert.equal(await page.evaluate("frameCount()"), 24);
  await page.close();
}

const motionFiles = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".glb"));

describe("esbuild", () => {
  test("while it watches and serves, a new motion changes in the running game", async (t) => {
    const folder = await makeGame(t);
    const outdir = join(folder, "out");
    const dev = await context({
      entryPoints: [join(folder, "game.js")],
      outdir,
      bundle: true,
      format: "esm",
      plugins: [esbuildMotions({ hotReload: true })],
      logLevel: "silent",
    });
    try {
      await dev.rebuild();
      writeFileSync(join(outdir, "index.html"), '<!doctype html><script type="module" src="/game.js"></script>');
      await dev.watch();
      const { port } = await dev.serve({ servedir: outdir, host: "127.0.0.1" });
      await develop(`http://127.0.0.1:${port}/`, folder);
    } finally {
      await dev.dispose();
    }
  });

  test("a release holds the file under a hashed name and listens to nothing", async (t) => {
    const folder = await makeGame(t);
    const outdir = join(folder, "out");
    const entryPoints = [join(folder, "game.js")];
    const options = { outdir, bundle: true, minify: true, external: ["./library.js"], plugins: [esbuildMotions()] };
    await build({ entryPoints, format: "esm", ...options });
    const [file] = motionFiles(outdir);
    assert.match(file, /^fox\.motion-[A-Z0-9]{8}\.glb$/);
    const code = readFileSync(join(outdir, "game.js"), "utf8");
    assert.ok(code.includes(file) && !code.includes("EventSource"));
    const missing = build({
      stdin: { contents: 'import "./hare.motion.glb"', resolveDir: folder },
      plugins: [esbuildMotions()],
      bundle: true,
      outdir,
      logLevel: "silent",
    });
    await assert.rejects(missing, /Could not resolve "\.\/hare\.motion\.glb"/);
  });
});

describe("Vite", () => {
  test("while it serves, a new motion changes in the running game", async (t) => {
    const root = await makeGame(t);
    const server = await vite.createServer({
      root,
      configFile: false,
      logLevel: "silent",
      plugins: [viteMotions()],
      server: { host: "127.0.0.1", port: 0 },
      optimizeDeps: { noDiscovery: true },
    });
    try {
      await server.listen();
      await develop(server.resolvedUrls!.local[0], root);
    } finally {
      await server.close();
    }
  });

  test("a release holds the file and listens to nothing", async (t) => {
    const root = await makeGame(t);
    const options = { assetsInlineLimit: 0, rollupOptions: { external: ["/library.js"] } };
    await vite.build({ root, configFile: false, logLevel: "silent", plugins: [viteMotions()], build: options });
    const [file] = motionFiles(join(root, "dist"));
    assert.match(file, /fox\.motion-[\w-]{8}\.glb$/);
    const scripts = readdirSync(join(root, "dist/assets")).filter((name) => name.endsWith(".js"));
    const code = scripts.map((name) => readFileSync(join(root, "dist/assets", name), "utf8")).join("\n");
    assert.ok(code.includes(file.split(/[\\/]/).pop()!) && !/animus:motion|import\.meta\.hot/.test(code));
  });
});
