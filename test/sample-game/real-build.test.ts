// The same story with nothing put in its place: the embedded teacher distils the dropped model's motion (a few steps of it),
// and the running game shows it move.

import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { openBackend } from "../../pipeline/backend.ts";
import { type BuildOptions, buildClip } from "../../pipeline/build.ts";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { startServer } from "../../pipeline/watch/server.ts";
import { watchFolder } from "../../pipeline/watch/watch.ts";
import { bundleGame } from "../../sample-game/bundle.mjs";
import { launchBrowser } from "../browser/launch.ts";

const MODEL = join(import.meta.dirname, "../../sample-game/assets/fox/fox.glb");
const FOX = '[data-asset="fox/fox.glb"]';

/** The product's own build, with as few steps as still show. */
const shortBuild = (options: BuildOptions) =>
  buildClip({
    ...options,
    settings: {
      iterations: 10,
      rigs: 1,
      warmup: 1,
      noises: 2,
      source: {
        clip: "static",
        weight: 1,
        factors: "shipped",
        maxSteps: 1,
        rate: 2e-3,
        checkEvery: 1,
        minGain: 0,
      },
      rates: { handleRotation: 0.03, handleTranslation: 0.03, rootRotation: 0.03, rootTranslation: 0.03 },
    },
  });

test("a dropped model and a sentence become motion in the running game", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "animus-real-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const root = join(folder, "assets");
  await mkdir(join(root, "fox"), { recursive: true });
  await bundleGame(join(folder, "game"), { minify: false, sourcemap: false });
  const backend = await openBackend({ device: "cpu", threads: 2 });
  const { manifest } = backend.teacher;
  t.after(() => backend.dispose());
  const server = await startServer({ root, staticDirectory: join(folder, "game"), port: 0, settleMs: 100 });
  t.after(() => server.close());
  const events: PipelineEvent[] = [];
  const watcher = await watchFolder({
    root,
    out: null,
    settleMs: 100,
    build: shortBuild,
    backend: async () => backend,
    teacherIdentity: manifest,
    events: (event) => {
      events.push(event);
      server.publish(event);
    },
    onChange: () => void server.refresh(),
  });
  t.after(() => watcher.close());
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 320, height: 220 } });
  page.setDefaultTimeout(300_000);
  await page.goto(`${server.url}?engine=webgl2&shadows=256`);
  await page.waitForSelector("body[data-ready]");

  await page.evaluate(() => document.body.classList.add("bare"));
  /** Without the rows in which the clouds drift. */
  const pixels = async () =>
    sharp(await page.screenshot())
      .extract({ left: 0, top: 44, width: 320, height: 176 })
      .removeAlpha()
      .raw()
      .toBuffer();
  /** Largest share of the values in which one of the pictures differs visibly from the first. */
  const movement = async () => {
    const first = await pixels();
    let changed = 0;
    for (let i = 0; i < 6; i++) {
      await page.waitForTimeout(200);
      const now = await pixels();
      changed = Math.max(changed, now.filter((value, p) => Math.abs(value - first[p]) > 24).length / first.length);
    }
    return changed;
  };

  await cp(MODEL, join(root, "fox/fox.glb"));
  await page.waitForSelector(`${FOX}[data-state="still"]`, { state: "attached" });
  await page.$eval(`${FOX} .name`, (title) => (title as HTMLElement).click());
  await page.waitForTimeout(2500);
  const still = await movement();

  await writeFile(join(root, "fox/prompt.json"), '{ "clips": { "run": "a fox running" } }');
  await page.waitForSelector(".job.working", { state: "attached" });
  await page.waitForSelector(`${FOX}[data-state="alive"] button.playing[data-clip="run"]`, { state: "attached" });
  const done = events.find((event) => event.type === "done");
  assert.ok(done?.type === "done" && done.metrics.pathLength > 0.005, JSON.stringify(done ?? events.at(-1)));

  const moving = await movement();
  assert.ok(moving > 0.002 && moving > 4 * still, `moving ${moving}, still ${still}, of all values`);
});
