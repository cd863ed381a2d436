import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { CLIP_DEFAULTS } from "../../pipeline/clip-spec.ts";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { startServer } from "../../pipeline/watch/server.ts";
import { temporaryFolder, tetrahedron, until } from "./folder.ts";
import { smallBuilder } from "./small-builder.ts";

async function serve(context: TestContext, separateOut = false) {
  const folder = await temporaryFolder(context);
  const [root, staticDirectory, out] = ["assets", "game", "out"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [join(root, "fox one"), staticDirectory]) await mkdir(path, { recursive: true });
  await writeFile(join(folder, "secret.txt"), "secret");
  await writeFile(join(staticDirectory, "index.html"), "<title>game</title>");
  await writeFile(join(root, "fox one", "fox.glb"), await tetrahedron());
  await writeFile(join(root, "fox one", "prompt.json"), '{ "prompt": "a fox walking" }');
  const server = await startServer({ root, staticDirectory, port: 0, out: separateOut ? out : null, settleMs: 0 });
  context.after(() => server.close());
  /** Builds the fox's clip into the place that the server looks at. */
  const build = () =>
    smallBuilder().build({
      asset: join(root, "fox one", "fox.glb"),
      id: { asset: "fox one/fox.glb", clip: "main" },
      clip: { ...CLIP_DEFAULTS, name: "main", prompt: "a fox walking" },
      keep: [],
      key: "key",
      out: separateOut ? join(out, "fox one") : join(root, "fox one"),
      backend: null as never,
      events: () => {},
    });
  return { ...server, folder, root, build };
}

/** Status and body of a path that is sent as it stands, dots and all. */
function raw(url: string, path: string, headers: Record<string, string> = {}) {
  const { hostname, port } = new URL(url);
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    request({ hostname, port, path, headers }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve({ status: response.statusCode!, body }));
    })
      .on("error", reject)
      .end();
  });
}

interface Message {
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: what the server sent is what the test looks into.
  data: any;
}

/** Collects the messages of /events until the test ends. */
async function listen(context: TestContext, url: string): Promise<Message[]> {
  const controller = new AbortController();
  context.after(() => controller.abort());
  const response = await fetch(`${url}events`, { signal: controller.signal });
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const messages: Message[] = [];
  let text = "";
  const read = async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split("\n\n");
      text = blocks.pop()!;
      for (const block of blocks) {
        const data = block.match(/^data: (.*)$/m)?.[1];
        if (data) messages.push({ event: block.match(/^event: (.*)$/m)?.[1] ?? "message", data: JSON.parse(data) });
      }
    }
  };
  read().catch(() => {});
  return messages;
}

test("serves the game, the models with their types, and nothing beside them", async (context) => {
  const { url, folder, root } = await serve(context);
  assert.equal(await (await fetch(url)).text(), "<title>game</title>");
  const model = await fetch(`${url}assets/fox%20one/fox.glb`);
  assert.equal(model.headers.get("content-type"), "model/gltf-binary");
  assert.deepEqual(new Uint8Array(await model.arrayBuffer()), await tetrahedron());
  const etag = model.headers.get("etag")!;
  const again = await fetch(`${url}assets/fox%20one/fox.glb`, { headers: { "If-None-Match": etag } });
  assert.equal(again.status, 304);

  await symlink(join(folder, "secret.txt"), join(root, "link.txt"));
  await mkdir(join(root, ".git"));
  await writeFile(join(root, ".git", "config"), "secret");
  for (const path of [
    "/assets/../secret.txt",
    "/assets/%2e%2e/secret.txt",
    "/assets/..%2fsecret.txt",
    "/assets/fox%20one/..%5c..%5csecret.txt",
    "/assets/link.txt",
    "/assets/.git/config",
    "/../secret.txt",
    "/assets//etc/passwd",
    "/assets/",
    "/assets/none.glb",
    "/assets/%00",
  ]) {
    const { status, body } = await raw(url, path);
    assert.equal(status, 404, path);
    assert.ok(!body.includes("secret"), path);
  }
  assert.equal((await raw(url, "/assets/%zz")).status, 400);
  assert.equal((await fetch(url, { method: "POST" })).status, 405);
  assert.equal((await raw(url, "/api/assets", { Host: "elsewhere.example" })).status, 403);
});

