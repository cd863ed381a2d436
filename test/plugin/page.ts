// Runs in the page: puts the experiments of plugin.test.ts on `window`.

import { bigCrowd } from "./big-crowd.ts";
import { life } from "./life.ts";
import { looks } from "./looks.ts";
import { unload } from "./unload.ts";

Object.assign(globalThis, looks, life, { bigCrowd, unload });
