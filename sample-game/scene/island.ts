// The island and the water around it, one mesh each.

import { Color3 } from "@babylonjs/core/Maths/math.color.js";
import { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import { VertexData } from "@babylonjs/core/Meshes/mesh.vertexData.js";
import type { Scene } from "@babylonjs/core/scene.js";
import { hash, noise } from "./noise.ts";
import { mattMaterial, paintTriangles, vary } from "./paint.ts";
import { groundHeight, shoreRadius } from "./terrain.ts";

const GRASS = Color3.FromHexString("#a3c76d");
const MEADOW = Color3.FromHexString("#86b458");
const ROCK = Color3.FromHexString("#a58f7a");
const SAND = Color3.FromHexString("#efdca6");
const SHALLOW = Color3.FromHexString("#5fd3d0");
const DEEP = Color3.FromHexString("#2f8fc4");
export const WATER_Y = -0.75;

/** Rings of triangles around the origin out to `reach(angle)`; heights by `height`. */
function disc(
  name: string,
  scene: Scene,
  rings: number,
  sectors: number,
  reach: (angle: number) => number,
  height: (x: number, z: number) => number,
): Mesh {
  const positions = [0, height(0, 0), 0];
  const indices: number[] = [];
  for (let ring = 1; ring <= rings; ring++) {
    for (let sector = 0; sector < sectors; sector++) {
      const angle = ((sector + (ring % 2) / 2) / sectors) * 2 * Math.PI;
      const r = (ring / rings) * reach(angle);
      const x = Math.cos(angle) * r;
      const z = Math.sin(angle) * r;
      positions.push(x, height(x, z), z);
      const at = (i: number, j: number) => (i === 0 ? 0 : 1 + (i - 1) * sectors + ((j + sectors) % sectors));
      // A ring's corners lie half a sector beside those of the ring before.
      const inner = ring % 2 === 1 ? sector : sector - 1;
      indices.push(at(ring, sector), at(ring, sector + 1), at(ring - 1, inner + 1));
      if (ring > 1) indices.push(at(ring, sector), at(ring - 1, inner + 1), at(ring - 1, inner));
    }
  }
  const data = new VertexData();
  data.positions = positions;
  data.indices = indices;
  const normals: number[] = [];
  VertexData.ComputeNormals(positions, indices, normals);
  data.normals = normals;
  const mesh = new Mesh(name, scene);
  data.applyToMesh(mesh);
  return mesh;
}

export function createIsland(scene: Scene): Mesh {
  const island = disc("island", scene, 44, 120, (angle) => shoreRadius(angle) + 2.4, groundHeight);
  paintTriangles(island, (x, y, z, up, triangle) => {
    const grain = (hash(triangle) - 0.5) * 0.07;
    if (y < -0.28) return vary(SAND, grain);
    if (up < 0.72) return vary(ROCK, grain * 1.6);
    return vary(Color3.Lerp(GRASS, MEADOW, 0.5 + 0.5 * noise(x * 0.35 + 9, z * 0.35)), grain);
  });
  island.material = mattMaterial("island", scene);
  island.receiveShadows = true;
  island.isPickable = false;
  return island;
}

export function createWater(scene: Scene): Mesh {
  const water = disc(
    "water",
    scene,
    26,
    72,
    () => 150,
    () => WATER_Y,
  );
  paintTriangles(water, (x, _y, z, _up, triangle) => {
    const beyond = Math.hypot(x, z) - shoreRadius(Math.atan2(z, x));
    const depth = Math.min(Math.max(beyond / 22, 0), 1);
    return vary(Color3.Lerp(SHALLOW, DEEP, Math.sqrt(depth)), (hash(triangle) - 0.5) * 0.05);
  });
  const material = mattMaterial("water", scene);
  material.alpha = 0.88;
  water.material = material;
  water.isPickable = false;
  return water;
}
