// Small models for tests, made with glTF-Transform and written to a temporary folder. Shapes only; what is expected of them
// stands in the tests.

import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Document, type Material, type Node, NodeIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS } from "@gltf-transform/extensions";
import draco3d from "draco3dgltf";
import { MeshoptDecoder, MeshoptEncoder } from "meshoptimizer";
import type { Asset, Primitive } from "../../pipeline/asset/asset.ts";

export interface Shape {
  positions: number[];
  indices: number[];
}

/** A closed box with shared corners, each face a grid of `cells` x `cells` squares, wound outwards. */
export function box(centre: number[], size: number[], cells = 1): Shape {
  const shape: Shape = { positions: [], indices: [] };
  const known = new Map<string, number>();
  const vertex = (unit: number[]): number => {
    const key = unit.join();
    let index = known.get(key);
    if (index === undefined) {
      known.set(key, (index = shape.positions.length / 3));
      shape.positions.push(...unit.map((u, c) => centre[c] + (u / cells - 0.5) * size[c]));
    }
    return index;
  };
  for (let axis = 0; axis < 3; axis++) {
    for (const side of [0, 1]) {
      const at = (u: number, v: number): number => {
        const unit = [0, 0, 0];
        unit[axis] = side * cells;
        unit[(axis + 1) % 3] = u;
        unit[(axis + 2) % 3] = v;
        return vertex(unit);
      };
      for (let u = 0; u < cells; u++) {
        for (let v = 0; v < cells; v++) {
          const [a, b, c, d] = [at(u, v), at(u + 1, v), at(u + 1, v + 1), at(u, v + 1)];
          shape.indices.push(...(side ? [a, b, c, a, c, d] : [a, c, b, a, d, c]));
        }
      }
    }
  }
  return shape;
}

export interface PartOptions {
  material?: Material;
  attributes?: Record<string, { type: "VEC2" | "VEC3" | "VEC4"; values: Float32Array | Uint16Array | Uint8Array }>;
}

/** Adds a node with a mesh of one primitive to the document's scene. */
export function addPart(document: Document, name: string, shape: Shape, options: PartOptions = {}): Node {
  const root = document.getRoot();
  const buffer = root.listBuffers()[0] ?? document.createBuffer();
  const scene = root.listScenes()[0] ?? document.createScene();
  const primitive = document
    .createPrimitive()
    .setIndices(document.createAccessor().setType("SCALAR").setArray(Uint16Array.from(shape.indices)).setBuffer(buffer))
    .setAttribute(
      "POSITION",
      document.createAccessor().setType("VEC3").setArray(Float32Array.from(shape.positions)).setBuffer(buffer),
    );
  for (const [semantic, { type, values }] of Object.entries(options.attributes ?? {})) {
    primitive.setAttribute(semantic, document.createAccessor().setType(type).setArray(values).setBuffer(buffer));
  }
  if (options.material) primitive.setMaterial(options.material);
  const node = document.createNode(name).setMesh(document.createMesh(name).addPrimitive(primitive));
  scene.addChild(node);
  return node;
}

/** Removed when the test's process ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "animus-asset-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

process.setMaxListeners(100);

/** Writes the document as GLB to a folder of its own and returns the path. */
export async function writeModel(document: Document, name = "model.glb"): Promise<string> {
  const io = new NodeIO().registerExtensions(ALL_EXTENSIONS).registerDependencies({
    "draco3d.encoder": await draco3d.createEncoderModule(),
    "draco3d.decoder": await draco3d.createDecoderModule(),
    "meshopt.encoder": MeshoptEncoder,
    "meshopt.decoder": MeshoptDecoder,
  });
  await Promise.all([MeshoptEncoder.ready, MeshoptDecoder.ready]);
  const file = join(await temporaryFolder(), name);
  await writeFile(file, await io.writeBinary(document));
  return file;
}

/** An asset of white shapes without a file, one primitive each. */
export function assetOf(...shapes: Shape[]): Asset {
  const primitives = shapes.map((shape, node): Primitive => {
    const positions = Float32Array.from(shape.positions);
    return {
      node,
      nodeName: `part${node}`,
      mesh: node,
      primitive: 0,
      vertexCount: positions.length / 3,
      positions,
      normals: new Float32Array(positions.length),
      indices: Uint32Array.from(shape.indices),
      uvs: null,
      colors: null,
      material: {
        baseColorFactor: [1, 1, 1, 1],
        texture: null,
        wrap: ["repeat", "repeat"],
        alphaMode: "OPAQUE",
        alphaCutoff: 0.5,
        doubleSided: false,
      },
      positionsHash: "",
      meshToAsset: Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1),
      skinned: false,
    };
  });
  const all = shapes.flatMap((shape) => shape.positions);
  const along = (c: number): number[] => all.filter((_, i) => i % 3 === c);
  return {
    name: "shapes",
    file: "shapes.glb",
    hash: "",
    primitives,
    splats: null,
    bounds: {
      min: [Math.min(...along(0)), Math.min(...along(1)), Math.min(...along(2))],
      max: [Math.max(...along(0)), Math.max(...along(1)), Math.max(...along(2))],
    },
  };
}

/** A body on two legs that almost touch: one welded surface, the legs grown out of the body's underside. */
export function twoLegs(gap: number): Shape {
  // Profile in x: leg, gap, leg; every cell is a box of which only the outer faces are kept.
  const xs = [-0.2 - gap / 2, -gap / 2, gap / 2, 0.2 + gap / 2];
  const ys = [0, 0.2, 0.4, 0.6, 0.8, 1.1];
  const zs = [-0.1, 0.1];
  const solid = (i: number, j: number, k: number): boolean =>
    k === 0 && i >= 0 && i < 3 && j >= 0 && j < 5 && (j === 4 || i !== 1);
  const shape: Shape = { positions: [], indices: [] };
  const known = new Map<string, number>();
  const vertex = (p: number[]): number => {
    let index = known.get(p.join());
    if (index === undefined) {
      known.set(p.join(), (index = shape.positions.length / 3));
      shape.positions.push(xs[p[0]], ys[p[1]], zs[p[2]]);
    }
    return index;
  };
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 5; j++) {
      if (!solid(i, j, 0)) continue;
      for (let axis = 0; axis < 3; axis++) {
        for (const side of [0, 1]) {
          const next = [i, j, 0];
          next[axis] += side ? 1 : -1;
          if (solid(next[0], next[1], next[2])) continue;
          const corner = (u: number, v: number): number => {
            const p = [i, j, 0];
            p[axis] += side;
            p[(axis + 1) % 3] += u;
            p[(axis + 2) % 3] += v;
            return vertex(p);
          };
          const [a, b, c, d] = [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)];
          shape.indices.push(...(side ? [a, b, c, a, c, d] : [a, c, b, a, d, c]));
        }
      }
    }
  }
  return shape;
}
