// Takes a picture of the running game without a window. Start the watcher first, then:
// npx tsx sample-game/screenshot.ts URL FILE.png [--width 1280] [--height 720] [--wait 3] [--focus fox/fox.glb] [--query bare]

import { parseArgs } from "node:util";
import { launchBrowser } from "../test/browser/launch.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    width: { type: "string", default: "1280" },
    height: { type: "string", default: "720" },
    /** Seconds that the game runs before the picture is taken. */
    wait: { type: "string", default: "3" },
    /** Asset to bring into focus, as the listing names it. */
    focus: { type: "string" },
    /** Added to the URL: "engine=webgpu&bare". */
    query: { type: "string", default: "" },
  },
});
const [address, file] = positionals;
if (!address || !file)
  throw new Error("Usage: screenshot.ts URL FILE.png [--width] [--height] [--wait] [--focus] [--query]");

const browser = await launchBrowser();
try {
  const viewport = { width: Number(values.width), height: Number(values.height) };
  const page = await browser.newPage({ viewport });
  page.on("console", (message) => message.type() === "error" && console.error(message.text()));
  page.on("pageerror", (error) => console.error(error.message));
  await page.goto(`${address}?${values.query}`);
  await page.waitForSelector("body[data-ready]", { timeout: 90_000 });
  if (values.focus) await page.click(`[data-asset=${JSON.stringify(values.focus)}] .name`);
  await page.waitForTimeout(Number(values.wait) * 1000);
  await page.screenshot({ path: file, timeout: 120_000 });
} finally {
  await browser.close();
}
