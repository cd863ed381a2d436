// Kernels, the steps made of them and the work made of steps. A step is a kernel bound to its buffers, ready to be dispatched any
// number of times.

import type { Gpu } from "../../device/open-gpu.ts";

export interface Step {
  /** Name of the kernel. */
  label: string;
  pipeline: GPUComputePipeline;
  bindings: GPUBindGroup;
  /** Workgroups, folded where one dimension does not take them all. */
  x: number;
  y: number;
}

/** What a call does on the device between its upload and its read-back. Done again, it gives the same again. */
export interface Work {
  /** For people and clocks: "render", "differentiate". */
  what: string;
  /** Buffers that are cleared first. */
  clear: readonly GPUBuffer[];
  steps: readonly Step[];
}

/** Binds a kernel to its buffers, in the order of their binding numbers. */
export type Kernel = (buffers: readonly GPUBuffer[], workgroups: number) => Step;

export async function createKernel({ device }: Gpu, label: string, code: string): Promise<Kernel> {
  const module = device.createShaderModule({ label, code });
  const pipeline = await device.createComputePipelineAsync({ label, layout: "auto", compute: { module } });
  const layout = pipeline.getBindGroupLayout(0);
  const most = device.limits.maxComputeWorkgroupsPerDimension;
  return (buffers, workgroups) => {
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const x = Math.min(workgroups, most);
    return {
      label,
      pipeline,
      bindings: device.createBindGroup({ label, layout, entries }),
      x,
      y: Math.ceil(workgroups / x),
    };
  };
}

export function runWork(encoder: GPUCommandEncoder, { clear, steps }: Work): void {
  for (const buffer of clear) encoder.clearBuffer(buffer);
  runSteps(encoder, steps);
}

/** Each step sees what those before it wrote. @param clock where the time of its begin and end goes. */
export function runSteps(
  encoder: GPUCommandEncoder,
  steps: readonly Step[],
  clock?: GPUComputePassTimestampWrites,
): void {
  const pass = encoder.beginComputePass(clock ? { timestampWrites: clock } : {});
  for (const { pipeline, bindings, x, y } of steps) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindings);
    pass.dispatchWorkgroups(x, y);
  }
  pass.end();
}
