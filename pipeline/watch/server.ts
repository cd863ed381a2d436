// The server beside the watcher, on this machine only: the sample game, the watched folder with its outputs, the listing and
// the events. It shows what is there; it starts no job.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { AnimusError } from "../errors.ts";
import type { PipelineEvent } from "../events.ts";
import { createEventStream } from "./event-stream.ts";
import { createLister } from "./listing.ts";
import { isOutputFile } from "./model-files.ts";
import { findFile, sendFile } from "./serve-file.ts";

export interface ServerOptions {
  /** The watched folder, served under /assets/. */
  root: string;
  /** Folder of the outputs where they do not lie beside the models; served under /assets/ too. */
  out?: string | null;
  /** The game's bundle, served under /; null: no game. */
  staticDirectory: string | null;
  /** 0: any free port. */
  port: number;
  settleMs?: number;
}

export interface AssetServer {
  /** http://127.0.0.1:<port>/ */
  url: string;
  /** Passes an event on to every client of /events. */
  publish(event: PipelineEvent): void;
  /** Looks at the folder again and tells the clients where the listing changed. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** @throws AnimusError "usage" where the port is taken. */
export async function startServer(options: ServerOptions): Promise<AssetServer> {
  const { staticDirectory, settleMs } = options;
  const root = resolve(options.root);
  const out = options.out ? resolve(options.out) : null;
  const lister = createLister({ root, out, ...(settleMs === undefined ? {} : { settleMs }) });
  const stream = createEventStream();
  let refreshed = Promise.resolve();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isLocal(request.headers.host)) return refuse(response, 403, "This server answers to localhost only.");
    const { origin } = request.headers;
    if (origin !== undefined && isLocal(origin.replace(/^https?:\/\//, ""))) {
      response.setHeader("Access-Control-Allow-Origin", origin);
      response.setHeader("Vary", "Origin");
    }
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, "Only GET and HEAD.");
    const path = decodePath(request.url ?? "/");
    if (path === null) return refuse(response, 400, "The path is not valid.");

    if (path === "/events") return stream.connect(response);
    if (path === "/api/assets") {
      response.writeHead(200, { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" });
      response.end(JSON.stringify(await lister.list()));
      return;
    }
    const file = path.startsWith("/assets/") ? await findAsset(path.slice(8)) : await findStatic(path.slice(1));
    if (file === null) return refuse(response, 404, "There is no such file.");
    await sendFile(request, response, file);
  }

  async function findAsset(path: string): Promise<string | null> {
    return findFile(out !== null && isOutputFile(path) ? out : root, path);
  }

  async function findStatic(path: string): Promise<string | null> {
    if (staticDirectory === null) return null;
    return findFile(staticDirectory, path === "" || path.endsWith("/") ? `${path}index.html` : path);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: NodeJS.ErrnoException) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, error.message);
    });
  });
  await listen(server, options.port);

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    publish: stream.publish,
    refresh() {
      // One after another: an older listing must not follow a newer one. A folder that is gone is the watcher's to report.
      refreshed = refreshed.then(async () => stream.publishAssets(await lister.list())).catch(() => {});
      return refreshed;
    },
    async close() {
      stream.close();
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      });
    },
  };
}

/** Keeps other sites from reading the folder through a name that they let point here. */
function isLocal(host: string | undefined): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i.test(host ?? "");
}

function decodePath(url: string): string | null {
  try {
    return decodeURIComponent(url.split(/[?#]/, 1)[0]!);
  } catch {
    return null;
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${message}\n`);
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((ready, fail) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === "EADDRINUSE";
      const message = taken ? `Port ${port} is taken.` : `Port ${port} cannot be opened: ${cause.message}`;
      fail(new AnimusError("usage", message, { hint: "Choose another one with --port, or 0 for any.", cause }));
    });
    server.listen(port, "127.0.0.1", ready);
  });
}
