// What stays on the device for the renderer's whole life: the splats' looks and, where handles pose them, how they are bound.

import { BUFFER } from "../../device/gpu-flags.ts";
import type { PosedScene } from "../pose-renderer.ts";
import type { Splats } from "../renderer.ts";

export interface Surface {
  /** Normal and sigma of each splat, vec4f. */
  surface: GPUBuffer;
  /** vec4f. */
  colors: GPUBuffer;
}

/** Every array of deform.wgsl.ts that no pose changes. */
export interface Rigging {
  handles: number;
  points: GPUBuffer;
  bound: GPUBuffer;
  weights: GPUBuffer;
  rest: GPUBuffer;
  starts: GPUBuffer;
  members: GPUBuffer;
}

export function uploadSurface(device: GPUDevice, { count, normals, sigmas, colors }: Splats): Surface {
  const surface = vec4s(normals, count);
  for (let i = 0; i < count; i++) surface[i * 4 + 3] = sigmas[i];
  return { surface: upload(device, "surface", surface), colors: upload(device, "colors", vec4s(colors, count)) };
}

export function uploadRigging(device: GPUDevice, { splats, handles, binding }: PosedScene): Rigging {
  const { starts, members } = membersOf(binding.indices, binding.weights, handles.count);
  return {
    handles: handles.count,
    points: upload(device, "points", vec4s(splats.positions, splats.count)),
    bound: upload(device, "bound", Uint32Array.from(binding.indices)),
    weights: upload(device, "weights", binding.weights),
    rest: upload(device, "handles", vec4s(handles.positions, handles.count)),
    starts: upload(device, "starts", starts),
    members: upload(device, "members", members),
  };
}

export function destroyAll(resources: object): void {
  for (const resource of Object.values(resources)) if (typeof resource === "object") resource.destroy();
}

/** The binding the other way round: for each handle the places in `indices` that name it with a weight, in ascending order. */
function membersOf(indices: Uint16Array, weights: Float32Array, handles: number) {
  const starts = new Uint32Array(handles + 1);
  for (const [i, handle] of indices.entries()) if (weights[i] !== 0) starts[handle + 1]++;
  for (let k = 0; k < handles; k++) starts[k + 1] += starts[k];
  const next = starts.slice();
  const members = new Uint32Array(starts[handles]);
  for (const [i, handle] of indices.entries()) if (weights[i] !== 0) members[next[handle]++] = i;
  return { starts, members };
}

function vec4s(triples: Float32Array, count: number): Float32Array {
  const values = new Float32Array(count * 4);
  for (let i = 0; i < count; i++) values.set(triples.subarray(i * 3, i * 3 + 3), i * 4);
  return values;
}

/** Bindings must not be empty. */
function upload(device: GPUDevice, label: string, values: Float32Array | Uint32Array): GPUBuffer {
  const size = Math.max(16, values.byteLength);
  const buffer = device.createBuffer({ label, size, usage: BUFFER.storage, mappedAtCreation: true });
  const Kind = values instanceof Uint32Array ? Uint32Array : Float32Array;
  new Kind(buffer.getMappedRange()).set(values);
  buffer.unmap();
  return buffer;
}
