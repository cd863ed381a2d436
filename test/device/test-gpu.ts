// The GPU of the tests: SwiftShader, the software adapter that every Chromium brings along, found by Dawn through the Vulkan
// loader; elsewhere than on Linux the machine's own adapter.

import { existsSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { type Gpu, type OpenGpuOptions, openGpu } from "../../pipeline/device/open-gpu.ts";
import { AnimusError } from "../../pipeline/errors.ts";
import { findBrowser } from "../browser/find-browser.ts";

const ICD = "vk_swiftshader_icd.json";

/** Keeps a library loaded after the handle is closed (dlfcn.h); Node has no name for it. */
const RTLD_NODELETE = 0x1000;

/** Points Vulkan at the browser's software adapter, unless somebody pointed it elsewhere. Before anything loads Dawn. */
export function useSoftwareAdapter(): void {
  if (process.platform !== "linux" || process.env.VK_ICD_FILENAMES || process.env.VK_DRIVER_FILES) return;
  const folders = [dirname(realpathSync(findBrowser())), "/usr/lib/chromium", "/usr/lib/chromium-browser"];
  const folder = folders.find((path) => existsSync(join(path, ICD)));
  if (folder === undefined) return;
  process.env.VK_ICD_FILENAMES = join(folder, ICD);
  // The browser brings its own Vulkan loader; once loaded, Dawn finds it by its name. Where the system has one, that one wins.
  const loader = join(folder, "libvulkan.so.1");
  try {
    if (existsSync(loader)) process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch {
    // It is no module of Node's, which is said after it was loaded.
  }
}

/** @returns the device, or the reason why there is none: pass it to the test's `skip`. */
export async function openTestGpu(options: OpenGpuOptions = {}): Promise<Gpu | string> {
  useSoftwareAdapter();
  try {
    return await openGpu({ software: true, ...options });
  } catch (error) {
    if (!(error instanceof AnimusError) || error.code !== "device") throw error;
    return `${error.message} ${error.hint}`;
  }
}
