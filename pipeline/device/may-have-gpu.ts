// A cheap guess, before anything is loaded, whether this machine has a GPU at all. It never says which.

import { existsSync } from "node:fs";

/** Without a device file there is no GPU on Linux, and asking for one only prints warnings. */
export function mayHaveGpu(): boolean {
  return process.platform !== "linux" || ["/dev/dri", "/dev/nvidiactl", "/dev/dxg"].some((path) => existsSync(path));
}
