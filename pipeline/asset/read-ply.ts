// PLY files that hold Gaussian splats: the training format of 3D Gaussian Splatting (Kerbl et al. 2023: log scales, logit opacity,
// spherical harmonics), and PlayCanvas' compressed one (chunks of 256 splats, 16 bytes a splat). Meshes and point clouds are refused.

import { halfToFloat } from "../../runtime/half.ts";
import { emptyCloud, SH_C0, type SplatCloud, SplatFormatError } from "./splat-cloud.ts";

const HEADER_LIMIT = 64 * 1024;
const CHUNK = 256;

type Reader = (view: DataView, at: number) => number;

/** Sizes and readers of PLY's scalar types, by all of their names. Babylon reads 16 bits as halves, and so does this. */
const TYPES: Record<string, [size: number, read: Reader]> = (() => {
  const float: [number, Reader] = [4, (view, at) => view.getFloat32(at, true)];
  const double: [number, Reader] = [8, (view, at) => view.getFloat64(at, true)];
  const uint: [number, Reader] = [4, (view, at) => view.getUint32(at, true)];
  const int: [number, Reader] = [4, (view, at) => view.getInt32(at, true)];
  const ushort: [number, Reader] = [2, (view, at) => halfToFloat(view.getUint16(at, true))];
  const short: [number, Reader] = [2, (view, at) => view.getInt16(at, true)];
  const uchar: [number, Reader] = [1, (view, at) => view.getUint8(at)];
  const char: [number, Reader] = [1, (view, at) => view.getInt8(at)];
  return {
    float,
    float32: float,
    double,
    float64: double,
    uint,
    uint32: uint,
    int,
    int32: int,
    ushort,
    uint16: ushort,
    short,
    int16: short,
    uchar,
    uint8: uchar,
    char,
    int8: char,
  };
})();

interface Element {
  name: string;
  count: number;
  /** Byte of the file where its rows begin, and bytes of one. */
  start: number;
  stride: number;
  properties: Map<string, { offset: number; read: Reader }>;
}

/** @throws SplatFormatError where the file is damaged or holds no splats. */
export function readPly(bytes: Uint8Array): SplatCloud {
  const elements = readHeader(bytes);
  const vertex = elements.get("vertex");
  if (vertex === undefined || vertex.count < 1) throw new SplatFormatError("holds no vertices");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunk = elements.get("chunk");
  if (chunk !== undefined && vertex.properties.has("packed_position")) return readCompressed(view, vertex, chunk);
  for (const name of ["x", "scale_0", "rot_0", "opacity"]) {
    if (!vertex.properties.has(name)) throw new SplatFormatError(`is no splat file: its vertices have no "${name}"`);
  }
  return readTrained(view, vertex);
}

function readHeader(bytes: Uint8Array): Map<string, Element> {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, HEADER_LIMIT));
  const end = /end_header\r?\n/.exec(text);
  if (!text.startsWith("ply") || end === null) throw new SplatFormatError("does not begin with a PLY header");
  const elements = new Map<string, Element>();
  let current: Element | null = null;
  for (const line of text.slice(0, end.index).split(/\r?\n/)) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === "format" && rest[0] !== "binary_little_endian") {
      throw new SplatFormatError(`is stored as "${rest[0]}"; only binary_little_endian can be read`);
    }
    if (word === "element") {
      const count = Number(rest[1]);
      if (!Number.isInteger(count) || count < 0) throw new SplatFormatError(`counts "${rest[1]}" of "${rest[0]}"`);
      current = { name: rest[0], count, start: 0, stride: 0, properties: new Map() };
      elements.set(current.name, current);
    }
    if (word === "property" && current !== null) {
      const type = TYPES[rest[0]];
      // A mesh's faces are lists; they come after the vertices and are not read.
      if (type === undefined && current.name !== "face")
        throw new SplatFormatError(`has a property of type "${rest[0]}"`);
      if (type === undefined) continue;
      current.properties.set(rest[1], { offset: current.stride, read: type[1] });
      current.stride += type[0];
    }
  }
  let start = end.index + end[0].length;
  for (const element of elements.values()) {
    element.start = start;
    start += element.count * element.stride;
    if (start > bytes.length) {
      throw new SplatFormatError(
        `is cut off: ${element.count} of "${element.name}" end at byte ${start} of ${bytes.length}`,
      );
    }
  }
  return elements;
}

