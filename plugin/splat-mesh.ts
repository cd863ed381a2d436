// The inside of a GaussianSplattingMesh as far as a motion needs it: centres, data textures, sorting. Babylon has no public way to
// change them every frame, so its protected members (9.34) are named here and nowhere else. It computes nothing.

import type { BaseTexture } from "@babylonjs/core/Materials/Textures/baseTexture.js";
import type { GaussianSplattingMesh } from "@babylonjs/core/Meshes/GaussianSplatting/gaussianSplattingMesh.js";

/** What every pass of Babylon reads of its splats. */
export interface SplatTextures {
  /** RGBA32F: centre, and the largest entry of the covariance, by which the other two are divided. */
  centers: BaseTexture;
  /** Sxx, Sxy, Sxz, Syy and Syz, Szz; twice the standard deviations squared. */
  covariancesA: BaseTexture;
  covariancesB: BaseTexture;
}

interface Inside {
  _centersTexture: BaseTexture | null;
  _covariancesATexture: BaseTexture | null;
  _covariancesBTexture: BaseTexture | null;
  /** Stride 4, mesh-local; longer than the splats where the last texture row is not full. */
  _splatPositions: Float32Array | null;
  _flipY: boolean;
  _canPostToWorker: boolean;
  _notifyWorkerNewData(): void;
  _postToWorker(forced: boolean): void;
}

const inside = (mesh: GaussianSplattingMesh) => mesh as unknown as Inside;

/** @throws Error that says what this version cannot move, or what to wait for */
export function checkSplats(mesh: GaussianSplattingMesh): void {
  const fail = (what: string) => {
    throw new Error(`The splats of "${mesh.name}" cannot follow a motion: ${what}`);
  };
  if (mesh.isCompound) fail("the mesh is a compound. Attach to a mesh of one file.");
  if (mesh.useSog) fail("they stay compressed on the GPU. Load the .sog with useSogTextures set to false, or a .ply.");
  if (inside(mesh)._centersTexture === null) fail("it holds none yet. Attach once its file has loaded.");
}

/** True where the mesh holds `count` splats: Babylon fills up to a multiple of 16 with clear ones. */
export function holdsSplats(mesh: GaussianSplattingMesh, count: number): boolean {
  return Math.ceil(count / 16) === Math.ceil(mesh.splatCount! / 16);
}

/** Centres in the mesh's space, those that fill up included, [count * 3]. */
export function splatCentres(mesh: GaussianSplattingMesh): Float32Array {
  const positions = inside(mesh)._splatPositions!;
  return Float32Array.from({ length: mesh.splatCount! * 3 }, (_, i) => positions[Math.floor(i / 3) * 4 + (i % 3)]);
}

/** True where Babylon negated y when it read the file. */
export function isFlipped(mesh: GaussianSplattingMesh): boolean {
  return inside(mesh)._flipY;
}

export function splatTextures(mesh: GaussianSplattingMesh): SplatTextures {
  const { _centersTexture, _covariancesATexture, _covariancesBTexture } = inside(mesh);
  return { centers: _centersTexture!, covariancesA: _covariancesATexture!, covariancesB: _covariancesBTexture! };
}

export function showTextures(mesh: GaussianSplattingMesh, textures: SplatTextures): void {
  const splats = inside(mesh);
  splats._centersTexture = textures.centers;
  splats._covariancesATexture = textures.covariancesA;
  splats._covariancesBTexture = textures.covariancesB;
}

/** False while a former order is being worked out. */
export function canSort(mesh: GaussianSplattingMesh): boolean {
  return inside(mesh)._canPostToWorker;
}

/** Orders the splats by other centres. @param write fills the stride-4 centres that Babylon keeps */
export function sortBy(mesh: GaussianSplattingMesh, write: (positions: Float32Array) => void): void {
  const splats = inside(mesh);
  write(splats._splatPositions!);
  splats._notifyWorkerNewData();
  splats._postToWorker(true);
}
