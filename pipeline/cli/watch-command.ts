// `animus watch`: keeps a folder's clips up to date until it is stopped, with the game beside it where that is asked for.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { AnimusError, EXIT_CODES } from "../errors.ts";
import { type AssetServer, startServer } from "../watch/server.ts";
import { type FolderWatcher, watchFolder } from "../watch/watch.ts";
import { lazyBackend, lazyBuild } from "./lazy-backend.ts";
import type { DeviceOptions } from "./options.ts";
import { packageRoot } from "./package-root.ts";
import type { CommandContext } from "./run-command.ts";

export interface WatchCommandOptions extends DeviceOptions {
  /** A game's folder, or true for the sample game. */
  game?: string | true;
  port?: number;
  out?: string;
}

/** Where the game listens unless --port says otherwise. */
const PORT = 7333;

/** @returns the exit status, once it was stopped. */
export async function watchCommand(
  folder: string,
  options: WatchCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { signal, reporter } = context;
  const root = resolve(folder);
  const out = options.out === undefined ? null : resolve(options.out);
  const backend = await lazyBackend(options, reporter.note);
  let server: AssetServer | null = null;
  let watcher: FolderWatcher | null = null;
  try {
    server = await serve(root, out, options);
    if (server) reporter.note(`${options.game ? "Game" : "Assets and events"}: ${server.url}`);
    watcher = await watchFolder({
      root,
      out,
      build: lazyBuild,
      backend: backend.load,
      teacherIdentity: backend.identity,
      events: (event) => {
        reporter.event(event);
        server?.publish(event);
      },
      onChange: () => void server?.refresh(),
    });
    reporter.note(`Watching ${folder}. Press Ctrl+C to stop.`);
    await new Promise<void>((stopped) => {
      if (signal.aborted) stopped();
      signal.addEventListener("abort", () => stopped());
    });
    return EXIT_CODES.cancelled;
  } finally {
    await watcher?.close();
    await server?.close();
    await backend.dispose();
  }
}

/** Serves the folder where a game or a port is asked for. The port is free to move unless it was named. */
async function serve(
  root: string,
  out: string | null,
  { game, port }: WatchCommandOptions,
): Promise<AssetServer | null> {
  if (game === undefined && port === undefined) return null;
  const staticDirectory =
    game === undefined ? null : game === true ? join(packageRoot(), "dist", "sample-game") : resolve(game);
  if (staticDirectory !== null && !existsSync(join(staticDirectory, "index.html"))) {
    throw new AnimusError("usage", `There is no game in ${staticDirectory}: index.html is missing.`, {
      hint: game === true ? "Run `npm run build` first." : "Name the folder of a built game with --game.",
    });
  }
  const options = { root, out, staticDirectory };
  try {
    return await startServer({ ...options, port: port ?? PORT });
  } catch (error) {
    if (port !== undefined) throw error;
    return startServer({ ...options, port: 0 });
  }
}