/** Reads one property of every row, or a value where the file has none. */
function column(view: DataView, element: Element, name: string, missing: number): (row: number) => number {
  const property = element.properties.get(name);
  if (property === undefined) return () => missing;
  return (row) => property.read(view, element.start + row * element.stride + property.offset);
}

function readTrained(view: DataView, vertex: Element): SplatCloud {
  const cloud = emptyCloud(vertex.count);
  const columns = (names: string[], missing = 0) => names.map((name) => column(view, vertex, name, missing));
  const place = columns(["x", "y", "z"]);
  const scale = columns(["scale_0", "scale_1", "scale_2"]);
  const turn = columns(["rot_0", "rot_1", "rot_2", "rot_3"]);
  const harmonics = columns(["f_dc_0", "f_dc_1", "f_dc_2"]);
  const plain = vertex.properties.has("f_dc_0") ? null : columns(["red", "green", "blue"], 127.5);
  const opacity = column(view, vertex, "opacity", 0);
  for (let s = 0; s < cloud.count; s++) {
    for (let c = 0; c < 3; c++) {
      cloud.positions[s * 3 + c] = place[c](s);
      cloud.scales[s * 3 + c] = Math.exp(scale[c](s));
      cloud.colors[s * 3 + c] = clamp(plain === null ? 0.5 + SH_C0 * harmonics[c](s) : plain[c](s) / 255);
    }
    for (let c = 0; c < 4; c++) cloud.rotations[s * 4 + c] = turn[c](s);
    cloud.opacities[s] = 1 / (1 + Math.exp(-opacity(s)));
  }
  return cloud;
}

/** 11, 10 and 11 bits of a word, 0..1. */
function thirds(word: number): [number, number, number] {
  return [(word >>> 21) / 2047, ((word >>> 11) & 1023) / 1023, (word & 2047) / 2047];
}

function readCompressed(view: DataView, vertex: Element, chunk: Element): SplatCloud {
  if (chunk.count < Math.ceil(vertex.count / CHUNK)) {
    throw new SplatFormatError(`has ${chunk.count} chunks for ${vertex.count} splats`);
  }
  const cloud = emptyCloud(vertex.count);
  const range = (names: string[], low: number, high: number) =>
    names.map((name) => [column(view, chunk, `min_${name}`, low), column(view, chunk, `max_${name}`, high)]);
  const places = range(["x", "y", "z"], 0, 0);
  const scales = range(["scale_x", "scale_y", "scale_z"], 0, 0);
  const colors = range(["r", "g", "b"], 0, 1);
  const [place, scale, color, turn] = ["position", "scale", "color", "rotation"].map((name) =>
    column(view, vertex, `packed_${name}`, 0),
  );
  for (let s = 0; s < cloud.count; s++) {
    const row = Math.floor(s / CHUNK);
    const within = ([low, high]: ((row: number) => number)[], share: number) =>
      low(row) + (high(row) - low(row)) * share;
    const [at, size, rgba] = [thirds(place(s)), thirds(scale(s)), color(s)];
    for (let c = 0; c < 3; c++) {
      cloud.positions[s * 3 + c] = within(places[c], at[c]);
      cloud.scales[s * 3 + c] = Math.exp(within(scales[c], size[c]));
      cloud.colors[s * 3 + c] = clamp(within(colors[c], ((rgba >>> (24 - 8 * c)) & 255) / 255));
    }
    cloud.opacities[s] = (rgba & 255) / 255;
    cloud.rotations.set(smallestThree(turn(s)), s * 4);
  }
  return cloud;
}

/** Two bits say which component is left out, ten bits each of the others; wxyz. */
function smallestThree(word: number): number[] {
  const largest = word >>> 30;
  const others = [20, 10, 0].map((shift) => (((word >>> shift) & 1023) / 1023 - 0.5) * Math.SQRT2);
  const left = Math.sqrt(Math.max(0, 1 - others.reduce((sum, value) => sum + value * value, 0)));
  others.splice(largest, 0, left);
  return others;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
