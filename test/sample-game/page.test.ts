// Panel and overlay in a real browser, without the scene: what is redrawn, what stays, and where the keyboard's focus is.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import type { PanelAsset } from "../../sample-game/page/panel.ts";
import type { JobState } from "../../sample-game/server/jobs.ts";
import { launchBrowser } from "../browser/launch.ts";

const PAGE = join(import.meta.dirname, "../../sample-game/page");
const HTML = '<div id="assets"></div><section id="overlay"></section><div id="status"></div>';
const SETUP = `
  import { createOverlay } from "./overlay.ts";
  import { createPanel } from "./panel.ts";
  const byId = (id) => document.getElementById(id);
  const heard = (window.heard = []);
  window.drawPanel = createPanel(byId("assets"), {
    onAsset: (asset) => heard.push(asset),
    onClip: (asset, clip) => heard.push(asset + " " + clip),
  });
  window.drawOverlay = createOverlay(byId("overlay"), byId("status"), (key) => heard.push("dismiss " + key));
`;

const JOB: JobState = {
  asset: "fox.glb",
  clip: "walk",
  phase: "working",
  stage: "distill",
  fraction: 0.4,
  etaSeconds: 60,
  prompt: "a fox walking",
  failure: null,
};
const FOX: PanelAsset = {
  asset: "fox.glb",
  name: "fox",
  state: "working",
  problem: null,
  focused: false,
  clips: [{ name: "walk", prompt: "a fox walking", ready: true, playing: false }],
};

let browser: Browser;
let page: Page;
let script: string;

const overlay = (...jobs: JobState[]) => page.evaluate(`drawOverlay(${JSON.stringify(jobs)})`);
const panel = (...assets: PanelAsset[]) => page.evaluate(`drawPanel(${JSON.stringify(assets)})`);
const mark = (selector: string) => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).marked = true`);
const isMarked = (selector: string) =>
  page.evaluate(`document.querySelector(${JSON.stringify(selector)}).marked === true`);
const heard = () => page.evaluate("heard");
const cards = () =>
  page.$$eval("#overlay > *", (all) => all.map((card) => (card as HTMLElement).dataset["job"] ?? card.textContent));

before(async () => {
  const stdin = { contents: SETUP, resolveDir: PAGE };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: "iife", target: "es2022" });
  script = outputFiles[0]!.text;
  browser = await launchBrowser();
  page = await browser.newPage();
});
beforeEach(async () => {
  await page.setContent(HTML);
  await page.evaluate(script);
});
after(() => browser?.close());

describe("the overlay", () => {
  test("progress moves the bar of a card and leaves the card alone", async () => {
    await overlay(JOB);
    await mark(".job.working");
    const status = await page.textContent("#status");
    assert.match(status ?? "", /fox\.glb · walk: its motion is being made/);
    await page.evaluate(
      'changes = 0; new MutationObserver(() => changes++).observe(document.getElementById("status"), { childList: true })',
    );
    await overlay({ ...JOB, fraction: 0.617, etaSeconds: 20 });
    assert.equal(await isMarked(".job.working"), true);
    assert.match((await page.textContent(".job .detail")) ?? "", /61 % · 20 s left/);
    const bar = page.getByRole("progressbar", { name: "fox.glb · walk" });
    assert.equal(await bar.getAttribute("aria-valuenow"), "61");
    assert.equal(await page.$eval(".job .bar i", (fill) => (fill as HTMLElement).style.width), "61.7%");
    assert.equal(await page.evaluate("changes"), 0, "nothing is read aloud for progress");
    await overlay({ ...JOB, phase: "done", fraction: 1, etaSeconds: 0 });
    assert.equal(await isMarked(".job.done"), false);
    assert.match((await page.textContent("#status")) ?? "", /is alive/);
  });

  test("what runs comes first, and what has no room is counted", async () => {
    const of = (clip: string, phase: JobState["phase"]): JobState => ({ ...JOB, clip, phase });
    const failure = { message: "It broke.", file: "fox.glb", line: null, hint: null };
    await overlay(of("q", "queued"), of("d", "done"), { ...of("f", "failed"), failure }, of("w", "working"));
    assert.deepEqual(await cards(), ["fox.glb\nw", "fox.glb\nf", "fox.glb\nd", "1 more"]);
    await overlay(of("q", "queued"), { ...of("f", "failed"), failure });
    assert.deepEqual(await cards(), ["fox.glb\nf", "fox.glb\nq"]);
  });

  test("a card keeps the focus while others come, go and move around it", async () => {
    const failure = { message: "It broke.", file: null, line: null, hint: null };
    const failed: JobState = { ...JOB, clip: "f", phase: "failed", failure };
    await overlay(failed, { ...JOB, clip: "q", phase: "queued" });
    await page.focus(".job.failed button");
    await overlay(failed, { ...JOB, clip: "q" });
    assert.deepEqual(await cards(), ["fox.glb\nq", "fox.glb\nf"]);
    await page.keyboard.press("Enter");
    assert.deepEqual(await heard(), ["dismiss fox.glb\nf"]);
  });
});

describe("the panel", () => {
  test("the same assets leave it alone; others keep the focus where it was", async () => {
    await panel(FOX);
    await mark("[data-asset]");
    await panel(structuredClone(FOX));
    assert.equal(await isMarked("[data-asset]"), true);

    await page.focus(".name");
    await panel({ ...FOX, asset: "owl.glb", name: "owl" }, { ...FOX, state: "alive", focused: true });
    assert.equal(await isMarked('[data-asset="fox.glb"]'), false);
    await page.keyboard.press("Enter");
    assert.deepEqual(await heard(), ["fox.glb"]);
    await page.keyboard.press("Tab");
    await panel({ ...FOX, state: "failed", problem: "It broke." });
    await page.keyboard.press("Enter");
    assert.deepEqual(await heard(), ["fox.glb", "fox.glb walk"]);
  });

  test("a title says its state and whether it is chosen", async () => {
    await panel({ ...FOX, state: "alive", focused: true });
    const title = page.getByRole("button", { name: "fox" });
    assert.equal(await title.getAttribute("title"), "fox: alive");
    assert.equal(await title.getAttribute("aria-pressed"), "true");
    await panel({ ...FOX, state: "failed" });
    assert.equal(await title.getAttribute("title"), "fox: failed");
    assert.equal(await title.getAttribute("aria-pressed"), "false");
  });
});
