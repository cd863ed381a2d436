// A node that follows one place on a moving model, to hang a prop, a light or a sound on. It moves no vertex; the player does.

import { Matrix, Quaternion, Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode.js";
import type { Player } from "./player.ts";

interface Place {
  mesh: number;
  vertex: number;
}

/**
 * Makes a node that goes with the vertex nearest to `at`: at rest it stands at `at` with the axes of the asset; as the model moves
 * it is carried and turned along. Dispose of the node to end it; it ends with the player too.
 * @param at asset space, the space of the model's root
 * @throws Error where the player moves no mesh
 */
export function createSocket(player: Player, at: Vector3, name = "socket"): TransformNode {
  const node = new TransformNode(name, player.scene);
  node.rotationQuaternion = new Quaternion();
  let place = nearestVertex(player, at);
  let bindings = player.bindings;
  const follow = () => {
    const now = player.bindings;
    if (now.length !== bindings.length || now.some((binding, i) => binding !== bindings[i])) {
      if (now.length === 0) return;
      // Another motion: its handles are others.
      bindings = now;
      place = nearestVertex(player, at);
    }
    const binding = bindings[place.mesh];
    node.parent = player.meshes[place.mesh];
    const toMesh = Matrix.Invert(Matrix.FromArray(binding.meshToAsset));
    carried(player, place, at).multiply(toMesh).decomposeToTransformNode(node);
  };
  follow();
  const observer = player.onPoseObservable.add(follow);
  node.onDisposeObservable.addOnce(() => player.onPoseObservable.remove(observer));
  return node;
}

/** Where a vertex's blend of handles carries `at`, and how it turns there, without the skew of the blend: for row vectors. */
function carried(player: Player, { mesh, vertex }: Place, at: Vector3): Matrix {
  const { indices, weights } = player.bindings[mesh];
  const sum = new Float64Array(12);
  for (let b = vertex * 4; b < vertex * 4 + 4; b++) {
    for (let i = 0; i < 12; i++) sum[i] += (weights[b] / 65535) * player.matrices[indices[b] * 12 + i];
  }
  const column = (c: number) => new Vector3(sum[c], sum[4 + c], sum[8 + c]);
  const x = column(0).normalize();
  const y = column(1);
  y.subtractInPlace(x.scale(Vector3.Dot(x, y))).normalize();
  const z = Vector3.Cross(x, y);
  const turn = Matrix.FromValues(x.x, x.y, x.z, 0, y.x, y.y, y.z, 0, z.x, z.y, z.z, 0, 0, 0, 0, 1);
  const place = [0, 4, 8].map((r) => sum[r] * at.x + sum[r + 1] * at.y + sum[r + 2] * at.z + sum[r + 3]);
  return turn.setTranslationFromFloats(place[0], place[1], place[2]);
}

function nearestVertex(player: Player, at: Vector3): Place {
  let best: Place | null = null;
  let least = Infinity;
  player.meshes.forEach((mesh, index) => {
    const positions = mesh.getVerticesData("position");
    if (positions === null) return;
    const toAsset = Matrix.FromArray(player.bindings[index].meshToAsset);
    const point = new Vector3();
    for (let v = 0; v < positions.length / 3; v++) {
      Vector3.TransformCoordinatesToRef(Vector3.FromArray(positions, v * 3), toAsset, point);
      const squared = Vector3.DistanceSquared(point, at);
      if (squared >= least) continue;
      least = squared;
      best = { mesh: index, vertex: v };
    }
  });
  if (best === null) throw new Error(`A socket on "${player.root.name}" needs a mesh that the motion moves.`);
  return best;
}
