// The Draco extension of the glTF loader on the decoder of the draco3dgltf package, bundled; runs without workers.

import { DracoDecoder } from "@babylonjs/core/Meshes/Compression/dracoDecoder.js";
import { KHR_draco_mesh_compression } from "@babylonjs/loaders/glTF/2.0/Extensions/KHR_draco_mesh_compression.pure.js";
import type { GLTFLoader } from "@babylonjs/loaders/glTF/2.0/glTFLoader.js";
import wasm from "draco3dgltf/draco_decoder_gltf.wasm";
import jsModule from "draco3dgltf/draco_decoder_gltf_nodejs.js";

/** Without workers Babylon forgets that the accessors decide what is normalised; byte colours would turn white. */
class BundledDecoder extends DracoDecoder {
  override async decodeMeshToMeshDataAsync(
    ...[data, ids, normalized]: Parameters<DracoDecoder["decodeMeshToMeshDataAsync"]>
  ): ReturnType<DracoDecoder["decodeMeshToMeshDataAsync"]> {
    const mesh = await super.decodeMeshToMeshDataAsync(data, ids, normalized);
    for (const attribute of mesh.attributes)
      attribute.normalized = normalized?.[attribute.kind] ?? attribute.normalized;
    return mesh;
  }
}

let decoder: DracoDecoder | undefined;

export function createDracoExtension(loader: GLTFLoader): KHR_draco_mesh_compression {
  const wasmBinaryUrl = new URL(wasm, import.meta.url).href;
  // The module is at hand, so `wasmUrl` is never fetched; it only says that the pair is complete.
  const files = { jsModule, wasmUrl: wasmBinaryUrl, wasmBinaryUrl, numWorkers: 0 };
  DracoDecoder.DefaultConfiguration = files;
  decoder ??= new BundledDecoder(files);
  const extension = new KHR_draco_mesh_compression(loader);
  extension.dracoDecoder = decoder;
  return extension;
}
