// Trees, rocks and flowers around the terraces: a few meshes, many thin instances, none where an asset stands.

import "@babylonjs/core/Meshes/thinInstanceMesh.js";
import { Color3 } from "@babylonjs/core/Maths/math.color.js";
import { Matrix, Quaternion, Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import { CreateCylinder } from "@babylonjs/core/Meshes/Builders/cylinderBuilder.js";
import { CreateIcoSphere } from "@babylonjs/core/Meshes/Builders/icoSphereBuilder.js";
import { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import type { Scene } from "@babylonjs/core/scene.js";
import { hash } from "./noise.ts";
import { mattMaterial, paintTriangles, vary } from "./paint.ts";
import { assetPlace, groundHeight, shoreRadius } from "./terrain.ts";

/** Plants the island; returns the meshes that throw shadows. */
export function createPlants(scene: Scene): Mesh[] {
  const trees = [pine(scene), broadleaf(scene)];
  scatter(trees[0], 26, 1, { clear: 2.6, fromShore: [1.6, 3.2], scale: [0.8, 1.5], behind: 1.5 });
  scatter(trees[1], 12, 2, { clear: 2.8, fromShore: [1.8, 3.4], scale: [0.8, 1.25], behind: 2.5 });
  const rocks = stone(scene);
  scatter(rocks, 46, 3, { clear: 1.8, fromShore: [-0.6, 2.4], scale: [0.35, 1.2], behind: 99 });
  const flowers = ["#f4675f", "#ffd84f", "#f7f3ea"].map((color, i) => {
    const mesh = blossom(color, scene);
    scatter(mesh, 46, 10 + i, { clear: 1.45, fromShore: [2, 13], scale: [0.7, 1.3], behind: 99 });
    return mesh;
  });
  return [...trees, rocks, ...flowers];
}

interface Scatter {
  /** Free distance to every asset's place. */
  clear: number;
  /** Distance inside the shore line. */
  fromShore: [number, number];
  scale: [number, number];
  /** Largest z: nothing tall between the camera and the assets. */
  behind: number;
}

function scatter(mesh: Mesh, count: number, seed: number, { clear, fromShore, scale, behind }: Scatter): void {
  const places = Array.from({ length: 15 }, (_, i) => assetPlace(i));
  const matrices: Matrix[] = [];
  for (let i = 0; matrices.length < count && i < count * 12; i++) {
    const random = (k: number) => hash(seed * 7919 + i * 13 + k);
    const angle = random(0) * 2 * Math.PI;
    const r = shoreRadius(angle) - fromShore[0] - (fromShore[1] - fromShore[0]) * random(1);
    const x = Math.cos(angle) * r;
    const z = Math.sin(angle) * r;
    if (z > behind && Math.abs(x) < 11) continue;
    if (places.some((place) => Math.hypot(place.x - x, place.z - z) < clear)) continue;
    const size = scale[0] + (scale[1] - scale[0]) * random(2);
    const turn = Quaternion.RotationAxis(Vector3.Up(), random(3) * 2 * Math.PI);
    matrices.push(
      Matrix.Compose(
        new Vector3(size, size * (0.9 + 0.25 * random(4)), size),
        turn,
        new Vector3(x, groundHeight(x, z) - 0.03, z),
      ),
    );
  }
  mesh.thinInstanceAdd(matrices);
}

function finish(name: string, parts: Mesh[], scene: Scene): Mesh {
  const mesh = Mesh.MergeMeshes(parts, true)!;
  mesh.name = name;
  mesh.material = mattMaterial(name, scene);
  mesh.receiveShadows = true;
  mesh.isPickable = false;
  return mesh;
}

function solid(mesh: Mesh, hex: string, grain = 0.08): Mesh {
  const color = Color3.FromHexString(hex);
  mesh.bakeCurrentTransformIntoVertices();
  return paintTriangles(mesh, (_x, _y, _z, _up, triangle) => vary(color, (hash(triangle + 17) - 0.5) * grain * 2));
}

function pine(scene: Scene): Mesh {
  const trunk = CreateCylinder(
    "trunk",
    { height: 0.7, diameterTop: 0.2, diameterBottom: 0.28, tessellation: 7 },
    scene,
  );
  trunk.position.y = 0.35;
  const parts = [solid(trunk, "#7b5236")];
  for (const [i, [y, width]] of [
    [0.95, 1.7],
    [1.6, 1.35],
    [2.2, 0.95],
  ].entries()) {
    const cone = CreateCylinder(
      "cone",
      { height: 1.05, diameterTop: 0.02, diameterBottom: width, tessellation: 9 },
      scene,
    );
    cone.position.y = y;
    cone.rotation.y = i;
    parts.push(solid(cone, ["#2f7d4f", "#378a57", "#419862"][i]));
  }
  return finish("pine", parts, scene);
}

function broadleaf(scene: Scene): Mesh {
  const trunk = CreateCylinder(
    "trunk",
    { height: 1.3, diameterTop: 0.18, diameterBottom: 0.3, tessellation: 7 },
    scene,
  );
  trunk.position.y = 0.65;
  const parts = [solid(trunk, "#8a5d3b")];
  for (const [x, y, z, r] of [
    [0, 1.75, 0, 0.8],
    [0.5, 1.5, 0.2, 0.52],
    [-0.45, 1.55, -0.2, 0.55],
  ]) {
    const crown = CreateIcoSphere("crown", { radius: r, subdivisions: 2 }, scene);
    crown.position.set(x, y, z);
    parts.push(solid(crown, "#5ba84a"));
  }
  return finish("broadleaf", parts, scene);
}

function stone(scene: Scene): Mesh {
  const rock = CreateIcoSphere("rock", { radius: 0.42, subdivisions: 2 }, scene);
  rock.scaling.set(1.2, 0.75, 0.95);
  return finish("rock", [solid(rock, "#a79c92")], scene);
}

function blossom(color: string, scene: Scene): Mesh {
  const stem = CreateCylinder("stem", { height: 0.2, diameter: 0.025, tessellation: 5 }, scene);
  stem.position.y = 0.1;
  const head = CreateIcoSphere("head", { radius: 0.06, subdivisions: 1 }, scene);
  head.position.y = 0.22;
  head.scaling.y = 0.7;
  return finish("blossom", [solid(stem, "#4e9440"), solid(head, color)], scene);
}
