// The whole story in a real browser: the watcher, its server and the game run; a model and a prompt are dropped, the model shows,
// progress shows, the motion arrives without a reload, the pixels change; an edited prompt changes what moves; errors are readable;
// what is removed leaves.

import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import type { Backend } from "../../pipeline/backend.ts";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { type AssetServer, startServer } from "../../pipeline/watch/server.ts";
import { type FolderWatcher, watchFolder } from "../../pipeline/watch/watch.ts";
import { bundleGame } from "../../sample-game/bundle.mjs";
import { launchBrowser } from "../browser/launch.ts";
import { until } from "../watch/folder.ts";
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
const events: PipelineEvent[] = [];

async function startWatching(port: number): Promise<void> {
  server = await startServer({ root, staticDirectory: join(folder, "game"), port, settleMs: 100 });
  watcher = await watchFolder({
    root,
    out: null,
    settleMs: 100,
    build: swingBuilder,
    // The builder asks no teacher.
    backend: async () => ({ description: "formula" }) as Backend,
    teacherIdentity: { name: "formula", weightsHash: "0" },
    events: (event) => {
      events.push(event);
      server.publish(event);
    },
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

/** Which pixels differ visibly. */
function differing(a: Buffer, b: Buffer): boolean[] {
  return Array.from({ length: a.length / 3 }, (_, pixel) => {
    const i = pixel * 3;
    return Math.max(Math.abs(a[i] - b[i]), Math.abs(a[i + 1] - b[i + 1]), Math.abs(a[i + 2] - b[i + 2])) > 24;
  });
}

const share = (pixels: readonly boolean[]) => pixels.filter(Boolean).length / pixels.length;

interface Movement {
  /** Largest share of the pixels in which any of the pictures differs from the first. */
  size: number;
  /** The same within the rows above a model on its stone and below the clouds. */
  high: number;
}

/** What moves within `count` pictures. */
async function movement(count: number, of: Page = page): Promise<Movement> {
  const { width, height } = of.viewportSize()!;
  const above = [0.17, 0.28].map((part) => Math.round(part * height) * width);
  const first = await picture(of);
  const found: Movement = { size: 0, high: 0 };
  for (let i = 1; i < count; i++) {
    // Uneven, so that it never keeps step with the clip.
    await of.waitForTimeout(140 + 30 * i);
    const pixels = differing(first, await picture(of));
    found.size = Math.max(found.size, share(pixels));
    found.high = Math.max(found.high, share(pixels.slice(...above)));
  }
  return found;
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
    const shown = share(differing(empty, await picture()));
    assert.ok(shown > 0.05, `the chest is in the picture: ${shown}`);
    still = (await movement(4)).size;
  });

  test("with a prompt, progress shows and then it moves, without a reload", async () => {
    await page.evaluate(() => Object.assign(window, { sameDocument: true }));
    await prompt('{ "clips": { "hop": "a treasure chest slowly jumping" } }');
    await page.waitForSelector(".job.working");
    await page.waitForFunction(() => document.querySelector(".job .detail")?.textContent?.includes("1 min 23 s left"));
    assert.match((await page.textContent(".job .detail")) ?? "", /42 %/);
    await page.waitForSelector(`${CHEST}[data-state="alive"] button.playing[data-clip="hop"]`);
    const { size } = await movement(6);
    assert.ok(size > 0.02 && size > 4 * still, `moving ${size}, still ${still}`);
    assert.equal(await page.evaluate(() => "sameDocument" in window), true);
  });

  test("an edited prompt changes the motion of the same clip, in place", async () => {
    const built = () => events.filter(({ type, clip }) => type === "done" && clip === "hop").length;
    const before = built();
    // A slow browser takes few pictures a hop, and may miss the height of one.
    let hopping = { size: 0, high: 0 };
    const hopsHigh = async () => {
      hopping = await movement(8);
      return hopping.high > 0.05;
    };
    await until("it hops high", hopsHigh, 60).catch((error: Error) => {
      assert.fail(`${error.message}: ${JSON.stringify(hopping)}`);
    });
    await prompt('{ "clips": { "hop": "a treasure chest swaying" } }');
    await page.waitForSelector(`${CHEST} button.playing[data-clip="hop"][title="a treasure chest swaying"]`);
    await until("the clip is built anew", () => built() === before + 1);
    // To sway is to go sideways.
    let swaying = hopping;
    const isNew = async () => {
      swaying = await movement(8);
      return swaying.size > 0.02 && swaying.high < 0.01;
    };
    await until("the new motion plays", isNew, 60).catch((error: Error) => {
      assert.fail(`${error.message}: ${JSON.stringify({ hopping, swaying })}`);
    });
    assert.ok(swaying.size > 4 * still, `moving ${swaying.size}, still ${still}`);
    assert.equal(await page.evaluate(() => "sameDocument" in window), true);
  });

  test("a clip that is added plays as soon as it is built", async () => {
    await prompt('{ "clips": { "hop": "a treasure chest swaying", "sway": "a chest swaying" } }');
    await page.waitForSelector(`${CHEST} button.playing[data-clip="sway"]`);
    assert.equal(await page.locator(`${CHEST} .clips button:enabled`).count(), 2);
    await page.click(`${CHEST} button[data-clip="hop"]`);
    await page.waitForSelector(`${CHEST} button.playing[data-clip="hop"]`);
  });

  test("a broken sidecar says where and what to do, and the chest keeps moving", async () => {
    await prompt('{\n  "promt": "a chest jumping"\n}');
    await page.waitForSelector(".job.failed");
    assert.match((await page.textContent(".job.failed .place")) ?? "", /box\/prompt\.json:2$/);
    assert.match((await page.textContent(".job.failed .message")) ?? "", /promt/);
    assert.ok((await movement(6)).size > 0.02);
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
    assert.ok((await movement(6, other)).size > 0.02);
    await other.close();
  });

  test("what is removed leaves the scene", async () => {
    await rm(join(root, "box"), { recursive: true });
    await page.waitForSelector(CHEST, { state: "detached" });
    assert.match((await page.textContent("#assets")) ?? "", /no models yet/);
    assert.deepEqual(pageErrors, []);
  });
});
