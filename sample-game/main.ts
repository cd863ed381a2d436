// The sample game: an island on which every model of the watched folder stands, and comes alive once its motion is built.
// Joins the scene, the server and the page; each of them lives in its own folder.

import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import { Scene } from "@babylonjs/core/scene.js";
import { createOverlay } from "./page/overlay.ts";
import { createPanel } from "./page/panel.ts";
import type { Actor } from "./scene/actor.ts";
import { createCamera } from "./scene/camera.ts";
import { createEngine } from "./scene/create-engine.ts";
import { Crowds } from "./scene/crowd.ts";
import { registerModelLoader } from "./scene/decoders.ts";
import { createIsland, createWater } from "./scene/island.ts";
import { createLabels } from "./scene/labels.ts";
import { createLight } from "./scene/light.ts";
import { createPlants } from "./scene/plants.ts";
import { createSky } from "./scene/sky.ts";
import { Stage } from "./scene/stage.ts";
import { openEventStream } from "./server/event-stream.ts";
import { foldEvent, type Jobs, without } from "./server/jobs.ts";
import { fetchListing, type ListedAsset } from "./server/listing.ts";
import { createListingSource } from "./server/listing-source.ts";

/** A finished job's card stays this long. */
const DONE_CARD_MS = 4000;

const byId = (id: string) => document.getElementById(id)!;
const query = new URLSearchParams(location.search);
const notice = byId("notice");
document.body.classList.toggle("bare", query.has("bare"));

start().catch((error: unknown) => {
  notice.textContent = `The game cannot start: ${error instanceof Error ? error.message : error}`;
});

async function start(): Promise<void> {
  const canvas = byId("scene") as HTMLCanvasElement;
  const { engine, name } = await createEngine(canvas, query.get("engine"), () => {
    query.set("engine", "webgl2");
    location.search = query.toString();
  });
  document.body.dataset["engine"] = name;
  registerModelLoader();

  const scene = new Scene(engine);
  createSky(scene);
  const shadows = createLight(scene, Number(query.get("shadows")) || 2048);
  const view = createCamera(scene);
  createIsland(scene);
  createWater(scene);
  for (const mesh of createPlants(scene)) shadows.addShadowCaster(mesh);

  let jobs: Jobs = new Map();
  let focused: string | null = null;
  const stage = new Stage(scene, shadows, createLabels(scene, canvas), {
    onChange: draw,
    onPick(asset) {
      stage.actors.get(asset)?.playNext();
      draw();
    },
  });

  const crowds = new Crowds(scene, shadows);
  const show = async (listing: ListedAsset[]) => {
    await stage.show(listing);
    await crowds.show(listing);
    await scene.whenReadyAsync();
    document.body.dataset["ready"] = "true";
  };
  const drawPanel = createPanel(byId("assets"), {
    onAsset: (asset) => focus(asset === focused ? null : asset),
    onClip(asset, clip) {
      stage.actors.get(asset)?.play(clip);
      focus(asset);
    },
  });
  const drawOverlay = createOverlay(byId("overlay"), byId("status"), (key) => setJobs(without(jobs, key)));

  function focus(asset: string | null): void {
    const actor = asset === null ? undefined : stage.actors.get(asset);
    focused = actor ? asset : null;
    view.focus(actor ? closeUp(actor) : null);
    draw();
  }

  function stateOf(actor: Actor): "still" | "alive" | "working" | "failed" {
    const own = [...jobs.values()].filter(({ asset }) => asset === actor.listed.asset);
    if (own.some(({ phase }) => phase === "failed")) return "failed";
    if (own.some(({ phase }) => phase === "working" || phase === "queued")) return "working";
    if (actor.problem !== null) return "failed";
    return actor.isAlive ? "alive" : "still";
  }

  function draw(): void {
    const assets = [...stage.actors.values()].map((actor) => {
      const state = stateOf(actor);
      actor.pedestal.setState(state);
      const { asset, name, clips } = actor.listed;
      const playable = actor.clipNames;
      return {
        asset,
        name,
        state,
        problem: state === "failed" ? actor.problem : null,
        focused: asset === focused,
        clips: clips.map((clip) => ({
          ...clip,
          ready: playable.includes(clip.name),
          playing: clip.name === actor.playing,
        })),
      };
    });
    drawPanel(assets);
    drawOverlay(jobs.values());
  }

  function setJobs(next: Jobs): void {
    for (const [key, job] of next) {
      if (job.phase !== "done" || jobs.get(key)?.phase === "done") continue;
      stage.actors.get(job.asset)?.play(job.clip);
      setTimeout(() => {
        if (jobs.get(key) === job) setJobs(without(jobs, key));
      }, DONE_CARD_MS);
    }
    jobs = next;
    draw();
  }

  let connection = "";
  let problem: string | null = null;
  const drawNotice = () => {
    notice.textContent = connection || problem || "";
  };
  const listing = createListingSource(fetchListing, {
    onListing: (assets) => void show(assets),
    onProblem(message) {
      problem = message;
      drawNotice();
    },
  });
  openEventStream("/events", {
    onEvent: (event) => setJobs(foldEvent(jobs, event)),
    onListing: listing.tell,
    onConnected(connected) {
      connection = connected ? "" : "The watcher is not running. Waiting for it…";
      drawNotice();
      if (!connected) return;
      // The server tells anew what is unfinished.
      setJobs(new Map());
      void listing.ask();
    },
  });
  engine.runRenderLoop(() => scene.render());
  addEventListener("resize", () => engine.resize());
  addEventListener("keydown", ({ key }) => key === "Escape" && focus(null));

  await listing.ask();
}

function closeUp(actor: Actor) {
  const target = actor.place.add(new Vector3(0, actor.height * 0.5, 0));
  return { target, radius: 6.2, turn: 18, lift: 14 };
}
