// Finds the browser that the pixel tests drive: an installed Chrome, Chromium or Edge, else Debian's package where this
// user may install it. It downloads nothing by itself and never falls back to skipping.

import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const PATH_NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
  "microsoft-edge-stable",
  "msedge",
];

const USUAL_PLACES: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ["/opt/google/chrome/chrome", "/snap/bin/chromium", "/opt/microsoft/msedge/msedge"],
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ],
  win32: [process.env.ProgramFiles, process.env["ProgramFiles(x86)"], process.env.LOCALAPPDATA]
    .filter((root) => root !== undefined)
    .flatMap((root) => [
      join(root, "Google/Chrome/Application/chrome.exe"),
      join(root, "Chromium/Application/chrome.exe"),
      join(root, "Microsoft/Edge/Application/msedge.exe"),
    ]),
};

const REMEDY =
  "Install Chrome, Chromium or Edge (on Debian or Ubuntu: sudo apt-get install chromium), " +
  "or set CHROME_PATH to the browser's executable.";

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installed(): string | undefined {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const onPath = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => PATH_NAMES.map((name) => join(folder, name + suffix)));
  return [...onPath, ...(USUAL_PLACES[process.platform] ?? [])].find(executable);
}

/** The command prefix that makes this user root without asking, or null. */
function rootPrefix(): string[] | null {
  if (process.getuid?.() === 0) return [];
  try {
    execFileSync("sudo", ["-n", "true"], { stdio: "ignore" });
    return ["sudo", "-n"];
  } catch {
    return null;
  }
}

function installDebianPackage(): void {
  const prefix = rootPrefix();
  if (prefix === null) throw new Error(`No browser found, and no right to install one. ${REMEDY}`);
  const apt = (...args: string[]) => {
    const [command, ...rest] = [...prefix, "apt-get", "-o", "DPkg::Lock::Timeout=300", ...args] as [
      string,
      ...string[],
    ];
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    try {
      execFileSync(command, rest, { stdio: ["ignore", "ignore", "pipe"], env });
    } catch (error) {
      throw new Error(`No browser found, and "apt-get ${args.join(" ")}" failed. ${REMEDY}`, { cause: error });
    }
  };
  apt("update");
  apt("install", "-y", "--no-install-recommends", "chromium");
}

/**
 * Path of a Chromium-based browser: `CHROME_PATH`, then the names on `PATH`, then the usual places of the platform, then
 * Debian's `chromium` package, installed on the spot where this user is root or has sudo without a password.
 * @throws Error that says what to install.
 */
export function findBrowser(): string {
  const chosen = process.env.CHROME_PATH;
  if (chosen) {
    if (!executable(chosen)) throw new Error(`CHROME_PATH is "${chosen}", which is not an executable file. ${REMEDY}`);
    return chosen;
  }
  const found = installed();
  if (found !== undefined) return found;
  if (!existsSync("/etc/debian_version")) throw new Error(`No browser found. ${REMEDY}`);
  installDebianPackage();
  const fresh = installed();
  if (fresh === undefined) throw new Error(`The package "chromium" was installed, yet no browser was found. ${REMEDY}`);
  return fresh;
}
