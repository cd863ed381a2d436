// Listens to the watcher's server-sent events, and keeps listening: a server that restarts is found again within seconds.

import { asRecord, type ListedAsset, parseListing } from "./listing.ts";

export interface EventStreamHandlers {
  /** One PipelineEvent, still plain JSON. */
  onEvent(event: unknown): void;
  /** What is in the folder changed. */
  onListing(assets: ListedAsset[]): void;
  /** Called on every change of the connection; on true, everything known should be asked for again. */
  onConnected(connected: boolean): void;
}

const RETRY_MS = 1500;

/** Returns a function that stops listening. */
export function openEventStream(url: string, handlers: EventStreamHandlers): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let connected = false;
  const say = (now: boolean) => {
    if (now === connected && now === false) return;
    connected = now;
    handlers.onConnected(now);
  };

  function open(): void {
    const stream = new EventSource(url);
    source = stream;
    stream.addEventListener("open", () => say(true));
    stream.addEventListener("message", (message) => handlers.onEvent(JSON.parse(message.data)));
    stream.addEventListener("assets", (message) => {
      handlers.onListing(parseListing(asRecord(JSON.parse(message.data))["assets"]));
    });
    stream.addEventListener("error", () => {
      say(false);
      // The browser retries a dropped stream by itself, but gives up on one that was refused.
      if (stream.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, RETRY_MS);
    });
  }
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
