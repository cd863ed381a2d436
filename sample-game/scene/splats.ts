// What the game needs for Gaussian splats, fetched when the first splat file is dropped: Babylon's loader and the plugin's entry.

import "@babylonjs/loaders/SPLAT/splatFileLoader.js";
// Babylon draws splats once their shadow's shader is there, in scenes with shadows, and would fetch it from a server.
import "@babylonjs/core/Shaders/gaussianSplattingDepth.fragment.js";
import "@babylonjs/core/Shaders/gaussianSplattingDepth.vertex.js";
import "@babylonjs/core/ShadersWGSL/gaussianSplattingDepth.fragment.js";
import "@babylonjs/core/ShadersWGSL/gaussianSplattingDepth.vertex.js";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh.js";
import type { GaussianSplattingMesh } from "@babylonjs/core/Meshes/GaussianSplatting/gaussianSplattingMesh.js";
import type { Motion, Player } from "../../plugin/index.ts";
import { attachSplatsAsync } from "../../plugin/splats.ts";

/** Babylon's own reader of .spz; the other one would be fetched from a server elsewhere. */
export const SPLAT_OPTIONS = { spzLibraryUrl: "" };

export function attachSplats(motion: Motion, root: AbstractMesh): Promise<Player> {
  return attachSplatsAsync(motion, root as GaussianSplattingMesh);
}
