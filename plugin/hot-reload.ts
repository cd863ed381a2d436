// Listens to the watcher's server-sent events and says when one asset's motion was written anew. It loads nothing.

export interface HotReloadOptions {
  /** The asset as the events name it ("fox/fox.glb"); default: told by the motion's URL. */
  asset?: string;
}

interface DoneEvent {
  type: "done";
  asset: string;
}

function doneEvent(data: unknown): DoneEvent | null {
  try {
    const event = JSON.parse(String(data)) as Partial<DoneEvent>;
    return event.type === "done" && typeof event.asset === "string" ? (event as DoneEvent) : null;
  } catch {
    return null;
  }
}

/** True where ".../fox/fox.motion.glb" is the motion of "fox/fox.glb". */
export function isMotionOf(url: string, asset: string): boolean {
  const path = decodeURIComponent(url.split(/[?#]/, 1)[0]).replace(/\.motion\.glb$/, "");
  const stem = asset.replace(/\.[^./]+$/, "");
  return path === stem || path.endsWith(`/${stem}`);
}

/** Calls `reload` when the asset is done, and when the connection came back, since an event may have been missed meanwhile. */
export function watchEvents(
  eventsUrl: string,
  motionUrl: string,
  options: HotReloadOptions,
  reload: () => void,
): () => void {
  const source = new EventSource(eventsUrl);
  let lost = false;
  source.onerror = () => {
    lost = true;
  };
  source.onopen = () => {
    if (lost) reload();
    lost = false;
  };
  source.onmessage = (message) => {
    const event = doneEvent(message.data);
    if (event === null) return;
    if (options.asset === undefined ? isMotionOf(motionUrl, event.asset) : event.asset === options.asset) reload();
  };
  return () => source.close();
}
