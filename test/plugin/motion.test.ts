// Which of several new motions wins: a real server answers late, wrongly and out of order.

import assert from "node:assert/strict";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { NullEngine } from "@babylonjs/core/Engines/nullEngine.js";
import { Scene } from "@babylonjs/core/scene.js";
import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import { LoadMotionFieldAsync } from "../../plugin/motion.ts";
import { makeField } from "./make-field.ts";

const motionOf = (frames: number) => encodeMotionField(makeField({ frames, clips: ["wave"] }));

describe("reloads that overlap", () => {
  const engine = new NullEngine();
  const waiting: ServerResponse[] = [];
  let server: Server;
  let url: string;

  before(async () => {
    server = createServer((_, response) => waiting.push(response));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/waver.motion.glb`;
  });
  after(() => {
    server.close();
    engine.dispose();
  });

  /** The next request that has come in, in the order of the calls. */
  async function request(): Promise<ServerResponse> {
    for (let wait = 0; waiting.length === 0 && wait < 500; wait++) await new Promise((next) => setTimeout(next, 5));
    const response = waiting.shift();
    assert.ok(response, "no request came");
    return response;
  }

  async function load() {
    const loading = LoadMotionFieldAsync(url, new Scene(engine));
    (await request()).end(motionOf(4));
    const motion = await loading;
    const reload = async () => ({ done: motion.reloadAsync(), response: await request() });
    return { motion, frames: () => motion.field.clips[0].frames, reload };
  }

  test("an older answer that comes late is dropped", async () => {
    const { frames, reload } = await load();
    const [first, second] = [await reload(), await reload()];
    second.response.end(motionOf(6));
    await second.done;
    first.response.end(motionOf(5));
    await first.done;
    assert.equal(frames(), 6);
  });

  test("an answer shows although a newer request is open, or has failed", async () => {
    const { frames, reload } = await load();
    const [first, second, third] = [await reload(), await reload(), await reload()];
    first.response.end(motionOf(5));
    await first.done;
    assert.equal(frames(), 5);
    third.response.writeHead(503).end();
    await assert.rejects(third.done, /503/);
    second.response.end(motionOf(6));
    await second.done;
    assert.equal(frames(), 6);
    const [broken, whole] = [await reload(), await reload()];
    whole.response.end("half a file");
    await assert.rejects(whole.done);
    broken.response.end(motionOf(7));
    await broken.done;
    assert.equal(frames(), 7);
  });

  test("a motion put in place by hand, or the end, drops what is being fetched", async () => {
    const { motion, frames, reload } = await load();
    const first = await reload();
    motion.replace(motionOf(8));
    first.response.end(motionOf(5));
    await first.done;
    assert.equal(frames(), 8);
    const second = await reload();
    motion.dispose();
    second.response.end(motionOf(6));
    await second.done;
    assert.equal(frames(), 8);
  });
});
