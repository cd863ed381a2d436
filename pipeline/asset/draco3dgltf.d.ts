// What this project uses of draco3dgltf, which ships no types: its modules are handed to glTF-Transform unopened.
declare module "draco3dgltf" {
  const draco3d: {
    createDecoderModule(): Promise<unknown>;
    createEncoderModule(): Promise<unknown>;
  };
  export default draco3d;
}