test("lets pages of this machine read across ports, and no others", async (context) => {
  const { url } = await serve(context);
  const allowed = async (origin: string) =>
    (await fetch(`${url}api/assets`, { headers: { Origin: origin } })).headers.get("access-control-allow-origin");
  assert.equal(await allowed("http://localhost:5173"), "http://localhost:5173");
  assert.equal(await allowed("https://localhost.example"), null);
});

for (const separateOut of [false, true]) {
  test(`lists models, clips and motions, outputs ${separateOut ? "elsewhere" : "beside the models"}`, async (context) => {
    const { url, root, build } = await serve(context, separateOut);
    const list = async () => (await fetch(`${url}api/assets`)).json();
    const [before] = await list();
    assert.equal(before.asset, "fox one/fox.glb");
    assert.equal(before.name, "fox");
    assert.equal(before.model, "/assets/fox%20one/fox.glb");
    assert.equal(before.motion, null);
    assert.deepEqual(before.clips, [{ name: "main", prompt: "a fox walking", metrics: null, preview: null }]);

    await build();
    const [after] = await list();
    assert.equal(after.motion, "/assets/fox%20one/fox.motion.glb");
    assert.notEqual(after.version, before.version);
    assert.equal(after.modelVersion, before.modelVersion);
    assert.deepEqual(after.clips[0].metrics, { pathLength: 0, jitter: 0, stretch: 0, loopSeam: 0 });
    const motion = await fetch(new URL(after.motion, url));
    assert.equal(motion.headers.get("content-type"), "model/gltf-binary");
    const preview = await fetch(new URL(after.clips[0].preview, url));
    assert.equal(preview.headers.get("content-type"), "image/png");

    await writeFile(join(root, "rock.glb"), await tetrahedron(2));
    await writeFile(join(root, "fox one", "prompt.json"), "{");
    const [fox, rock] = await list();
    assert.deepEqual(rock.clips, []);
    // A sidecar that is being mended takes nothing from the game.
    assert.deepEqual(fox, after);
  });
}

test("passes events on, tells a new client what is unfinished, and says when the listing changes", async (context) => {
  const { url, build, publish, refresh, root } = await serve(context);
  const id = { asset: "fox one/fox.glb", clip: "main" };
  const early = await listen(context, url);
  await refresh();
  await refresh();
  publish({ type: "queued", ...id, prompt: "a fox walking" });
  publish({ type: "stage", ...id, stage: "distill" });
  const progress: PipelineEvent = {
    type: "progress",
    ...id,
    stage: "distill",
    fraction: 0.5,
    etaSeconds: 9,
    loss: null,
  };
  publish(progress);
  await until("the progress", () => early.length === 4);
  assert.deepEqual(
    early.map(({ event, data }) => [event, data.type]),
    [
      ["assets", "assets"],
      ["message", "queued"],
      ["message", "stage"],
      ["message", "progress"],
    ],
  );

  const late = await listen(context, url);
  await until("what is unfinished", () => late.length === 3);
  assert.deepEqual(
    late.map(({ data }) => data.type),
    ["assets", "queued", "progress"],
  );
  assert.deepEqual(late[2]!.data, progress);

  const { outputs, metrics, seconds } = await build();
  publish({ type: "done", ...id, outputs, metrics, seconds, cached: false });
  await refresh();
  await until("the new listing", () => early.length === 6);
  assert.equal(early[5]!.event, "assets");
  assert.match(early[5]!.data.assets[0].motion, /fox\.motion\.glb$/);
  await writeFile(join(root, "owl.glb"), await tetrahedron());
  await refresh();
  await until("the owl", () => early.length === 7);

  const afterwards = await listen(context, url);
  await until("the listing", () => afterwards.length === 1);
  assert.equal(afterwards[0]!.event, "assets");
});

test("refuses a port that is taken", async (context) => {
  const root = await temporaryFolder(context);
  const other = createServer();
  await new Promise<void>((ready) => other.listen(0, "127.0.0.1", ready));
  context.after(() => other.close());
  const { port } = other.address() as { port: number };
  await assert.rejects(startServer({ root, staticDirectory: null, port }), {
    code: "usage",
    message: `Port ${port} is taken.`,
  });
});
