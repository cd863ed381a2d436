// The whole story in a real browser: the watcher, its server and the game run; a model and a prompt are dropped, the model shows,
// progress shows, the motion arrives without a reload, the pixels change; a new prompt changes the motion; errors are readable;
// what is removed leaves.

import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import type { Teacher } from "../../pipeline/teacher/teacher.ts";
import { type AssetServer, startServer } from "../../pipeline/watch/server.ts";
import { type FolderWatcher, watchFolder } from "../../pipeline/watch/watch.ts";
import { bundleGame } from "../../sample-game/bundle.mjs";
import { launchBrowser } from "../browser/launch.ts";
import { swingBuilder } from "./swing-builder.ts";

const MODELS = join(import.meta.dirname, "../../sample-game/assets");
const CHEST = '[data-asset="box/chest.glb"]';
const SECONDS = 1000;

let folder: string;
let root: string;
let server: AssetServer;
let watcher: FolderWatcher;
let browser: Browser;
let page: Page;
const pageErrors: string[] = [];

async function startWatching(port: number): Promise<void> {
  server = await startServer({ root, staticDirectory: join(folder, "game"), port, settleMs: 100 });
  watcher = await watchFolder({
    root,
    out: null,
    settleMs: 100,
    build: swingBuilder,
    // The builder asks no teacher.
    teacher: async () => ({ description: "formula" }) as Teacher,
    teacherIdentity: { name: "formula", weightsHash: "0" },
    threads: 1,
    events: (event) => server.publish(event),
    onChange: () => void server.refresh(),
  });
}

async function stopWatching(): Promise<void> {
  await watcher.close();
  await server.close();
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "animus-game-"));
  root = join(folder, "assets");
  await mkdir(join(root, "box"), { recursive: true });
  await bundleGame(join(folder, "game"), { minify: false, sourcemap: false });
  await startWatching(0);
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 400, height: 260 } });
  page.setDefaultTimeout(60 * SECONDS);
  page.on("pageerror", (error) => pageErrors.push(error.stack ?? error.message));
  await page.goto(`${server.url}?engine=webgl2&shadows=256`);
  await page.waitForSelector("body[data-ready]");
});

after(async () => {
  await browser?.close();
  await stopWatching();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

const prompt = (text: string) => writeFile(join(root, "box/prompt.json"), text);

/** RGB of the scene alone: panel, overlay and tags are hidden while the picture is taken. */
async function picture(of: Page = page): Promise<Buffer> {
  await of.evaluate(() => document.body.classList.add("bare"));
  const png = await of.screenshot();
  await of.evaluate(() => document.body.classList.remove("bare"));
  return sharp(png).removeAlpha().raw().toBuffer();
}

/** Share of the pixels that differ visibly. */
function difference(a: Buffer, b: Buffer): number {
  let count = 0;
  for (let i = 0; i < a.length; i += 3) {
    const d = Math.max(Math.abs(a[i] - b[i]), Math.abs(a[i + 1] - b[i + 1]), Math.abs(a[i + 2] - b[i + 2]));
    if (d > 24) count++;
  }
  return count / (a.length / 3);
}

/** Largest difference of any of `count` pictures to the first. */
async function largestDifference(count: number, of: Page = page): Promise<number> {
  const first = await picture(of);
  let largest = 0;
  for (let i = 1; i < count; i++) {
    await of.waitForTimeout(170);
    largest = Math.max(largest, difference(first, await picture(of)));
  }
  return largest;
}

describe("the sample game", () => {
  let empty: Buffer;
  let still: number;

  test("starts on an empty folder", async () => {
    assert.match((await page.textContent("#assets")) ?? "", /no models yet/);
    empty = await picture();
    const colours = new Set<number>();
    for (let i = 0; i < empty.length; i += 3) colours.add((empty[i] << 16) | (empty[i + 1] << 8) | empty[i + 2]);
    assert.ok(colours.size > 500, `a scene, not a blank canvas: ${colours.size} colours`);
  });

  test("a dropped model shows at once, before any motion", async () => {
    await cp(join(MODELS, "chest/chest.glb"), join(root, "box/chest.glb"));
    await page.waitForSelector(`${CHEST}[data-state="still"]`);
    await page.click(`${CHEST} .name`);
    await page.waitForTimeout(2500);
    const shown = difference(empty, await picture());
    assert.ok(shown > 0.05, `the chest is in the picture: ${shown}`);
    still = await largestDifference(4);
  });

  test("with a prompt, progress shows and then it moves, without a reload", async () => {
    await page.evaluate(() => Object.assign(window, { sameDocument: true }));
    await prompt('{ "clips": { "hop": "a treasure chest slowly jumping" } }');
    await page.waitForSelector(".job.working");
    await page.waitForFunction(() => document.querySelector(".job .detail")?.textContent?.includes("1 min 23 s left"));
    assert.match((await page.textContent(".job .detail")) ?? "", /42 %/);
    await page.waitForSelector(`${CHEST}[data-state="alive"] button.playing[data-clip="hop"]`);
    const moving = await largestDifference(6);
    assert.ok(moving > 0.02 && moving > 4 * still, `moving ${moving}, still ${still}`);
    assert.equal(await page.evaluate(() => "sameDocument" in window), true);
  });

  test("an edited prompt changes the motion in place and plays the new clip", async () => {
    await prompt('{ "clips": { "hop": "a treasure chest slowly jumping", "sway": "a chest swaying" } }');
    await page.waitForSelector(`${CHEST} button.playing[data-clip="sway"]`);
    assert.equal(await page.locator(`${CHEST} button:enabled`).count(), 2);
    await page.click(`${CHEST} button[data-clip="hop"]`);
    await page.waitForSelector(`${CHEST} button.playing[data-clip="hop"]`);
  });

  test("a broken sidecar says where and what to do, and the chest keeps moving", async () => {
    await prompt('{\n  "promt": "a chest jumping"\n}');
    await page.waitForSelector(".job.failed");
    assert.match((await page.textContent(".job.failed .place")) ?? "", /box\/prompt\.json:2$/);
    assert.match((await page.textContent(".job.failed .message")) ?? "", /promt/);
    assert.ok((await largestDifference(6)) > 0.02);
    await prompt('{ "clips": { "sway": "a chest swaying" } }');
    await page.waitForSelector(".job.failed", { state: "detached" });
  });

  test("it finds a restarted server again", async () => {
    const port = Number(new URL(server.url).port);
    await stopWatching();
    await page.waitForFunction(() => document.querySelector("#notice")?.textContent !== "");
    await startWatching(port);
    await page.waitForFunction(() => document.querySelector("#notice")?.textContent === "");
  });

  test("it plays in WebGPU too", async () => {
    const other = await browser.newPage({ viewport: { width: 320, height: 220 } });
    other.setDefaultTimeout(60 * SECONDS);
    other.on("pageerror", (error) => pageErrors.push(error.stack ?? error.message));
    await other.goto(`${server.url}?engine=webgpu&shadows=256`);
    await other.waitForSelector('body[data-ready][data-engine="webgpu"]');
    await other.click(`${CHEST}[data-state="alive"] .name`);
    await other.waitForTimeout(2500);
    assert.ok((await largestDifference(6, other)) > 0.02);
    await other.close();
  });

  test("what is removed leaves the scene", async () => {
    await rm(join(root, "box"), { recursive: true });
    await page.waitForSelector(CHEST, { state: "detached" });
    assert.match((await page.textContent("#assets")) ?? "", /no models yet/);
    assert.deepEqual(pageErrors, []);
  });
});
