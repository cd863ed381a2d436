// The glTF loader's extension ANIMUS_motion_field: a model with its motion packed in it (`animus export --to packed`) loads as
// one. Import it from "animus3d/gltf"; nothing is registered before `registerMotionFieldExtension` is called.

import { Logger } from "@babylonjs/core/Misc/logger.js";
import type { Node } from "@babylonjs/core/node.js";
import type { GLTFLoader } from "@babylonjs/loaders/glTF/2.0/glTFLoader.js";
import type { IGLTFLoaderExtension } from "@babylonjs/loaders/glTF/2.0/glTFLoaderExtension.js";
import {
  registerGLTFExtension,
  unregisterGLTFExtension,
} from "@babylonjs/loaders/glTF/2.0/glTFLoaderExtensionRegistry.js";
import { readMotionField } from "../runtime/decode.ts";
import { EXTENSION_NAME, type MotionField } from "../runtime/field.ts";
import { Motion } from "./motion.ts";

const motions = new WeakMap<Node, Motion>();
let registered = false;

/** Lets Babylon's glTF loader read packed motions. A second call does nothing. */
export function registerMotionFieldExtension(): void {
  if (registered) return;
  registered = true;
  registerGLTFExtension(EXTENSION_NAME, true, (loader) => new MotionFieldExtension(loader));
}

/** Models load without their motions again; those that are loaded keep theirs. */
export function unregisterMotionFieldExtension(): void {
  if (registered) unregisterGLTFExtension(EXTENSION_NAME);
  registered = false;
}

/**
 * The motion that came with a model, to attach to it.
 * @param node the root that the loader gave, or anything below it
 * @returns null where none was packed in the model, or it could not be read (a warning says why)
 */
export function motionOf(node: Node): Motion | null {
  for (let at: Node | null = node; at !== null; at = at.parent) {
    const motion = motions.get(at);
    if (motion !== undefined) return motion;
  }
  return null;
}

class MotionFieldExtension implements IGLTFLoaderExtension {
  readonly name = EXTENSION_NAME;
  enabled: boolean;
  #loader: GLTFLoader;

  constructor(loader: GLTFLoader) {
    this.#loader = loader;
    this.enabled = loader.isExtensionUsed(EXTENSION_NAME);
  }

  /** Instances of a mesh cannot move by themselves. */
  onLoading(): void {
    this.#loader.parent.createInstances = false;
  }

  /** The model loads without its motion where that cannot be read. */
  async onReady(): Promise<void> {
    const root = this.#loader.rootBabylonMesh;
    if (root === null) return;
    try {
      keep(new Motion(await this.#read(), this.#loader.babylonScene), root);
    } catch (error) {
      Logger.Warn(
        `The motion in "${root.name}" could not be read, the model stands still: ${(error as Error).message}`,
      );
    }
  }

  async #read(): Promise<MotionField> {
    const { bin, gltf } = this.#loader;
    if (bin === null) throw new Error("the file has no binary chunk. Pack the motion into a .glb.");
    const bytes = await bin.readAsync(0, bin.byteLength);
    const copy = new Uint8Array(bytes.byteLength);
    copy.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return apart(readMotionField(gltf, copy.buffer));
  }

  dispose(): void {}
}

/** The motion goes with its model, unless it plays on others too. */
function keep(motion: Motion, root: Node): void {
  motions.set(root, motion);
  root.onDisposeObservable.addOnce(() => {
    if (motion.players.every((player) => player.root === root)) motion.dispose();
  });
}

/** The same field in arrays of its own, so that it does not hold on to the model's whole buffer. */
function apart(field: MotionField): MotionField {
  return {
    ...field,
    handles: field.handles.slice(),
    bindings: field.bindings.map((binding) => {
      return { ...binding, indices: binding.indices.slice(), weights: binding.weights.slice() };
    }),
    clips: field.clips.map((clip) => ({ ...clip, texels: clip.texels.slice() })),
  };
}
