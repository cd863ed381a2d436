// All kernels of the renderer, compiled once a device.

import type { Gpu } from "../../device/open-gpu.ts";
import { COUNT_TILES_WGSL, FILL_SLOTS_WGSL, FIND_RANGES_WGSL } from "./bin-tiles.wgsl.ts";
import { DEFORM_GRADIENT_WGSL, DEFORM_WGSL } from "./deform.wgsl.ts";
import { createKernel, type Kernel } from "./kernel.ts";
import { PROJECT_WGSL } from "./project.wgsl.ts";
import { PROJECT_GRADIENT_WGSL } from "./project-gradient.wgsl.ts";
import { RADIX_COUNT_WGSL, radixScatterWgsl } from "./radix-sort.wgsl.ts";
import { RASTERISE_WGSL } from "./rasterise.wgsl.ts";
import { RASTERISE_GRADIENT_WGSL } from "./rasterise-gradient.wgsl.ts";
import { scanApplyWgsl, scanFewWgsl, scanReduceWgsl, scanSumsWgsl } from "./scan.wgsl.ts";

const sources = (subgroups: boolean) => ({
  deform: DEFORM_WGSL,
  project: PROJECT_WGSL,
  countTiles: COUNT_TILES_WGSL,
  fillSlots: FILL_SLOTS_WGSL,
  findRanges: FIND_RANGES_WGSL,
  scanReduce: scanReduceWgsl(subgroups),
  scanSums: scanSumsWgsl(subgroups),
  scanApply: scanApplyWgsl(subgroups),
  scanFew: scanFewWgsl(subgroups),
  radixCount: RADIX_COUNT_WGSL,
  radixScatter: radixScatterWgsl(subgroups),
  rasterise: RASTERISE_WGSL,
  rasteriseGradient: RASTERISE_GRADIENT_WGSL,
  projectGradient: PROJECT_GRADIENT_WGSL,
  deformGradient: DEFORM_GRADIENT_WGSL,
});

export type Kernels = Record<keyof ReturnType<typeof sources>, Kernel>;

const compiled = new WeakMap<Gpu, Promise<Kernels>>();

/** @throws AnimusError (device) that holds the compiler's message where the device does not take a shader. */
export function loadKernels(gpu: Gpu): Promise<Kernels> {
  let kernels = compiled.get(gpu);
  if (!kernels) {
    kernels = gpu.guard("compile the renderer's shaders", async () => {
      const all = Object.entries(sources(gpu.subgroups));
      const made = await Promise.all(all.map(async ([name, code]) => [name, await createKernel(gpu, name, code)]));
      return Object.fromEntries(made) as Kernels;
    });
    compiled.set(gpu, kernels);
  }
  return kernels;
}
