// Registers the glTF loader with its extensions, each fetched when a model needs it, and gives the Draco and meshopt extensions
// decoders from this bundle instead of a content delivery network's.

import "@babylonjs/loaders/glTF/2.0/glTFLoader.js";
import { registerBuiltInGLTFExtensions } from "@babylonjs/loaders/glTF/2.0/Extensions/dynamic.js";
import {
  registerGLTFExtension,
  unregisterGLTFExtension,
} from "@babylonjs/loaders/glTF/2.0/glTFLoaderExtensionRegistry.js";

/** Call once, before the first model is loaded. */
export function registerModelLoader(): void {
  registerBuiltInGLTFExtensions();
  replace("KHR_draco_mesh_compression", async (loader) => (await import("./draco.ts")).createDracoExtension(loader));
  replace("EXT_meshopt_compression", async (loader) => (await import("./meshopt.ts")).createMeshoptExtension(loader));
}

function replace(name: string, factory: Parameters<typeof registerGLTFExtension>[2]): void {
  unregisterGLTFExtension(name);
  registerGLTFExtension(name, true, factory);
}
