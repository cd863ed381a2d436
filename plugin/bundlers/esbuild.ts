// esbuild: motions are imported by name, and change in the running game while `context.serve()` and `context.watch()` run. Import it from
// "animus3d/esbuild" in the build script. It reads nothing itself; esbuild's own file loader does.

import { MOTION_FILE, motionModule } from "./motion-module.ts";

export interface EsbuildMotionOptions {
  /** True in the script that serves the game: files keep their names, and `connect` listens. */
  hotReload?: boolean;
  /** Where esbuild's server tells of changes, as the page sees it. */
  events?: string;
}

export const ESBUILD_DEFAULTS: Required<EsbuildMotionOptions> = { hotReload: false, events: "/esbuild" };

/** As much of esbuild's plugin interface as is used: games bring their own esbuild. */
interface Build {
  initialOptions: { loader?: Record<string, string>; assetNames?: string };
  resolve(path: string, options: object): Promise<{ path: string; errors: { text: string }[] }>;
  onResolve(options: { filter: RegExp }, callback: (args: ResolveArguments) => unknown): void;
  onLoad(options: { filter: RegExp; namespace: string }, callback: (args: { path: string }) => unknown): void;
}

interface ResolveArguments {
  path: string;
  importer: string;
  namespace: string;
  resolveDir: string;
  kind: string;
}

const NAMESPACE = "animus-motion";

/**
 * @example
 * const context = await esbuild.context({ ..., plugins: [motions({ hotReload: true })] });
 * await context.watch();
 * await context.serve({ servedir: "dist" });
 */
export function motions(options: EsbuildMotionOptions = {}): { name: string; setup(build: Build): void } {
  const { hotReload, events } = { ...ESBUILD_DEFAULTS, ...options };
  return {
    name: "animus-motions",
    setup(build) {
      const { initialOptions } = build;
      initialOptions.loader = { ...initialOptions.loader, ".motion.glb": "file" };
      // A hash in the name would change the bundle with every new motion.
      if (hotReload) initialOptions.assetNames = "[dir]/[name]";
      build.onResolve({ filter: MOTION_FILE }, async ({ path, importer, namespace, resolveDir, kind }) => {
        if (namespace === NAMESPACE || kind === "entry-point") return undefined;
        const found = await build.resolve(path, { importer, resolveDir, kind, namespace: NAMESPACE });
        return found.errors.length > 0 ? { errors: found.errors } : { path: found.path, namespace: NAMESPACE };
      });
      build.onLoad({ filter: MOTION_FILE, namespace: NAMESPACE }, ({ path }) => {
        const resolveDir = path.replace(/[\\/][^\\/]*$/, "");
        return { contents: motionModule(path, hotReload ? listener(events) : null), loader: "js", resolveDir };
      });
    },
  };
}

/** esbuild names what it wrote anew by its path below the served folder. */
function listener(events: string): string {
  return `const source = new EventSource(${JSON.stringify(events)});
  const path = new URL(url, location.href).pathname;
  source.addEventListener("change", ({ data }) => {
    if (JSON.parse(data).updated.includes(path)) reload();
  });
  return () => source.close();`;
}
