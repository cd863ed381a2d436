// Where the glTF specification puts the vertices of skinned, animated meshes (3.7.3 and 3.11): written from its formulas, slowly.

import type { Document, Node } from "@gltf-transform/core";
import { readFloats } from "../../pipeline/asset/bake.ts";
import { multiply } from "../../pipeline/asset/matrix.ts";

export function skinnedPositions(document: Document, clip: string, time: number): { positions: Float64Array }[] {
  const root = document.getRoot();
  const animation = root.listAnimations().find((one) => one.getName() === clip)!;
  for (const channel of animation.listChannels()) {
    const sampler = channel.getSampler()!;
    const times = sampler.getInput()!.getArray()!;
    const next = times.findIndex((key: number) => key > time);
    const last = next === -1 ? times.length - 1 : Math.max(next, 1);
    const first = Math.max(last - 1, 0);
    const u = last === first ? 0 : Math.min(Math.max((time - times[first]) / (times[last] - times[first]), 0), 1);
    const [a, b] = [first, last].map((key) => sampler.getOutput()!.getElement(key, []));
    const node = channel.getTargetNode()!;
    if (channel.getTargetPath() === "rotation") node.setRotation(slerp(a, b, u) as [number, number, number, number]);
    else {
      const value = a.map((from, i) => from + (b[i] - from) * u) as [number, number, number];
      if (channel.getTargetPath() === "scale") node.setScale(value);
      else node.setTranslation(value);
    }
  }
  return root
    .listNodes()
    .filter((node) => node.getSkin() !== null)
    .flatMap(meshPositions);
}

function meshPositions(node: Node): { positions: Float64Array }[] {
  const skin = node.getSkin()!;
  const inverse = skin.getInverseBindMatrices()!;
  const matrices = skin.listJoints().map((joint, i) => multiply(joint.getWorldMatrix(), inverse.getElement(i, [])));
  return node
    .getMesh()!
    .listPrimitives()
    .map((primitive) => {
      const rest = readFloats(primitive.getAttribute("POSITION")!, 3);
      const positions = new Float64Array(rest.length);
      for (let v = 0; v < rest.length / 3; v++) {
        const joints = primitive.getAttribute("JOINTS_0")!.getElement(v, []);
        const weights = primitive.getAttribute("WEIGHTS_0")!.getElement(v, []);
        joints.forEach((joint, j) => {
          const m = matrices[joint];
          for (let r = 0; r < 3; r++) {
            const [x, y, z] = rest.subarray(v * 3, v * 3 + 3);
            positions[v * 3 + r] += weights[j] * (m[r] * x + m[4 + r] * y + m[8 + r] * z + m[12 + r]);
          }
        });
      }
      return { positions };
    });
}

/** glTF 2.0, appendix C.4. */
function slerp(a: number[], b: number[], u: number): number[] {
  const d = a.reduce((sum, value, i) => sum + value * b[i], 0);
  const angle = Math.acos(Math.min(Math.abs(d), 1));
  if (angle < 1e-6) return a;
  const [p, q] = [Math.sin((1 - u) * angle) / Math.sin(angle), (Math.sign(d) * Math.sin(u * angle)) / Math.sin(angle)];
  return a.map((value, i) => value * p + b[i] * q);
}
