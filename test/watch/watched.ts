// A watcher on a folder of a test, with a builder that takes no time.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { watchFolder } from "../../pipeline/watch/watch.ts";
import { decodeMotionField } from "../../runtime/decode.ts";
import { until } from "./folder.ts";
import type { SmallBuilder } from "./small-builder.ts";

export const SETTLE_MS = 80;
export const TEACHER = { name: "still", weightsHash: "0" };

/** Watches `root` until the test ends. */
export async function start(
  context: TestContext,
  root: string,
  builder: SmallBuilder,
  { teacherIdentity = TEACHER, settleMs = SETTLE_MS, out = null as string | null } = {},
) {
  const events: PipelineEvent[] = [];
  const { build, backend } = builder;
  const watcher = await watchFolder({
    root,
    out,
    build,
    backend,
    teacherIdentity,
    settleMs,
    events: (event) => events.push(event),
  });
  context.after(() => watcher.close());
  const ended = () => builder.calls.filter(({ end }) => end === "done").length;
  /** Waits for a number of finished builds, then until nothing more is to do. */
  const builds = async (count: number) => {
    await until(`${count} builds, not ${JSON.stringify(builder.calls)}`, () => ended() >= count);
    await watcher.idle();
    assert.equal(ended(), count);
  };
  const failures = () => events.filter((event) => event.type === "failed");
  return { watcher, events, builds, failures };
}

/** "clip: prompt" of every clip of a motion file. */
export async function prompts(file: string): Promise<string[]> {
  return decodeMotionField(await readFile(file)).clips.map(({ name, prompt }) => `${name}: ${prompt}`);
}

/** Long enough for a change to be noticed and scanned. */
export const quiet = () => sleep(SETTLE_MS * 6);
