// Imports that the bundler resolves and TypeScript cannot.

declare module "*.wasm" {
  /** Path of the emitted file, relative to the bundle. */
  const path: string;
  export default path;
}

declare module "draco3dgltf/draco_decoder_gltf_nodejs.js" {
  const createDecoderModule: unknown;
  export default createDecoderModule;
}
