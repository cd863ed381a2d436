// The one place that makes the GPU device. It watches the device for as long as it lives: after the first error that nobody
// expected, or its loss, every later question about a result is answered with that error, so that no wrong result is written.

import { AnimusError } from "../errors.ts";
import { type AdapterFacts, adapterFacts, findAdapter, LIMIT_NAMES } from "./gpu-adapter.ts";
import { GPU_REMEDY } from "./gpu-entry.ts";

export interface Gpu {
  device: GPUDevice;
  facts: AdapterFacts;
  /** The device has subgroup operations. */
  subgroups: boolean;
  /** @throws AnimusError (device) once an error was not caught or the device was lost, then for ever. */
  assertSound(): void;
  /**
   * Runs work that talks to the device and settles once every error that it caused is known.
   * @throws AnimusError (device) that names `what` where it caused one.
   */
  guard<T>(what: string, work: () => T | Promise<T>): Promise<T>;
  dispose(): void;
}

export interface OpenGpuOptions {
  /** Take an emulation on the processor too; for tests and where somebody asked for it. */
  software?: boolean;
  /** Use subgroup operations, or leave them aside; left out: where subgroups have at least `LEAST_SUBGROUP` threads. */
  subgroups?: boolean;
}

/**
 * ONNX Runtime may share the device, and its kernels were seen to answer wrongly, without an error, with subgroups of four threads
 * (by a third, where they were right without subgroups). GPUs have 16 and more; some admit eight.
 */
const LEAST_SUBGROUP = 16;

const SCOPES = ["validation", "out-of-memory", "internal"] as const;

/** @throws AnimusError (device) where there is no adapter, only an emulation, or no device of it. */
export async function openGpu({ software = false, subgroups }: OpenGpuOptions = {}): Promise<Gpu> {
  const adapter = await findAdapter();
  const facts = adapterFacts(adapter);
  if (facts.software && !software) {
    throw new AnimusError("device", `The only graphics adapter, ${facts.name}, is an emulation on the processor.`, {
      hint: GPU_REMEDY,
    });
  }
  const wanted = (["subgroups", "timestamp-query"] as const).filter((name) => adapter.features.has(name));
  const useSubgroups = subgroups ?? adapter.info.subgroupMinSize >= LEAST_SUBGROUP;
  const requiredFeatures = useSubgroups ? wanted : wanted.filter((name) => name !== "subgroups");
  // A device has the least limits of all adapters unless it asks for more.
  const requiredLimits = Object.fromEntries(LIMIT_NAMES.map((name) => [name, facts.limits[name]]));
  const device = await adapter.requestDevice({ requiredFeatures, requiredLimits }).catch((cause: Error) => {
    throw new AnimusError("device", `${facts.name} gives no device: ${cause.message}`, { cause, hint: GPU_REMEDY });
  });
  return watchDevice(device, facts);
}

function watchDevice(device: GPUDevice, facts: AdapterFacts): Gpu {
  let failure: AnimusError | undefined;
  let disposed = false;
  const fail = (what: string, cause?: unknown) => {
    failure ??= new AnimusError("device", `${facts.name} ${what}`, {
      cause,
      hint: "Start again; if it happens again, update the graphics driver or use --device cpu.",
    });
  };
  device.addEventListener("uncapturederror", (event) => {
    (event as GPUUncapturedErrorEvent).preventDefault(); // It is told by assertSound, not on the console.
    fail(`reported an error: ${(event as GPUUncapturedErrorEvent).error.message}`);
  });
  void device.lost.then(({ reason, message }) => {
    if (!disposed) fail(`was lost (${reason}): ${message}`);
  });
  const assertSound = () => {
    if (failure) throw failure;
    if (disposed) throw new AnimusError("internal", "The GPU device was disposed of.");
  };

  return {
    device,
    facts,
    subgroups: device.features.has("subgroups"),
    assertSound,
    async guard(what, work) {
      assertSound();
      for (const scope of SCOPES) device.pushErrorScope(scope);
      let result: Awaited<ReturnType<typeof work>> | undefined;
      let thrown: { error: unknown } | undefined;
      // The scopes of a device are one stack: it is popped before anything is awaited.
      let pending: ReturnType<typeof work> | undefined;
      try {
        pending = work();
      } catch (error) {
        thrown = { error };
      }
      const scopes = Promise.all(SCOPES.map(() => device.popErrorScope().catch(() => null)));
      try {
        result = await pending;
      } catch (error) {
        thrown = { error };
      }
      const error = (await scopes).find((scoped) => scoped !== null);
      if (error) fail(`failed to ${what}: ${error.message}`);
      await Promise.resolve(); // The loss of a device is told one turn after the promise that it broke.
      assertSound();
      if (thrown)
        throw new AnimusError("device", `${facts.name} failed to ${what}: ${(thrown.error as Error).message}`);
      return result as Awaited<ReturnType<typeof work>>;
    },
    dispose() {
      disposed = true;
      device.destroy();
    },
  };
}
