// The meshopt extension of the glTF loader on the decoder of the meshoptimizer package, bundled.

import { MeshoptCompression } from "@babylonjs/core/Meshes/Compression/meshoptCompression.js";
import { EXT_meshopt_compression } from "@babylonjs/loaders/glTF/2.0/Extensions/EXT_meshopt_compression.pure.js";
import type { GLTFLoader } from "@babylonjs/loaders/glTF/2.0/glTFLoader.js";
import { MeshoptDecoder } from "meshoptimizer";

export function createMeshoptExtension(loader: GLTFLoader): EXT_meshopt_compression {
  // Babylon runs the script at `url` and then expects the global; the global is here already, so the script is empty.
  Object.assign(globalThis, { MeshoptDecoder });
  MeshoptCompression.Configuration = { decoder: { url: "data:text/javascript," } };
  return new EXT_meshopt_compression(loader);
}
