// Where this package lies on disk, both from its sources and compiled in dist/.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Folder that holds the package's package.json. */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (folder === dirname(folder)) throw new Error(`No package.json above ${import.meta.dirname}.`);
  }
}

export function packageVersion(): string {
  return JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")).version;
}
