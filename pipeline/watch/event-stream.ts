// Server-Sent Events: passes every pipeline event on to all clients, and tells a new client where unfinished jobs stand.
// Pipeline events are unnamed messages; the listing comes as messages named "assets".

import type { ServerResponse } from "node:http";
import type { PipelineEvent } from "../events.ts";
import type { AssetListing } from "./listing.ts";

/** Seconds between the comments that keep idle connections open. */
const HEARTBEAT_SECONDS = 15;

export interface EventStream {
  /** Adds a client: sends the listing and what is unfinished, then everything that follows. */
  connect(response: ServerResponse): void;
  publish(event: PipelineEvent): void;
  /** Sends the listing where it differs from the last one. */
  publishAssets(assets: readonly AssetListing[]): void;
  close(): void;
}

export function createEventStream(): EventStream {
  const clients = new Set<ServerResponse>();
  /** Of every job that is not done: how it was queued, and its latest event. */
  const unfinished = new Map<string, PipelineEvent[]>();
  let assets: string | null = null;

  const send = (text: string) => {
    for (const client of clients) client.write(text);
  };
  const heartbeat = setInterval(() => send(": still here\n\n"), HEARTBEAT_SECONDS * 1000);
  heartbeat.unref();

  return {
    connect(response) {
      response.writeHead(200, {
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "no-cache, no-transform",
        Connection: "keep-alive",
      });
      response.write("retry: 1000\n\n");
      if (assets !== null) response.write(assetsMessage(assets));
      for (const event of [...unfinished.values()].flat()) response.write(message(event));
      clients.add(response);
      response.on("close", () => clients.delete(response));
    },
    publish(event) {
      remember(unfinished, event);
      send(message(event));
    },
    publishAssets(list) {
      const text = JSON.stringify(list);
      if (text === assets) return;
      assets = text;
      send(assetsMessage(text));
    },
    close() {
      clearInterval(heartbeat);
      for (const client of clients) client.end();
      clients.clear();
    },
  };
}

function remember(unfinished: Map<string, PipelineEvent[]>, event: PipelineEvent): void {
  if (event.type === "warning" || event.type === "preview") return;
  const job = JSON.stringify([event.asset, event.clip]);
  const queued = unfinished.get(job)?.find(({ type }) => type === "queued");
  if (event.type === "done" || (event.type === "failed" && event.code === "cancelled")) unfinished.delete(job);
  else unfinished.set(job, queued && event.type !== "queued" ? [queued, event] : [event]);
}

function message(event: PipelineEvent): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}

function assetsMessage(json: string): string {
  return `event: assets\ndata: {"type":"assets","assets":${json}}\n\n`;
}
