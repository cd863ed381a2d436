// What one sample model is: a name, a sculpture, how finely it is meshed, and the sentences that bring it alive.

import type { PolygoniseOptions } from "./polygonise.ts";
import type { Sculpture } from "./sculpture.ts";

export interface Model {
  /** Folder and file name. */
  name: string;
  sculpt(): Sculpture;
  mesh?: PolygoniseOptions;
  /** Clips of the prompt sidecar: name to prompt, or to a prompt with options. null: no sidecar, the player is to write one. */
  clips: Record<string, string | { prompt: string; [option: string]: unknown }> | null;
}
