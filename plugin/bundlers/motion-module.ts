// What `import fox, { connect } from "./fox.motion.glb"` means with one of our bundler plugins: the file's URL, and a function that keeps
// a motion up to date while the game is being developed. Each bundler writes the same module its own way.

/** What `connect` needs of a Motion. */
export interface Reloadable {
  /** Fetches the file again and puts it in place: phases, weights and crowds stay. */
  reloadAsync(): Promise<void>;
}

/** Files that the plugins take over. */
export const MOTION_FILE = /\.motion\.glb$/;

/**
 * Code of the module.
 * @param file import specifier of the file itself, which must give its URL
 * @param listen statements that call `reload` when the file changed and return a function which stops that; null in a release, where
 * `connect` does nothing
 */
export function motionModule(file: string, listen: string | null): string {
  const connect =
    listen === null
      ? "export function connect() { return () => {}; }"
      : `export function connect(motion) {
  const reload = () => motion.reloadAsync().catch((error) => console.warn(url + ": " + error.message));
  ${listen}
}`;
  return `import url from ${JSON.stringify(file)};\nexport default url;\n${connect}\n`;
}
