// Runs in the page: a cloud of splats moved by the plugin beside one whose textures hold what the CPU computed; splats.test.ts judges.

import "@babylonjs/loaders/SPLAT/splatFileLoader.js";
// The shadow of splats is drawn with them; Babylon would fetch them from a server.
import "@babylonjs/core/Shaders/gaussianSplattingDepth.fragment.js";
import "@babylonjs/core/Shaders/gaussianSplattingDepth.vertex.js";
import "@babylonjs/core/ShadersWGSL/gaussianSplattingDepth.fragment.js";
import "@babylonjs/core/ShadersWGSL/gaussianSplattingDepth.vertex.js";
import { Constants } from "@babylonjs/core/Engines/constants.js";
import { ImportMeshAsync } from "@babylonjs/core/Loading/sceneLoader.js";
import type { GaussianSplattingMaterial } from "@babylonjs/core/Materials/GaussianSplatting/gaussianSplattingMaterial.js";
import { ShaderLanguage } from "@babylonjs/core/Materials/shaderLanguage.js";
import { ShadowDepthWrapper } from "@babylonjs/core/Materials/shadowDepthWrapper.js";
import { RawTexture } from "@babylonjs/core/Materials/Textures/rawTexture.js";
import type { GaussianSplattingMesh } from "@babylonjs/core/Meshes/GaussianSplatting/gaussianSplattingMesh.js";
import { LoadMotionFieldAsync, type Motion } from "../../plugin/motion.ts";
import type { Player } from "../../plugin/player.ts";
import { setBounds } from "../../plugin/set-bounds.ts";
import { showTextures, sortBy, splatCentres, splatTextures } from "../../plugin/splat-mesh.ts";
import { attachSplatsAsync } from "../../plugin/splats.ts";
import { floatToHalf, halfToFloat } from "../../runtime/half.ts";
import { hashPositions } from "../../runtime/hash.ts";
import { samplePose } from "../../runtime/sample.ts";
import { createEngine } from "../browser/engine.ts";
import { splatField, splatFile } from "./splat-data.ts";
import { type MovedSplats, moveSplats } from "./splat-reference.ts";
import { compare, createStage, type Stage } from "./stage.ts";

const SIZE = 128;
const file = splatFile();

interface Scene {
  left: Stage;
  right: Stage;
  motion: Motion;
  moved: GaussianSplattingMesh;
  reference: GaussianSplattingMesh;
  player: Player;
}

async function load(stage: Stage): Promise<GaussianSplattingMesh> {
  const { meshes } = await ImportMeshAsync("/cloud.splat", stage.scene);
  const mesh = meshes[0] as GaussianSplattingMesh;
  const material = mesh.material as GaussianSplattingMaterial;
  const language = stage.scene.getEngine().isWebGPU ? ShaderLanguage.WGSL : ShaderLanguage.GLSL;
  const depth = material.makeDepthRenderingMaterial(stage.scene, language);
  material.shadowDepthWrapper = new ShadowDepthWrapper(depth, stage.scene, { standalone: true });
  stage.shadows.transparencyShadow = true;
  stage.shadows.addShadowCaster(mesh, false);
  return mesh;
}

let opened: Promise<Scene> | null = null;

function open(): Promise<Scene> {
  opened ??= (async () => {
    const engine = await createEngine(SIZE);
    const [left, right] = [createStage(engine, SIZE), createStage(engine, SIZE)];
    const motion = await LoadMotionFieldAsync("/cloud.motion.glb", left.scene);
    const [moved, reference] = [await load(left), await load(right)];
    const player = await attachSplatsAsync(motion, moved, { autoUpdate: false });
    return { left, right, motion, moved, reference, player };
  })();
  return opened;
}

