// Runs in the page: a small stage with a shadow-casting light and a floor, the test model on it, and pixels read back. Two
// stages stand side by side in the tests: one moved by the plugin, one by the CPU sampler (reference.ts).

import "@babylonjs/loaders/glTF/2.0/index.js";
import { ArcRotateCamera } from "@babylonjs/core/Cameras/arcRotateCamera.js";
import type { AbstractEngine } from "@babylonjs/core/Engines/abstractEngine.js";
import { DirectionalLight } from "@babylonjs/core/Lights/directionalLight.js";
import { HemisphericLight } from "@babylonjs/core/Lights/hemisphericLight.js";
import { ShadowGenerator } from "@babylonjs/core/Lights/Shadows/shadowGenerator.js";
// Lets the scene find its shadow generators.
import "@babylonjs/core/Lights/Shadows/shadowGeneratorSceneComponent.js";
import { LoadAssetContainerAsync } from "@babylonjs/core/Loading/sceneLoader.js";
import { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial.js";
import { RenderTargetTexture } from "@babylonjs/core/Materials/Textures/renderTargetTexture.js";
import { Color3, Color4 } from "@babylonjs/core/Maths/math.color.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh.js";
import { CreateGround } from "@babylonjs/core/Meshes/Builders/groundBuilder.js";
// Adds scene.pick and its like.
import "@babylonjs/core/Culling/ray.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import { Scene } from "@babylonjs/core/scene.js";

export interface Stage {
  scene: Scene;
  camera: ArcRotateCamera;
  shadows: ShadowGenerator;
  /** Loads a copy of the model; its root is the loader's `__root__`. */
  load(url: string): Promise<Mesh>;
  /** RGBA bytes of the camera's picture. */
  pixels(): Promise<Uint8Array>;
  /** The same with the camera on the shadow alone. */
  shadowPixels(): Promise<Uint8Array>;
}

export function createStage(engine: AbstractEngine, size: number): Stage {
  const scene = new Scene(engine);
  scene.clearColor = new Color4(0.75, 0.8, 0.9, 1);
  const camera = new ArcRotateCamera("camera", 1.1, 1.2, 6.5, new Vector3(0, 1.4, 0), scene);
  new HemisphericLight("sky", new Vector3(0, 1, 0), scene).intensity = 0.6;
  const sun = new DirectionalLight("sun", new Vector3(1, -1, 0.35), scene);
  sun.position = new Vector3(-6, 6, -2);
  sun.intensity = 1.5;
  const shadows = new ShadowGenerator(512, sun);
  const floor = CreateGround("floor", { width: 14, height: 14 }, scene);
  const stone = new StandardMaterial("stone", scene);
  stone.diffuseColor = new Color3(0.7, 0.68, 0.6);
  stone.specularColor = Color3.Black();
  floor.material = stone;
  floor.receiveShadows = true;
  floor.isPickable = false;

  const target = new RenderTargetTexture("picture", size, scene, { generateMipMaps: false });
  camera.outputRenderTarget = target;

  async function pixels(): Promise<Uint8Array> {
    await scene.whenReadyAsync();
    engine.beginFrame();
    scene.render();
    engine.endFrame();
    const data = await target.readPixels();
    if (data === null) throw new Error("The picture could not be read back.");
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  }

  return {
    scene,
    camera,
    shadows,
    async load(url) {
      const container = await LoadAssetContainerAsync(url, scene, {
        pluginOptions: { gltf: { createInstances: false } },
      });
      container.addAllToScene();
      const root = container.rootNodes[0] as Mesh;
      for (const mesh of root.getChildMeshes(false) as AbstractMesh[]) shadows.addShadowCaster(mesh, false);
      return root;
    },
    pixels,
    async shadowPixels() {
      const [alpha, beta, radius, goal] = [camera.alpha, camera.beta, camera.radius, camera.target.clone()];
      camera.setTarget(new Vector3(3.2, 0, 0.9));
      [camera.alpha, camera.beta, camera.radius] = [1.1, 0.05, 3.4];
      const picture = await pixels();
      camera.setTarget(goal);
      [camera.alpha, camera.beta, camera.radius] = [alpha, beta, radius];
      return picture;
    },
  };
}

export interface Difference {
  /** Mean absolute difference of all channels, 0..255. */
  mean: number;
  /** Share of pixels that differ by more than 24 levels in a channel. */
  share: number;
}

export function compare(a: Uint8Array, b: Uint8Array): Difference {
  if (a.length !== b.length) throw new Error(`Pictures of ${a.length} and ${b.length} bytes.`);
  let sum = 0;
  let pixelsApart = 0;
  for (let i = 0; i < a.length; i += 4) {
    let most = 0;
    for (let c = 0; c < 3; c++) {
      const difference = Math.abs(a[i + c] - b[i + c]);
      sum += difference;
      most = Math.max(most, difference);
    }
    if (most > 24) pixelsApart++;
  }
  return { mean: sum / ((a.length / 4) * 3), share: pixelsApart / (a.length / 4) };
}
