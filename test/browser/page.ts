// Opens a page that runs a TypeScript entry in a real browser: bundled in memory by esbuild, served on 127.0.0.1 beside the
// files a test hands in. Errors of the page become errors of the test. It knows nothing of what the entry shows.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { launchBrowser } from "./launch.ts";

export type EngineName = "webgl2" | "webgpu";

export interface PageOptions {
  /** The TypeScript file that runs in the page (a path or a file: URL). */
  entry: string | URL;
  /** Reaches the entry as the query parameter `engine`. */
  engine: EngineName;
  /** Files served beside the bundle, by path ("/box.glb"); may be changed while the page is open. */
  files?: Map<string, Uint8Array>;
  /** Answers what neither the bundle nor `files` has; return false to leave it to the 404. */
  handler?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Milliseconds that one evaluation may take. */
  timeout?: number;
}

export interface TestPage {
  page: Page;
  /** "http://127.0.0.1:PORT" */
  origin: string;
  /** Calls `window.<name>(argument)` of the page, awaits it and returns its JSON value; fails on any error of the page. */
  call<Result>(name: string, argument?: unknown): Promise<Result>;
  close(): Promise<void>;
}

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json" };

async function bundle(entry: string): Promise<Map<string, Uint8Array>> {
  const result = await build({
    entryPoints: { main: entry },
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    outdir: "/",
    write: false,
    logLevel: "silent",
    sourcemap: false,
  });
  return new Map(
    result.outputFiles.map((file) => [file.path.replaceAll("\\", "/").replace(/^[A-Za-z]:/, ""), file.contents]),
  );
}

/** Bundles, serves, launches and opens. Close it in the test's `after`. */
export async function openPage(options: PageOptions): Promise<TestPage> {
  const entry = options.entry instanceof URL ? fileURLToPath(options.entry) : resolve(options.entry);
  const code = await bundle(entry);
  const html = '<!doctype html><meta charset="utf-8"><body><script type="module" src="/main.js"></script></body>';
  code.set("/", new TextEncoder().encode(html));

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const content = code.get(path) ?? options.files?.get(path);
    if (content === undefined) {
      if (options.handler?.(request, response)) return;
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[path === "/" ? ".html" : extname(path)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(content);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const timeout = options.timeout ?? 60_000;
  const errors: string[] = [];
  const browser = await launchBrowser();
  const close = async () => {
    await browser.close();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(timeout);
    page.on("pageerror", (error) => errors.push(error.stack ?? error.message));
    page.on("console", (message) => {
      const text = message.text();
      if (message.type() === "error" && !text.includes("favicon")) errors.push(text);
    });
    await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
    await page.goto(`${origin}/?engine=${options.engine}`);
    const failOnErrors = () => {
      if (errors.length > 0) throw new Error(`The page reported: ${errors.splice(0).join("\n")}`);
    };
    const call = async <Result>(name: string, argument?: unknown): Promise<Result> => {
      await page
        .waitForFunction((key) => typeof (globalThis as Record<string, unknown>)[key] === "function", name)
        .catch((error) => {
          failOnErrors();
          throw error;
        });
      const evaluation = page.evaluate(
        ([key, input]) => (globalThis as unknown as Record<string, (input: unknown) => unknown>)[key](input),
        [name, argument] as const,
      );
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, fail) => {
        const seconds = timeout / 1000;
        timer = setTimeout(
          () => fail(new Error(`${name}() did not answer in ${seconds} s. ${errors.join("\n")}`)),
          timeout,
        );
      });
      const value = await Promise.race([evaluation, late]).finally(() => clearTimeout(timer));
      failOnErrors();
      return value as Result;
    };
    return { page, origin, call, close };
  } catch (error) {
    await close();
    throw error;
  }
}