/** Babylon's own layout, filled on the CPU. */
function showReference(mesh: GaussianSplattingMesh, { centres, covariances }: MovedSplats): void {
  const { width, height } = splatTextures(mesh).centers.getSize();
  const centers = new Float32Array(width * height * 4);
  const [a, b] = [new Uint16Array(width * height * 4), new Uint16Array(width * height * 4)];
  for (let s = 0; s < centres.length / 3; s++) {
    const s6 = covariances.subarray(s * 6, s * 6 + 6);
    const most = Math.max(...s6.map(Math.abs));
    centers.set([...centres.subarray(s * 3, s * 3 + 3), most], s * 4);
    a.set(
      Array.from(s6.subarray(0, 4), (value) => floatToHalf(value / most)),
      s * 4,
    );
    b.set(
      Array.from(s6.subarray(4), (value) => floatToHalf(value / most)),
      s * 4,
    );
  }
  const texture = (data: ArrayBufferView, type: number) =>
    new RawTexture(data, width, height, Constants.TEXTUREFORMAT_RGBA, mesh.getScene(), false, false, 1, type);
  showTextures(mesh, {
    centers: texture(centers, Constants.TEXTURETYPE_FLOAT),
    covariancesA: texture(a, Constants.TEXTURETYPE_HALF_FLOAT),
    covariancesB: texture(b, Constants.TEXTURETYPE_HALF_FLOAT),
  });
  sortBy(mesh, (positions) => {
    for (let s = 0; s < centres.length / 3; s++) positions.set(centres.subarray(s * 3, s * 3 + 3), s * 4);
  });
}

/** Draws until the order of the splats, which a worker computes, has settled. */
async function settled(stage: Stage): Promise<Uint8Array> {
  let picture = await stage.pixels();
  for (let still = 0, frame = 0; still < 4 && frame < 100; frame++) {
    await new Promise((done) => setTimeout(done, 25));
    const next = await stage.pixels();
    still = compare(picture, next).mean === 0 ? still + 1 : 0;
    picture = next;
  }
  return picture;
}

/** Both, under the same bounds, because the light's frustum is fitted to them. */
async function bothSettled({ left, right, moved, reference }: Scene): Promise<[Uint8Array, Uint8Array]> {
  const { minimum, maximum } = moved.getBoundingInfo();
  setBounds(reference, { min: minimum.asArray(), max: maximum.asArray() });
  return [await settled(left), await settled(right)];
}

/** Largest differences between what the pass drew and what the CPU computed. */
async function apart(mesh: GaussianSplattingMesh, { centres, covariances }: MovedSplats) {
  const { centers, covariancesA, covariancesB } = splatTextures(mesh);
  const read = async (texture: typeof centers) => {
    const data = (await texture.readPixels()) as Float32Array | Uint16Array;
    return data instanceof Float32Array ? data : Float32Array.from(data, halfToFloat);
  };
  const [c, a, b] = [await read(centers), await read(covariancesA), await read(covariancesB)];
  let [centre, covariance] = [0, 0];
  for (let s = 0; s < centres.length / 3; s++) {
    for (let i = 0; i < 3; i++) centre = Math.max(centre, Math.abs(c[s * 4 + i] - centres[s * 3 + i]));
    const s6 = covariances.subarray(s * 6, s * 6 + 6);
    const most = Math.max(...s6.map(Math.abs));
    for (let i = 0; i < 6; i++) {
      const shown = (i < 4 ? a[s * 4 + i] : b[s * 4 + i - 4]) * c[s * 4 + 3];
      covariance = Math.max(covariance, Math.abs(shown - s6[i]) / most);
    }
  }
  return { centre, covariance };
}

/** Pairs of splats that are drawn one after the other although the first is nearer to the camera, by more than a little. */
function disorder(stage: Stage, mesh: GaussianSplattingMesh, centres: Float32Array): number {
  const order = (mesh as unknown as { _splatIndex: Float32Array })._splatIndex;
  const view = mesh.getWorldMatrix().multiply(stage.camera.getViewMatrix()).m;
  const depths = Array.from(order.subarray(0, centres.length / 3), (s) => {
    return view[2] * centres[s * 3] + view[6] * centres[s * 3 + 1] + view[10] * centres[s * 3 + 2] + view[14];
  });
  return depths.filter((depth, i) => i > 0 && depth > depths[i - 1] + 0.01).length;
}

