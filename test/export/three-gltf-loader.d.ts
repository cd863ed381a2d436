// The part of three.js that the tests use; the package ships no types.

declare module "three" {
  export class Vector3 {
    x: number;
    y: number;
    z: number;
    applyMatrix4(matrix: unknown): this;
  }
  export interface Object3D {
    isSkinnedMesh?: boolean;
    geometry: { attributes: { position: { count: number } } };
    matrixWorld: unknown;
    name: string;
    getVertexPosition(index: number, target: Vector3): Vector3;
    traverse(visit: (object: Object3D) => void): void;
    updateMatrixWorld(force: boolean): void;
  }
  export interface AnimationClip {
    name: string;
    duration: number;
  }
  export class AnimationMixer {
    constructor(root: Object3D);
    clipAction(clip: AnimationClip): { play(): void };
    setTime(seconds: number): void;
    stopAllAction(): void;
  }
}

declare module "three/examples/jsm/loaders/GLTFLoader.js" {
  import type { AnimationClip, Object3D } from "three";
  export class GLTFLoader {
    loadAsync(url: string): Promise<{ scene: Object3D; animations: AnimationClip[] }>;
  }
}
