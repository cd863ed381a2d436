// The sky: a dome with a gradient in its vertex colours, clouds that drift, and the fog that joins sea and sky.

import { VertexBuffer } from "@babylonjs/core/Buffers/buffer.js";
import { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial.js";
import { Color3, Color4 } from "@babylonjs/core/Maths/math.color.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import { CreateIcoSphere } from "@babylonjs/core/Meshes/Builders/icoSphereBuilder.js";
import { CreateSphere } from "@babylonjs/core/Meshes/Builders/sphereBuilder.js";
import { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import { Scene } from "@babylonjs/core/scene.js";
import { hash } from "./noise.ts";

const ZENITH = Color3.FromHexString("#3f8fdc");
const HORIZON = Color3.FromHexString("#d6eef8");

export function createSky(scene: Scene): void {
  scene.clearColor = Color4.FromColor3(HORIZON);
  scene.fogMode = Scene.FOGMODE_LINEAR;
  scene.fogColor = HORIZON;
  scene.fogStart = 45;
  scene.fogEnd = 150;

  const dome = CreateSphere("sky", { diameter: 400, segments: 24, sideOrientation: Mesh.BACKSIDE }, scene);
  const positions = dome.getVerticesData(VertexBuffer.PositionKind)!;
  const colors = new Float32Array((positions.length / 3) * 4).fill(1);
  for (let v = 0; v < positions.length / 3; v++) {
    const height = Math.max(positions[v * 3 + 1] / 200, 0);
    const color = Color3.Lerp(HORIZON, ZENITH, Math.min(height * 1.9, 1) ** 0.8);
    colors.set([color.r, color.g, color.b], v * 4);
  }
  dome.setVerticesData(VertexBuffer.ColorKind, colors);
  dome.material = glowing("sky", scene);
  dome.infiniteDistance = true;
  dome.isPickable = false;
  dome.applyFog = false;
  createClouds(scene);
}

/** Unlit: the vertex colour is what is seen. */
function glowing(name: string, scene: Scene): StandardMaterial {
  const material = new StandardMaterial(name, scene);
  material.disableLighting = true;
  material.emissiveColor = Color3.White();
  material.fogEnabled = false;
  return material;
}

function createClouds(scene: Scene): void {
  const material = new StandardMaterial("clouds", scene);
  material.specularColor = Color3.Black();
  material.emissiveColor = new Color3(0.3, 0.34, 0.4);
  material.fogEnabled = false;
  const clouds: Mesh[] = [];
  for (let i = 0; i < 9; i++) {
    const puffs: Mesh[] = [];
    for (let j = 0; j < 5; j++) {
      const seed = i * 31 + j * 7;
      const puff = CreateIcoSphere("puff", { radius: 2.2 + 1.6 * hash(seed), subdivisions: 2, flat: true }, scene);
      puff.position = new Vector3((j - 2) * 2.9, hash(seed + 1) * 0.9, (hash(seed + 2) - 0.5) * 3);
      puff.scaling.y = 0.55;
      puffs.push(puff);
    }
    const cloud = Mesh.MergeMeshes(puffs, true)!;
    const angle = (i / 9) * 2 * Math.PI + hash(i);
    const distance = 55 + 40 * hash(i + 100);
    cloud.position = new Vector3(Math.sin(angle) * distance, 7 + 9 * hash(i + 50), -Math.cos(angle) * distance);
    cloud.rotation.y = -angle;
    cloud.material = material;
    cloud.isPickable = false;
    clouds.push(cloud);
  }
  scene.onBeforeRenderObservable.add(() => {
    const seconds = scene.getEngine().getDeltaTime() / 1000;
    for (const [i, cloud] of clouds.entries()) {
      cloud.position.x += seconds * (0.15 + 0.1 * hash(i + 7));
      if (cloud.position.x > 110) cloud.position.x = -110;
    }
  });
}
