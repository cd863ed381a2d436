// Finds the adapter and says what it is. Opens no device.

import { existsSync } from "node:fs";
import { AnimusError } from "../errors.ts";
import { GPU_REMEDY, gpuEntry } from "./gpu-entry.ts";

export interface AdapterFacts {
  /** For people: "nvidia hopper (NVIDIA H200)". */
  name: string;
  /** An emulation on the processor: right, but slower than the CPU code. */
  software: boolean;
  features: string[];
  limits: AdapterLimits;
}

/** The limits that decide what the renderer can draw at once. */
export type AdapterLimits = Pick<
  GPUSupportedLimits,
  | "maxBufferSize"
  | "maxStorageBufferBindingSize"
  | "maxComputeWorkgroupsPerDimension"
  | "maxComputeInvocationsPerWorkgroup"
  | "maxComputeWorkgroupStorageSize"
  | "maxStorageBuffersPerShaderStage"
>;

export const LIMIT_NAMES = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupsPerDimension",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupStorageSize",
  "maxStorageBuffersPerShaderStage",
] as const satisfies readonly (keyof AdapterLimits)[];

/**
 * False where there is surely no GPU: on Linux without its device file and without a driver named to Vulkan. Asking WebGPU there
 * only prints warnings.
 */
export function mayHaveGpu(): boolean {
  if (process.platform !== "linux" || process.env["VK_ICD_FILENAMES"] || process.env["VK_DRIVER_FILES"]) return true;
  return ["/dev/dri", "/dev/nvidiactl", "/dev/dxg"].some((path) => existsSync(path));
}

/** @throws AnimusError (device) where there is none. */
export async function findAdapter(): Promise<GPUAdapter> {
  const adapter = mayHaveGpu()
    ? await (await gpuEntry()).requestAdapter({ powerPreference: "high-performance" })
    : null;
  if (adapter) return adapter;
  throw new AnimusError("device", "WebGPU finds no graphics adapter on this machine.", { hint: GPU_REMEDY });
}

export function adapterFacts({ info, features, limits }: GPUAdapter): AdapterFacts {
  const text = [info.vendor, info.architecture, info.device, info.description].join(" ").toLowerCase();
  const kind = [info.vendor, info.architecture].filter(Boolean).join(" ");
  const detail = info.description || info.device;
  return {
    name: detail ? `${kind || "adapter"} (${detail})` : kind || "unnamed adapter",
    software: info.isFallbackAdapter || SOFTWARE.some((word) => text.includes(word)),
    features: [...features].sort(),
    limits: Object.fromEntries(LIMIT_NAMES.map((name) => [name, limits[name]])) as unknown as AdapterLimits,
  };
}

/** Names of emulations that do not call themselves fallback adapters. */
const SOFTWARE = ["swiftshader", "llvmpipe", "lavapipe", "softpipe", "basic render driver"];
