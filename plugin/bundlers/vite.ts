// Vite: motions are imported by name, and change in the running game without a reload of the page. Import it from "animus3d/vite" in
// vite.config. It reads nothing itself; Vite's own assets do.

import { MOTION_FILE, motionModule } from "./motion-module.ts";

/** As much of Vite's plugin interface as is used: games bring their own Vite. */
interface HotContext {
  file: string;
  server: { ws: { send(message: object): void } };
}

interface MotionPlugin {
  name: string;
  enforce: "pre";
  config(config: unknown, environment: { command: string }): object;
  load(id: string): string | undefined;
  handleHotUpdate(context: HotContext): [] | undefined;
}

/** The event that tells the page which file was written anew. */
const CHANGED = "animus:motion";

/** @example export default defineConfig({ plugins: [motions()] }); */
export function motions(): MotionPlugin {
  let serving = false;
  return {
    name: "animus-motions",
    enforce: "pre",
    config(_, { command }) {
      serving = command === "serve";
      return { assetsInclude: ["**/*.motion.glb"] };
    },
    load(id) {
      return MOTION_FILE.test(id) ? motionModule(`${id}?url`, serving ? listener(id) : null) : undefined;
    },
    handleHotUpdate({ file, server }) {
      if (!MOTION_FILE.test(file)) return undefined;
      server.ws.send({ type: "custom", event: CHANGED, data: { file } });
      // No module is out of date: the page stays.
      return [];
    },
  };
}

/** A server whose hot reload is switched off gives no `import.meta.hot`. */
function listener(id: string): string {
  return `if (!import.meta.hot) return () => {};
  const changed = ({ file }) => {
    if (file === ${JSON.stringify(id)}) reload();
  };
  import.meta.hot.on("${CHANGED}", changed);
  return () => import.meta.hot.off("${CHANGED}", changed);`;
}
