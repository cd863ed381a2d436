// A small body of splats, upside down as training leaves it, written in every format that can be read. Runs in Node.

import { gzipSync } from "node:zlib";
import { uniform } from "../../pipeline/asset/random.ts";
import { emptyCloud, SH_C0, type SplatCloud } from "../../pipeline/asset/splat-cloud.ts";

/** A ball with two legs below it: flat splats in the surface, and a few that nobody sees. File space, y down. */
export function makeCloud(count = 1200): SplatCloud {
  const random = uniform(7);
  const cloud = emptyCloud(count);
  for (let s = 0; s < count; s++) {
    const leg = s % 3;
    const [u, v] = [2 * Math.PI * random(), random()];
    // Where a point lies on the body, and which way is out there; y up.
    const cosine = 2 * v - 1;
    const sine = Math.sqrt(1 - cosine * cosine);
    const normal = leg === 0 ? [sine * Math.cos(u), cosine, sine * Math.sin(u)] : [Math.cos(u), 0, Math.sin(u)];
    const centre = leg === 0 ? [0, 1.6, 0] : [leg === 1 ? -0.3 : 0.3, 1.1 - 1.1 * v, 0];
    const radius = leg === 0 ? 0.6 : 0.12;
    for (let c = 0; c < 3; c++) {
      cloud.positions[s * 3 + c] = [-1, -1, 1][c] * (centre[c] + radius * normal[c]);
      cloud.scales[s * 3 + c] = [0.05, 0.04, 0.004][c];
      cloud.colors[s * 3 + c] = [
        [0.8, 0.3, 0.2],
        [0.2, 0.3, 0.8],
        [0.2, 0.7, 0.3],
      ][leg][c];
    }
    cloud.opacities[s] = s % 20 === 19 ? 0.02 : 0.95;
    // The rotation that takes z to the normal (in file space): half way between them, taken twice.
    const half = [-normal[0], -normal[1], normal[2] + 1];
    const length = Math.hypot(...half);
    const [x, y, z] = length > 1e-6 ? half.map((value) => value / length) : [1, 0, 0];
    cloud.rotations.set([z, -y, x, 0], s * 4);
  }
  return cloud;
}

const HEADER = (elements: string) =>
  new TextEncoder().encode(`ply\nformat binary_little_endian 1.0\n${elements}end_header\n`);

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

export function plyFile(cloud: SplatCloud): Uint8Array {
  const names = "x y z f_dc_0 f_dc_1 f_dc_2 opacity scale_0 scale_1 scale_2 rot_0 rot_1 rot_2 rot_3".split(" ");
  const rows = new Float32Array(cloud.count * names.length);
  for (let s = 0; s < cloud.count; s++) {
    const three = (values: Float32Array) => [...values.subarray(s * 3, s * 3 + 3)];
    const opacity = cloud.opacities[s];
    const row = [
      ...three(cloud.positions),
      ...three(cloud.colors).map((value) => (value - 0.5) / SH_C0),
      Math.log(opacity / (1 - opacity)),
      ...three(cloud.scales).map(Math.log),
      ...cloud.rotations.subarray(s * 4, s * 4 + 4),
    ];
    rows.set(row, s * names.length);
  }
  const properties = names.map((name) => `property float ${name}\n`).join("");
  return join(HEADER(`element vertex ${cloud.count}\n${properties}`), new Uint8Array(rows.buffer));
}

export function splatFileOf(cloud: SplatCloud): Uint8Array {
  const bytes = new Uint8Array(cloud.count * 32);
  const floats = new Float32Array(bytes.buffer);
  for (let s = 0; s < cloud.count; s++) {
    floats.set(cloud.positions.subarray(s * 3, s * 3 + 3), s * 8);
    floats.set(cloud.scales.subarray(s * 3, s * 3 + 3), s * 8 + 3);
    for (let c = 0; c < 3; c++) bytes[s * 32 + 24 + c] = Math.round(cloud.colors[s * 3 + c] * 255);
    bytes[s * 32 + 27] = Math.round(cloud.opacities[s] * 255);
    for (let c = 0; c < 4; c++) bytes[s * 32 + 28 + c] = Math.round(cloud.rotations[s * 4 + c] * 127.5 + 127.5);
  }
  return bytes;
}

