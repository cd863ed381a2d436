// What colour a glTF material gives its surface: base colour, or what stands for it in materials made otherwise. No shading.

import type { Material as GltfMaterial, Texture, TextureInfo } from "@gltf-transform/core";
import { TextureInfo as Info } from "@gltf-transform/core";
import type { PBRSpecularGlossiness, Transform } from "@gltf-transform/extensions";
import type { Image, Material, Wrap } from "./asset.ts";

export interface SurfaceMaterial {
  material: Material;
  /** Set of texture coordinates that the texture is laid out in. */
  texCoord: number;
  /** u' = m[0] u + m[1] v + m[2], v' = m[3] u + m[4] v + m[5] (KHR_texture_transform). */
  uvTransform: readonly [number, number, number, number, number, number];
}

type Factor = [number, number, number, number];

/** @param decode Decodes a texture; called once per use, so it should remember its results. */
export async function readMaterial(
  source: GltfMaterial | null,
  decode: (texture: Texture) => Promise<Image | null>,
): Promise<SurfaceMaterial> {
  const { factor, texture, info } = source
    ? colourOf(source)
    : { factor: [1, 1, 1, 1] as Factor, texture: null, info: null };
  const transform = info?.getExtension<Transform>("KHR_texture_transform") ?? null;
  return {
    material: {
      baseColorFactor: factor,
      texture: texture ? await decode(texture) : null,
      wrap: [wrapOf(info?.getWrapS()), wrapOf(info?.getWrapT())],
      alphaMode: source?.getAlphaMode() ?? "OPAQUE",
      alphaCutoff: source?.getAlphaCutoff() ?? 0.5,
      doubleSided: source?.getDoubleSided() ?? false,
    },
    texCoord: transform?.getTexCoord() ?? info?.getTexCoord() ?? 0,
    uvTransform: transform ? uvTransformOf(transform) : [1, 0, 0, 0, 1, 0],
  };
}

function colourOf(source: GltfMaterial): { factor: Factor; texture: Texture | null; info: TextureInfo | null } {
  const glossy = source.getExtension<PBRSpecularGlossiness>("KHR_materials_pbrSpecularGlossiness");
  if (glossy) {
    return {
      factor: [...glossy.getDiffuseFactor()] as Factor,
      texture: glossy.getDiffuseTexture(),
      info: glossy.getDiffuseTextureInfo(),
    };
  }
  const factor = [...source.getBaseColorFactor()] as Factor;
  const texture = source.getBaseColorTexture();
  const emissive = source.getEmissiveFactor();
  // Some exporters put an unlit surface's colour into the emission over black.
  if (Math.max(factor[0], factor[1], factor[2]) < 0.01 && Math.max(...emissive) > 0.01) {
    return {
      factor: [emissive[0], emissive[1], emissive[2], factor[3]],
      texture: source.getEmissiveTexture(),
      info: source.getEmissiveTextureInfo(),
    };
  }
  return { factor, texture, info: source.getBaseColorTextureInfo() };
}

function wrapOf(mode: number | undefined): Wrap {
  if (mode === Info.WrapMode.CLAMP_TO_EDGE) return "clamp";
  return mode === Info.WrapMode.MIRRORED_REPEAT ? "mirror" : "repeat";
}

/** Translation * rotation * scale, as the extension's specification writes it. */
function uvTransformOf(transform: Transform): [number, number, number, number, number, number] {
  const [x, y] = transform.getOffset();
  const [sx, sy] = transform.getScale();
  const c = Math.cos(transform.getRotation());
  const s = Math.sin(transform.getRotation());
  return [c * sx, s * sy, x, -s * sx, c * sy, y];
}
