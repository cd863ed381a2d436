// Sun, sky light and shadows. Everything that should throw a shadow is handed to the returned generator.

import { DirectionalLight } from "@babylonjs/core/Lights/directionalLight.js";
import { HemisphericLight } from "@babylonjs/core/Lights/hemisphericLight.js";
import { ShadowGenerator } from "@babylonjs/core/Lights/Shadows/shadowGenerator.js";
import { ImageProcessingConfiguration } from "@babylonjs/core/Materials/imageProcessingConfiguration.js";
import { Color3 } from "@babylonjs/core/Maths/math.color.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { Scene } from "@babylonjs/core/scene.js";

export function createLight(scene: Scene, shadowMapSize: number): ShadowGenerator {
  const sky = new HemisphericLight("sky light", new Vector3(0.1, 1, 0.25), scene);
  sky.intensity = 0.72;
  sky.diffuse = new Color3(0.93, 0.97, 1);
  sky.groundColor = new Color3(0.62, 0.58, 0.5);
  sky.specular = Color3.Black();

  const sun = new DirectionalLight("sun", new Vector3(-0.5, -1, -0.62).normalize(), scene);
  sun.position = new Vector3(18, 36, 22);
  sun.intensity = 1.05;
  sun.diffuse = new Color3(1, 0.95, 0.84);
  sun.autoUpdateExtends = false;
  sun.shadowFrustumSize = 40;
  sun.shadowMinZ = 8;
  sun.shadowMaxZ = 80;

  const shadows = new ShadowGenerator(shadowMapSize, sun);
  shadows.usePercentageCloserFiltering = true;
  shadows.filteringQuality = ShadowGenerator.QUALITY_HIGH;
  shadows.bias = 0.0012;
  shadows.normalBias = 0.012;
  shadows.darkness = 0.18;

  const image = scene.imageProcessingConfiguration;
  image.toneMappingEnabled = true;
  image.toneMappingType = ImageProcessingConfiguration.TONEMAPPING_KHR_PBR_NEUTRAL;
  image.contrast = 1.12;
  image.exposure = 1.08;
  return shadows;
}
