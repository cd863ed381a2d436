import type { BuildOptions } from "esbuild";

/** Bundles the sample game into `outdir`; `options` differ from the release build. */
export function bundleGame(outdir: string, options?: BuildOptions): Promise<void>;
