// Gaussian splats that follow a motion. Import it from "animus3d/splats". The player is the same as of a model of triangles and keeps the
// pose; this file carries it to the splats: their textures (splat-pass.ts), their order from back to front, and their bounds.

import { Matrix } from "@babylonjs/core/Maths/math.vector.js";
import type { GaussianSplattingMesh } from "@babylonjs/core/Meshes/GaussianSplatting/gaussianSplattingMesh.js";
import { Logger } from "@babylonjs/core/Misc/logger.js";
import { deformPositions } from "../runtime/deform.ts";
import type { FieldBinding, MotionField } from "../runtime/field.ts";
import { hashPositions } from "../runtime/hash.ts";
import type { Motion } from "./motion.ts";
import type { AttachOptions, Player } from "./player.ts";
import { setBounds } from "./set-bounds.ts";
import { boundsInMesh, type Space, spaceIndex, unionBounds, writeSpace } from "./spaces.ts";
import {
  canSort,
  checkSplats,
  holdsSplats,
  isFlipped,
  showTextures,
  sortBy,
  splatCentres,
  splatTextures,
} from "./splat-mesh.ts";
import { createSplatPass, type SplatPass } from "./splat-pass.ts";

const players = new WeakMap<GaussianSplattingMesh, Player>();

/**
 * Makes the splats of a mesh follow a motion; resolves once the first pose can be drawn. A mesh follows one motion: the player that it
 * had is disposed of.
 * @param mesh what Babylon made of the splat file that the motion was built from
 * @throws Error where the splats are others than the motion's, or cannot be moved on this device
 * @example
 * const { meshes } = await ImportMeshAsync("flower.ply", scene);
 * const player = await attachSplatsAsync(await LoadMotionFieldAsync("flower.motion.glb", scene), meshes[0]);
 * player.clip("sway").start(true);
 */
export async function attachSplatsAsync(
  motion: Motion,
  mesh: GaussianSplattingMesh,
  options: AttachOptions = {},
): Promise<Player> {
  checkSplats(mesh);
  players.get(mesh)?.dispose();
  const scene = mesh.getScene();
  const rest = splatTextures(mesh);
  const all = splatCentres(mesh);
  const { minimum, maximum } = mesh.getBoundingInfo();
  const [low, high] = [minimum.clone(), maximum.clone()];
  let { binding, space, centres } = placed(motion.field, mesh, all);
  let pass = await createSplatPass(rest, binding, motion.field.handleCount, scene);
  await pass.readyAsync();

  const player = motion.attach(mesh, { ...options, bindMeshes: false });
  players.set(mesh, player);
  let [moved, sorted, replacing] = [true, true, false];
  /** The handles' matrices in the mesh's space, row-major 3x4. */
  let local = new Float32Array(player.matrices.length);
  let moving = Float32Array.from(centres);

  function follow(): void {
    if (replacing) return;
    if (moved) {
      writeSpace(space, player.matrices, local, pass.pose, 0);
      pass.run();
      showTextures(mesh, pass.textures);
      [moved, sorted] = [false, false];
    }
    if (!sorted && canSort(mesh)) {
      sorted = true;
      deformPositions(binding, local, centres, moving);
      sortBy(mesh, (positions) => copyCentres(moving, positions));
    }
  }

  function showBounds(): void {
    const all = motion.field.clips.reduce((box, clip) => unionBounds(box, clip.bounds), motion.field.bounds);
    setBounds(mesh, boundsInMesh(all, space));
  }

  /** Until the new motion's handles can move the splats, they keep their last pose. */
  async function replace(): Promise<void> {
    const field = motion.field;
    replacing = true;
    try {
      const next = placed(field, mesh, all);
      const nextPass = await createSplatPass(rest, next.binding, field.handleCount, scene);
      await nextPass.readyAsync();
      // A still newer motion has come, or the end.
      if (player.isDisposed || motion.field !== field) return nextPass.dispose();
      const old: SplatPass = pass;
      [{ binding, space, centres }, pass, moved, replacing] = [next, nextPass, true, false];
      local = new Float32Array(player.matrices.length);
      moving = Float32Array.from(centres);
      follow();
      old.dispose();
      showBounds();
    } catch (error) {
      Logger.Warn((error as Error).message);
      player.dispose();
    }
  }

  player.onPoseObservable.add(() => {
    moved = true;
  });
  const rendering = scene.onBeforeRenderObservable.add(follow);
  const replaced = motion.onReplacedObservable.add(() => replace());
  player.onDisposeObservable.addOnce(() => {
    if (players.get(mesh) === player) players.delete(mesh);
    scene.onBeforeRenderObservable.remove(rendering);
    motion.onReplacedObservable.remove(replaced);
    if (mesh.isDisposed()) {
      for (const texture of Object.values(rest)) texture.dispose();
    } else {
      showTextures(mesh, rest);
      sortBy(mesh, (positions) => copyCentres(centres, positions));
      setBounds(mesh, { min: low.asArray(), max: high.asArray() });
    }
    pass.dispose();
  });
  showBounds();
  return player;
}

interface Placed {
  binding: FieldBinding;
  space: Space;
  /** At rest, mesh-local, [count * 3]. */
  centres: Float32Array;
}

/** The motion's binding for these splats, and the space that they live in. @param all centres at rest, [splats * 3] */
function placed(field: MotionField, mesh: GaussianSplattingMesh, all: Float32Array): Placed {
  const found = field.bindings.find((binding) => holdsSplats(mesh, binding.vertexCount));
  if (found === undefined) {
    const counts = field.bindings.map((binding) => binding.vertexCount).join(", ");
    throw new Error(
      `"${mesh.name}" has about ${mesh.splatCount} splats; the motion of "${field.asset.name}" was made for ${counts}. ` +
        "Attach it to the file that it was built from, or build it again.",
    );
  }
  const centres = all.slice(0, found.vertexCount * 3);
  const flip = isFlipped(mesh) ? -1 : 1;
  if (hashPositions(centres.map((value, i) => (i % 3 === 1 ? flip * value : value))) !== found.positionsHash) {
    Logger.Warn(
      `The splats of "${mesh.name}" are not those that the motion of "${field.asset.name}" was made for: ` +
        "the model changed. Build its motion again.",
    );
  }
  const toAsset = Matrix.Scaling(1, flip, 1).multiply(Matrix.FromArray(found.meshToAsset));
  const binding = { ...found, meshToAsset: Float32Array.from(toAsset.m) };
  const spaces: Space[] = [];
  spaceIndex(spaces, binding);
  return { binding, space: spaces[0], centres };
}

/** @param from stride 3 @param to stride 4, whose fourth numbers stay */
function copyCentres(from: Float32Array, to: Float32Array): void {
  for (let v = 0; v < from.length / 3; v++) to.set(from.subarray(v * 3, v * 3 + 3), v * 4);
}
