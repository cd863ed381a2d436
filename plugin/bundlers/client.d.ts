// What TypeScript knows of imported motions. Add "animus3d/client" to `types` of tsconfig.json.

declare module "*.motion.glb" {
  /** The file's URL, for `LoadMotionFieldAsync`. */
  const url: string;
  export default url;
  /** Keeps a motion up to date while the game is being developed; returns what stops it. Does nothing in a release. */
  export function connect(motion: { reloadAsync(): Promise<void> }): () => void;
}