export function compressedPlyFile(cloud: SplatCloud): Uint8Array {
  const chunks = Math.ceil(cloud.count / 256);
  const bounds = new Float32Array(chunks * 18);
  const words = new Uint32Array(cloud.count * 4);
  const logs = cloud.scales.map(Math.log);
  for (let chunk = 0; chunk < chunks; chunk++) {
    const splats = Array.from({ length: Math.min(256, cloud.count - chunk * 256) }, (_, i) => chunk * 256 + i);
    const range = (values: Float32Array, offset: number) => {
      for (let c = 0; c < 3; c++) {
        const own = splats.map((s) => values[s * 3 + c]);
        bounds[chunk * 18 + offset + c] = Math.min(...own);
        bounds[chunk * 18 + offset + 3 + c] = Math.max(...own);
      }
    };
    range(cloud.positions, 0);
    range(logs, 6);
    range(cloud.colors, 12);
    for (const s of splats) {
      const share = (values: Float32Array, offset: number, c: number) => {
        const [low, high] = [bounds[chunk * 18 + offset + c], bounds[chunk * 18 + offset + 3 + c]];
        return high > low ? Math.min(1, Math.max(0, (values[s * 3 + c] - low) / (high - low))) : 0;
      };
      const thirds = (values: Float32Array, offset: number) =>
        (Math.round(share(values, offset, 0) * 2047) << 21) |
        (Math.round(share(values, offset, 1) * 1023) << 11) |
        Math.round(share(values, offset, 2) * 2047);
      const color = [0, 1, 2].reduce((word, c) => (word << 8) | Math.round(share(cloud.colors, 12, c) * 255), 0);
      words.set(
        [
          thirds(cloud.positions, 0),
          packTurn([...cloud.rotations.subarray(s * 4, s * 4 + 4)]),
          thirds(logs, 6),
          (color << 8) | Math.round(cloud.opacities[s] * 255),
        ],
        s * 4,
      );
    }
  }
  const sides = ["", "scale_"].flatMap((what) =>
    ["min_", "max_"].flatMap((side) => ["x", "y", "z"].map((axis) => side + what + axis)),
  );
  const colors = ["min_", "max_"].flatMap((side) => ["r", "g", "b"].map((axis) => side + axis));
  const chunkRows = [...sides, ...colors].map((name) => `property float ${name}\n`).join("");
  const packed = ["position", "rotation", "scale", "color"].map((name) => `property uint packed_${name}\n`).join("");
  return join(
    HEADER(`element chunk ${chunks}\n${chunkRows}element vertex ${cloud.count}\n${packed}`),
    new Uint8Array(bounds.buffer),
    new Uint8Array(words.buffer),
  );
}

function packTurn(wxyz: number[]): number {
  const largest = wxyz.reduce((best, value, i) => (Math.abs(value) > Math.abs(wxyz[best]) ? i : best), 0);
  const sign = wxyz[largest] < 0 ? -1 : 1;
  return wxyz
    .filter((_, i) => i !== largest)
    .reduce((word, value) => (word << 10) | Math.round((sign * value * Math.SQRT1_2 + 0.5) * 1023), largest);
}

/** Version 2. */
export function spzFile(cloud: SplatCloud): Uint8Array {
  const bytes = new Uint8Array(16 + cloud.count * 19);
  const view = new DataView(bytes.buffer);
  [0x5053474e, 2, cloud.count].forEach((value, i) => {
    view.setUint32(i * 4, value, true);
  });
  bytes[13] = 12;
  const [alphas, colors, scales, turns] = [9, 10, 13, 16].map((size) => 16 + cloud.count * size);
  for (let s = 0; s < cloud.count; s++) {
    const turn = cloud.rotations.subarray(s * 4, s * 4 + 4);
    for (let c = 0; c < 3; c++) {
      const fixed = Math.round(cloud.positions[s * 3 + c] * 4096);
      for (let b = 0; b < 3; b++) bytes[16 + s * 9 + c * 3 + b] = (fixed >> (8 * b)) & 255;
      const harmonic = (cloud.colors[s * 3 + c] - 0.5) / SH_C0;
      bytes[colors + s * 3 + c] = Math.round(harmonic * 0.15 * 255 + 127.5);
      bytes[scales + s * 3 + c] = Math.round((Math.log(cloud.scales[s * 3 + c]) + 10) * 16);
      bytes[turns + s * 3 + c] = Math.round(((turn[0] < 0 ? -1 : 1) * turn[c + 1] + 1) * 127.5);
    }
    bytes[alphas + s] = Math.round(cloud.opacities[s] * 255);
  }
  return gzipSync(bytes);
}
