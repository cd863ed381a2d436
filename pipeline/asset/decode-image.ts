// Decodes a texture of a model to RGBA rows, small enough to look colours up in. PNG, JPEG, WebP and AVIF; no KTX2.

import type { Texture } from "@gltf-transform/core";
import sharp from "sharp";
import type { Image } from "./asset.ts";

export interface DecodeImageOptions {
  /** Longest side of the result, pixels. */
  maxSize: number;
  onWarning: (message: string) => void;
}

/** @returns null, after a warning, where the texture cannot be decoded; the material's factor then stands alone. */
export async function decodeImage(texture: Texture, options: DecodeImageOptions): Promise<Image | null> {
  const name = texture.getName() || texture.getURI() || "without a name";
  const bytes = texture.getImage();
  if (!bytes) {
    options.onWarning(`The texture ${name} has no image; the material's colour alone is used.`);
    return null;
  }
  if (texture.getMimeType() === "image/ktx2") {
    options.onWarning(`The texture ${name} is KTX2, which is not decoded; the material's colour alone is used.`);
    return null;
  }
  try {
    const { data, info } = await sharp(bytes)
      .resize({ width: options.maxSize, height: options.maxSize, fit: "inside", withoutEnlargement: true })
      .toColourspace("srgb")
      .ensureAlpha()
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: new Uint8Array(data) };
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    options.onWarning(`The texture ${name} cannot be decoded (${reason}); the material's colour alone is used.`);
    return null;
  }
}
