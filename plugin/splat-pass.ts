// Moves splats on the GPU: from the rest textures of a GaussianSplattingMesh and a pose it draws the textures that Babylon reads, so that
// colour, shadow, depth and picking passes all see the moved splats. When to run is splats.ts' business.

import { Constants } from "@babylonjs/core/Engines/constants.js";
import { EffectRenderer, EffectWrapper } from "@babylonjs/core/Materials/effectRenderer.js";
import { ShaderLanguage } from "@babylonjs/core/Materials/shaderLanguage.js";
import { RawTexture } from "@babylonjs/core/Materials/Textures/rawTexture.js";
import { RenderTargetTexture } from "@babylonjs/core/Materials/Textures/renderTargetTexture.js";
import type { Scene } from "@babylonjs/core/scene.js";
import type { FieldBinding } from "../runtime/field.ts";
import { floatToHalf } from "../runtime/half.ts";
import { createPoseTexture } from "./pose-texture.ts";
import type { SplatTextures } from "./splat-mesh.ts";

export interface SplatPass {
  /** What `run` writes. */
  textures: SplatTextures;
  /** Column-major 4x4 per handle in the mesh's space, [handles * 16]; fill before `run`. */
  pose: Float32Array;
  readyAsync(): Promise<void>;
  run(): void;
  dispose(): void;
}

/** Halves count whole numbers exactly up to this. */
const MOST_HANDLES = 2048;

interface Shaders {
  VERTEX: string;
  FRAGMENT: string;
}

/** @throws Error, RangeError where the device or the motion asks for more than the pass can do */
export async function createSplatPass(
  rest: SplatTextures,
  binding: FieldBinding,
  handles: number,
  scene: Scene,
): Promise<SplatPass> {
  const engine = scene.getEngine();
  const caps = engine.getCaps();
  if (!caps.textureFloatRender || !caps.textureHalfFloatRender) {
    throw new Error("This device cannot render float textures, which moving splats needs. Show the splats at rest.");
  }
  if (handles > MOST_HANDLES || handles * 4 > caps.maxTextureSize) {
    throw new RangeError(
      `Splats can follow ${Math.min(MOST_HANDLES, caps.maxTextureSize / 4)} handles, not ${handles}.`,
    );
  }
  const { VERTEX, FRAGMENT }: Shaders = await (engine.isWebGPU
    ? import("./splat-pass.wgsl.ts")
    : import("./splat-pass.glsl.ts"));
  const size = rest.centers.getSize();
  const indices = halfTexture(binding.indices, size, scene);
  const weights = halfTexture(
    Float32Array.from(binding.weights, (weight) => weight / 65535),
    size,
    scene,
  );
  const poses = createPoseTexture(handles, 1, scene);
  const renderer = new EffectRenderer(engine);
  const outputs = [Constants.TEXTURETYPE_FLOAT, Constants.TEXTURETYPE_HALF_FLOAT, Constants.TEXTURETYPE_HALF_FLOAT].map(
    (type, output) => {
      const target = new RenderTargetTexture(`moved splats ${output}`, size, scene, {
        generateMipMaps: false,
        generateDepthBuffer: false,
        type,
        format: Constants.TEXTUREFORMAT_RGBA,
        samplingMode: Constants.TEXTURE_NEAREST_SAMPLINGMODE,
      });
      const wrapper = new EffectWrapper({
        engine,
        // Babylon shares effects by name, and disposing of one would take it from the others.
        name: `moveSplats ${poses.texture.uniqueId} ${output}`,
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        shaderLanguage: engine.isWebGPU ? ShaderLanguage.WGSL : ShaderLanguage.GLSL,
        defines: [`#define OUTPUT ${output}`],
        samplerNames: [
          "restCenters",
          "restCovariancesA",
          "restCovariancesB",
          "handleIndices",
          "handleWeights",
          "poseTexture",
        ],
      });
      wrapper.onApplyObservable.add(() => {
        wrapper.effect.setTexture("restCenters", rest.centers);
        wrapper.effect.setTexture("restCovariancesA", rest.covariancesA);
        wrapper.effect.setTexture("restCovariancesB", rest.covariancesB);
        wrapper.effect.setTexture("handleIndices", indices);
        wrapper.effect.setTexture("handleWeights", weights);
        wrapper.effect.setTexture("poseTexture", poses.texture);
      });
      return { target, wrapper };
    },
  );
  const [centers, covariancesA, covariancesB] = outputs.map(({ target }) => target);
  return {
    textures: { centers, covariancesA, covariancesB },
    pose: poses.data,
    async readyAsync() {
      await Promise.all(outputs.map(({ wrapper }) => new Promise((done) => wrapper.effect.executeWhenCompiled(done))));
    },
    run() {
      poses.upload();
      for (const { target, wrapper } of outputs) renderer.render(wrapper, target);
    },
    dispose() {
      renderer.dispose();
      for (const { target, wrapper } of outputs) {
        wrapper.dispose();
        target.dispose();
      }
      for (const texture of [indices, weights, poses]) texture.dispose();
    },
  };
}

/** Four values a splat in the places of the splats; zero beyond them. */
function halfTexture(values: ArrayLike<number>, size: { width: number; height: number }, scene: Scene): RawTexture {
  const data = new Uint16Array(size.width * size.height * 4);
  for (let i = 0; i < values.length; i++) data[i] = floatToHalf(values[i]);
  return new RawTexture(
    data,
    size.width,
    size.height,
    Constants.TEXTUREFORMAT_RGBA,
    scene,
    false,
    false,
    Constants.TEXTURE_NEAREST_SAMPLINGMODE,
    Constants.TEXTURETYPE_HALF_FLOAT,
  );
}
