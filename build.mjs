// Compiles the package into dist/: library and command line file by file (worker threads and `new URL(..., import.meta.url)`
// keep working), the sample game as one bundle. `node build.mjs --types` also writes the declarations.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { bundleGame } from "./sample-game/bundle.mjs";

const ROOMS = ["runtime", "plugin", "pipeline"];

function sources(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === "training" ? [] : sources(path);
    return /\.ts$/.test(entry.name) && !/\.d\.ts$/.test(entry.name) ? [path] : [];
  });
}

/** Rewrites relative `./x.ts` specifiers to `./x.js` in the compiled files. */
const tsToJs = {
  name: "ts-to-js",
  setup(api) {
    api.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path: path.replace(/\.ts$/, ".js"), external: true },
    );
    api.onResolve({ filter: /^[^./]/ }, ({ kind }) => (kind === "entry-point" ? undefined : { external: true }));
  },
};

const started = Date.now();
await build({
  entryPoints: ROOMS.filter(existsSync).flatMap(sources),
  outdir: "dist",
  outbase: ".",
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  sourcemap: true,
  plugins: [tsToJs],
  logLevel: "warning",
});

// npm links the command as it is: without this a rebuilt one could not be run.
chmodSync("dist/pipeline/cli/main.js", 0o755);

await bundleGame("dist/sample-game");

if (process.argv.includes("--types")) {
  const result = spawnSync("npx", ["tsc", "-p", "tsconfig.types.json"], { stdio: "inherit" });
  process.exitCode = result.status ?? 1;
}

// What an earlier build left behind goes last, so that a running watcher or game never finds its files missing.
for (const name of readdirSync("dist", { recursive: true })) {
  const file = join("dist", name);
  const { mtimeMs } = statSync(file);
  if (mtimeMs < started && !statSync(file).isDirectory()) rmSync(file);
}
