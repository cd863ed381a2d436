// Listens to the watcher's server-sent events and says when one asset's motion was written anew. It loads nothing.

export interface HotReloadOptions {
  /** The asset as the events name it ("fox/fox.glb"); default: told by the motion's URL. */
  asset?: string;
}

/** Pause before connecting anew, where the browser has given up; the browser's own retries need none. */
const RECONNECT_MILLISECONDS = 1500;

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

/** A path with a bare "%" is no URI component: it is meant as it stands. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** True where ".../fox/fox.motion.glb" is the motion of "fox/fox.glb". */
export function isMotionOf(url: string, asset: string): boolean {
  const path = decoded(url.split(/[?#]/, 1)[0]).replace(/\.motion\.glb$/, "");
  const stem = asset.replace(/\.[^./]+$/, "");
  return path === stem || path.endsWith(`/${stem}`);
}

/**
 * Calls `reload` when the asset is done, and when the connection came back, since an event may have been missed meanwhile. It
 * keeps trying until the returned function is called.
 */
export function watchEvents(
  eventsUrl: string,
  motionUrl: string,
  options: HotReloadOptions,
  reload: () => void,
): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lost = false;
  const connect = () => {
    source = new EventSource(eventsUrl);
    source.onerror = () => {
      lost = true;
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, RECONNECT_MILLISECONDS);
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
  };
  connect();
  return () => {
    clearTimeout(timer);
    source.onerror = null;
    source.close();
  };
}