Object.assign(globalThis, {
  /** What Babylon's loader makes of a file: the hash of its centres, and its covariances over their largest entries. */
  async readFile({ url, count }: { url: string; count: number }) {
    const { left } = await open();
    // Without the library's address Babylon unpacks .spz by itself.
    const pluginOptions = { splat: { spzLibraryUrl: "" } };
    const { meshes } = await ImportMeshAsync(url, left.scene, { pluginOptions });
    const mesh = meshes[0] as GaussianSplattingMesh;
    const hash = hashPositions(splatCentres(mesh).slice(0, count * 3));
    const { covariancesA } = splatTextures(mesh);
    const halves = (await covariancesA.readPixels()) as Uint16Array | Float32Array;
    const value = (i: number) => (halves instanceof Float32Array ? halves[i] : halfToFloat(halves[i]));
    const covariances = Array.from({ length: count * 4 }, (_, i) => value(i));
    mesh.dispose();
    return { hash, covariances };
  },

  async frames({ clip, frames }: { clip: string; frames: number[] }) {
    const stages = await open();
    const { left, right, motion, moved, reference, player } = stages;
    const data = motion.field.clips.find(({ name }) => name === clip)!;
    const still = moveSplats(file, motion.field, null);
    showReference(reference, still);
    const [, rest] = await bothSettled(stages);
    const restShadow = await right.shadowPixels();
    const results = [];
    for (const frame of frames) {
      player.clip(clip).goToFrame(frame);
      player.update(0);
      const expected = moveSplats(file, motion.field, samplePose(motion.field, data, frame / data.fps));
      showReference(reference, expected);
      const [shown, wanted] = await bothSettled(stages);
      const texels = await apart(moved, expected);
      const ordered = disorder(left, moved, expected.centres);
      const atRest = disorder(left, moved, still.centres);
      const [shadow, wantedShadow] = [await left.shadowPixels(), await right.shadowPixels()];
      results.push({
        frame,
        picture: compare(shown, wanted),
        moved: compare(wanted, rest),
        shadow: compare(shadow, wantedShadow),
        shadowMoved: compare(wantedShadow, restShadow),
        texels,
        ordered,
        atRest,
      });
    }
    return results;
  },

  /** Another motion with other handles takes over; then the player ends. */
  async replaceAndLeave() {
    const stages = await open();
    const { left, motion, moved, reference, player } = stages;
    player.rest();
    player.clip("wave").goToFrame(4);
    player.update(0);
    const former = motion.field;
    const take = async (field: typeof former) => {
      const { centers } = splatTextures(moved);
      motion.replace(field);
      while (splatTextures(moved).centers === centers) await new Promise((done) => setTimeout(done, 20));
    };
    await take(splatField(file, { handles: [5, 6, 2], frames: 24, strength: 0.6 }));
    const clip = motion.field.clips[0];
    const expected = moveSplats(file, motion.field, samplePose(motion.field, clip, player.clip("wave").time));
    showReference(reference, expected);
    const replaced = {
      picture: compare(...(await bothSettled(stages))),
      texels: await apart(moved, expected),
    };
    const textures = left.scene.textures.length;
    await take(former);
    const grown = left.scene.textures.length - textures;
    player.dispose();
    showReference(reference, moveSplats(file, former, null));
    const after = compare(...(await bothSettled(stages)));
    const freed = textures - left.scene.textures.length;
    const refused = await attachSplatsAsync(await LoadMotionFieldAsync("/other.motion.glb", left.scene), moved).catch(
      (error: Error) => error.message,
    );
    // Twice: the second ends the first.
    const first = await attachSplatsAsync(motion, moved);
    const second = await attachSplatsAsync(motion, moved);
    const taken = first.isDisposed && !second.isDisposed;
    moved.dispose();
    await new Promise((done) => setTimeout(done, 20));
    const gone = second.isDisposed;
    return { replaced, grown, after, freed, refused, taken, gone };
  },
});
