// Runs in the page: one experiment for every pass and material of Babylon that a game may draw a moving model with. Each shows the
// plugin's model and the one moved on the CPU, and the model at rest; passes.test.ts judges.

import { CascadedShadowGenerator } from "@babylonjs/core/Lights/Shadows/cascadedShadowGenerator.js";
import { ShadowGenerator } from "@babylonjs/core/Lights/Shadows/shadowGenerator.js";
import "@babylonjs/core/Lights/Shadows/shadowGeneratorSceneComponent.js";
import { GlowLayer } from "@babylonjs/core/Layers/glowLayer.js";
import { HighlightLayer } from "@babylonjs/core/Layers/highlightLayer.js";
import type { DirectionalLight } from "@babylonjs/core/Lights/directionalLight.js";
import { PointLight } from "@babylonjs/core/Lights/pointLight.js";
import type { Material } from "@babylonjs/core/Materials/material.js";
import { OpenPBRMaterial } from "@babylonjs/core/Materials/PBR/openpbrMaterial.js";
import { PBRMaterial } from "@babylonjs/core/Materials/PBR/pbrMaterial.js";
import { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial.js";
import type { RenderTargetTexture } from "@babylonjs/core/Materials/Textures/renderTargetTexture.js";
import { Color3 } from "@babylonjs/core/Maths/math.color.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh.js";
import { Tools } from "@babylonjs/core/Misc/tools.js";
import "@babylonjs/core/Rendering/outlineRenderer.js";
// Lets a WebGPU engine draw into several textures at once.
import "@babylonjs/core/Engines/WebGPU/Extensions/engine.multiRender.js";
// Adds scene.enableGeometryBufferRenderer.
import "@babylonjs/core/Rendering/geometryBufferRendererSceneComponent.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import { GeometryBufferRenderer } from "@babylonjs/core/Rendering/geometryBufferRenderer.js";
import type { Scene } from "@babylonjs/core/scene.js";
import { moveInGeometryBuffer } from "../../plugin/geometry-buffer.ts";
import { halfToFloat } from "../../runtime/half.ts";
import { samplePose } from "../../runtime/sample.ts";
import { compare, type Difference, type Stage } from "./stage.ts";
import { clipOf, theatre } from "./theatre.ts";

interface Seen {
  same: Difference;
  moved: Difference;
}

/** What a pass changes on a stage, how its picture is read, and how it is taken away again. */
interface Pass {
  read(): Promise<Uint8Array>;
  end(): void;
}

type Setup = (stage: Stage, meshes: AbstractMesh[]) => Pass;

/** "hop" changes size, "wave" does not. */
async function see(setup: Setup, clip: "hop" | "wave"): Promise<Seen> {
  const stage = await theatre();
  const { left, right, player, reference, motion } = stage;
  const data = clipOf(stage, clip);
  player.rest();
  player.update(0);
  reference.pose(motion.field, null);
  const passes = [setup(left, player.meshes), setup(right, reference.meshes)];
  const rest = await passes[1].read();
  player.clip(clip).goToFrame(6);
  player.update(0);
  reference.pose(motion.field, samplePose(motion.field, data, 6 / data.fps));
  const [shown, expected] = [await passes[0].read(), await passes[1].read()];
  for (const pass of passes) pass.end();
  return { same: compare(shown, expected), moved: compare(expected, rest) };
}

const texels = async (texture: RenderTargetTexture): Promise<Uint8Array> => {
  const data = await texture.readPixels();
  if (data === null) throw new Error("The pass could not be read back.");
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
};

function material(make: (scene: Scene) => Material): Setup {
  return ({ scene, pixels }, meshes) => {
    const former = meshes.map((mesh) => mesh.material);
    const other = make(scene);
    for (const mesh of meshes) mesh.material = other;
    const end = () => {
      meshes.forEach((mesh, i) => {
        mesh.material = former[i];
      });
      other.dispose();
    };
    return { read: pixels, end };
  };
}

/** Numbers of a few units as bytes, so that pictures of them compare. */
function shades(pictures: (ArrayBufferView | null)[]): Uint8Array {
  const bytes = pictures.map((data) => {
    if (data === null) throw new Error("The buffer could not be read back.");
    const values =
      data instanceof Uint16Array ? Float32Array.from(data, halfToFloat) : Float32Array.from(data as Float32Array);
    return Uint8Array.from(values, (value) => Math.min(255, Math.max(0, 128 + 40 * value)));
  });
  const all = new Uint8Array(bytes.reduce((sum, one) => sum + one.length, 0));
  bytes.reduce((at, one) => {
    all.set(one, at);
    return at + one.length;
  }, 0);
  return all;
}

const pause = () => new Promise((done) => setTimeout(done, 100));

const red = new Color3(0.8, 0.2, 0.1);

const SETUPS: Record<string, Setup> = {
  "point light shadows": ({ scene, shadowPixels, shadows }, meshes) => {
    const lamp = new PointLight("lamp", new Vector3(-3.5, 3.5, -1), scene);
    // Depths are shares of this range.
    [lamp.shadowMinZ, lamp.shadowMaxZ] = [0.1, 20];
    const generator = new ShadowGenerator(256, lamp);
    generator.bias = 0.01;
    for (const mesh of meshes) generator.addShadowCaster(mesh, false);
    const sun = shadows.getLight();
    sun.setEnabled(false);
    const end = () => {
      generator.dispose();
      lamp.dispose();
      sun.setEnabled(true);
    };
    return { read: shadowPixels, end };
  },
  "cascaded shadows": ({ scene, camera, shadowPixels, shadows }, meshes) => {
    const sun = shadows.getLight() as DirectionalLight;
    const list = shadows.getShadowMap()?.renderList ?? [];
    shadows.dispose();
    const cascaded = new CascadedShadowGenerator(512, sun, false, camera);
    cascaded.shadowMaxZ = 30;
    for (const mesh of meshes) cascaded.addShadowCaster(mesh, false);
    scene.activeCamera = camera;
    const end = () => {
      cascaded.dispose();
      const back = new ShadowGenerator(512, sun);
      for (const mesh of list) back.addShadowCaster(mesh, false);
    };
    return { read: shadowPixels, end };
  },
  outline: ({ pixels }, meshes) => {
    const show = (on: boolean) => {
      for (const mesh of meshes) {
        mesh.renderOutline = on;
        mesh.outlineWidth = 0.08;
        mesh.outlineColor = new Color3(0, 0.1, 0.9);
      }
    };
    show(true);
    // Its shader compiles in the background, and scene.whenReadyAsync does not wait for it.
    const read = async () => {
      await pixels();
      await pause();
      return pixels();
    };
    return { read, end: () => show(false) };
  },
  glow: ({ scene, camera, pixels }, meshes) => {
    const glow = new GlowLayer("glow", scene, { mainTextureFixedSize: 128, camera });
    const shine = new StandardMaterial("shine", scene);
    shine.emissiveColor = red;
    const former = meshes.map((mesh) => mesh.material);
    for (const mesh of meshes) mesh.material = shine;
    const read = async () => {
      await pixels();
      await pixels();
      return texels(glow.mainTexture);
    };
    const end = () => {
      meshes.forEach((mesh, i) => {
        mesh.material = former[i];
      });
      glow.dispose();
      shine.dispose();
    };
    return { read, end };
  },
  highlight: ({ scene, camera, pixels }, meshes) => {
    const layer = new HighlightLayer("highlight", scene, { mainTextureFixedSize: 128, camera });
    for (const mesh of meshes) layer.addMesh(mesh as never, red);
    const read = async () => {
      await pixels();
      await pixels();
      return texels(layer.mainTexture);
    };
    return { read, end: () => layer.dispose() };
  },
  "the geometry buffer": ({ scene, pixels }, meshes) => {
    const renderer = scene.enableGeometryBufferRenderer(1)!;
    renderer.enablePosition = true;
    const end = moveInGeometryBuffer(renderer, meshes as Mesh[]);
    const read = async () => {
      for (let i = 0; i < 3; i++) {
        await pixels();
        await pause();
      }
      const places =
        renderer.getGBuffer().textures[renderer.getTextureIndex(GeometryBufferRenderer.POSITION_TEXTURE_TYPE)];
      const normals =
        renderer.getGBuffer().textures[renderer.getTextureIndex(GeometryBufferRenderer.NORMAL_TEXTURE_TYPE)];
      return shades([await places.readPixels(), await normals.readPixels()]);
    };
    return {
      read,
      end() {
        end();
        scene.disableGeometryBufferRenderer();
      },
    };
  },
  "a standard material": material((scene) => {
    const made = new StandardMaterial("standard", scene);
    made.diffuseColor = red;
    return made;
  }),
  "a PBR material": material((scene) => {
    const made = new PBRMaterial("pbr", scene);
    made.albedoColor = red;
    made.metallic = 0;
    made.roughness = 0.6;
    return made;
  }),
  "an OpenPBR material": material((scene) => {
    const made = new OpenPBRMaterial("openpbr", scene);
    made.baseColor = red;
    made.specularRoughness = 0.6;
    return made;
  }),
};

// OpenPBR fetches a table of noise; the test serves it.
Tools.AssetBaseUrl = location.origin;

Object.assign(globalThis, {
  // An outline's width grows with a handle that grows, and shrinks between handles that turn apart: it follows no normal exactly.
  pass: (name: string) => see(SETUPS[name], name === "outline" ? "wave" : "hop"),
});
