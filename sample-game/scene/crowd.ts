// A few crowds that make the island lively: copies of one asset as thin instances that walk or fly in a circle, each in its own
// phase of the same clip.

import type { ShadowGenerator } from "@babylonjs/core/Lights/Shadows/shadowGenerator.js";
import { Matrix, Quaternion, Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { Scene } from "@babylonjs/core/scene.js";
import { LoadMotionFieldAsync, type Motion, type Player } from "../../plugin/index.ts";
import { fetchMotion, type ListedAsset, versioned } from "../server/listing.ts";
import { type LoadedModel, loadModel } from "./load-model.ts";
import { hash } from "./noise.ts";
import { groundHeight } from "./terrain.ts";

interface Route {
  /** Which asset and clip it is for: the crowd is there once that clip is built. */
  asset: string;
  clip: string;
  count: number;
  /** Of the model's size on its pedestal. */
  scale: number;
  centre: [number, number];
  radius: number;
  /** Above the ground; null: on it. */
  height: number | null;
  /** Metres a second; negative turns the other way round. */
  speed: number;
}

const ROUTES: Route[] = [
  { asset: "fox", clip: "walk", count: 6, scale: 0.5, centre: [0, 3.4], radius: 2.7, height: null, speed: 0.55 },
  { asset: "bird", clip: "fly", count: 7, scale: 0.62, centre: [1, -8], radius: 10, height: 5.6, speed: -3 },
];

export class Crowds {
  readonly #scene: Scene;
  readonly #shadows: ShadowGenerator;
  readonly #here = new Map<Route, Troop>();
  #work: Promise<void> = Promise.resolve();

  constructor(scene: Scene, shadows: ShadowGenerator) {
    this.#scene = scene;
    this.#shadows = shadows;
  }

  /** Brings the crowds up to the listing. */
  show(listing: readonly ListedAsset[]): Promise<void> {
    this.#work = this.#work.then(async () => {
      for (const route of ROUTES) await this.#update(route, listing);
    });
    return this.#work;
  }

  async #update(route: Route, listing: readonly ListedAsset[]): Promise<void> {
    const listed = listing.find(({ name, clips, motion }) => {
      return motion !== null && name === route.asset && clips.some((clip) => clip.name === route.clip && clip.built);
    });
    const troop = this.#here.get(route);
    if (!listed) {
      this.#here.delete(route);
      troop?.dispose();
      return;
    }
    try {
      if (troop?.modelVersion === listed.modelVersion) {
        await troop.update(listed);
      } else {
        this.#here.set(route, await createTroop(route, listed, this.#scene, this.#shadows));
        troop?.dispose();
      }
    } catch (error) {
      // The next listing tries again; until then what was there stays.
      console.warn(`The crowd of ${route.asset} is not up to date: ${error instanceof Error ? error.message : error}`);
    }
  }
}

interface Troop {
  readonly modelVersion: string;
  /** Takes over another motion of the same model; everyone stays in the middle of their step. */
  update(listed: ListedAsset): Promise<void>;
  dispose(): void;
}

async function createTroop(route: Route, listed: ListedAsset, scene: Scene, shadows: ShadowGenerator): Promise<Troop> {
  const { modelVersion } = listed;
  let { motionVersion } = listed;
  const bytes = await fetchMotion(listed);
  const model = await loadModel(versioned(listed.model, modelVersion), scene);
  let motion: Motion | null = null;
  let player: Player;
  try {
    motion = await LoadMotionFieldAsync(bytes, scene);
    player = motion.attach(model.root);
    if (player.meshes.length === 0) throw new Error("the motion was made for another shape of the model");
    player.createCrowd(route.count);
  } catch (error) {
    motion?.dispose();
    model.dispose();
    throw error;
  }
  const crowd = player.crowd!;
  for (let i = 0; i < route.count; i++) {
    crowd.set(i, { clip: route.clip, offset: hash(i + 3), speed: 0.92 + 0.16 * hash(i + 11) });
  }
  for (const mesh of model.meshes) {
    mesh.isPickable = false;
    mesh.receiveShadows = true;
    shadows.addShadowCaster(mesh, false);
  }
  let seconds = 0;
  const observer = scene.onBeforeRenderObservable.add(() => {
    seconds += scene.getEngine().getDeltaTime() / 1000;
    for (let i = 0; i < route.count; i++) crowd.set(i, { matrix: memberMatrix(route, model, i, seconds) });
  });
  return {
    modelVersion,
    async update(next) {
      if (next.motionVersion === motionVersion) return;
      motion.replace(await fetchMotion(next));
      motionVersion = next.motionVersion;
    },
    dispose() {
      scene.onBeforeRenderObservable.remove(observer);
      for (const mesh of model.meshes) shadows.removeShadowCaster(mesh, false);
      motion.dispose();
      model.dispose();
    },
  };
}

/** Where member `i` stands, in the space of the model root's parent, as `Crowd.set` wants it. */
function memberMatrix(route: Route, { root }: LoadedModel, i: number, seconds: number): Matrix {
  const { centre, count, height, radius, scale, speed } = route;
  const lane = radius * (0.94 + 0.16 * (hash(i + 29) - 0.5));
  const angle = ((i + 0.4 * (hash(i) - 0.5)) / count) * 2 * Math.PI + (speed / radius) * seconds;
  const x = centre[0] + Math.sin(angle) * lane;
  const z = centre[1] + Math.cos(angle) * lane;
  const y = height === null ? groundHeight(x, z) : height + 0.5 * Math.sin(seconds * 0.9 + i * 2) + hash(i + 41);
  const heading = angle + (Math.sign(speed) * Math.PI) / 2;
  const bank = height === null ? 0 : -0.25 * Math.sign(speed);
  const turn = Quaternion.RotationYawPitchRoll(heading, 0, bank);
  const world = Matrix.Compose(new Vector3(scale, scale, scale), turn, new Vector3(x, y, z));
  const parent = root.parent!.getWorldMatrix();
  return parent.multiply(world).multiply(Matrix.Invert(parent));
}
