// Launches the headless browser of the pixel tests with a software GPU, so that WebGL2 and WebGPU give the same pixels on a
// laptop and on a server without one. It neither serves nor opens a page (page.ts does).

import { type Browser, chromium } from "playwright-core";
import { findBrowser } from "./find-browser.ts";

/** WebGPU and WebGL2 on SwiftShader, and no talk with the network. */
export const BROWSER_FLAGS = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--enable-features=Vulkan",
  // Without it the GPU process dies as soon as a WebGPU canvas is presented.
  "--use-vulkan=swiftshader",
  "--use-webgpu-adapter=swiftshader",
  "--use-angle=swiftshader",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findBrowser(), headless: true, args: BROWSER_FLAGS });
}
