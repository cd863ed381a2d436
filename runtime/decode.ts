// Bytes of a motion field -> MotionField. Every count, offset and value is checked before it is used, so that damaged or
// hostile bytes end in a FormatError and never in a wrong motion. The layout is described in README.md.

import {
  EXTENSION_NAME,
  type FieldBinding,
  type FieldBounds,
  type FieldClip,
  FORMAT_VERSION,
  FormatError,
  type MotionField,
} from "./field.ts";
import { readGlb } from "./glb.ts";
import { halfToFloat } from "./half.ts";
import { JsonReader } from "./json-reader.ts";

/** Handles are addressed by 16 bits. */
const MAX_HANDLES = 65535;
const MAX_FRAMES = 65535;
const MAX_FPS = 1000;
const MAX_VERTICES = 0x3fffffff;

/**
 * Reads a `.motion.glb` file. The typed arrays of the result are views of one copy of the binary chunk.
 * @throws FormatError naming what is wrong and where.
 */
export function decodeMotionField(bytes: Uint8Array): MotionField {
  const glb = readGlb(bytes);
  const root = new JsonReader(glb.json, "");
  const extension = root.get("extensions").missing ? null : root.get("extensions").get(EXTENSION_NAME);
  if (extension === null || extension.missing) {
    throw new FormatError(`This GLB has no ${EXTENSION_NAME} extension: it is not a motion field.`);
  }
  const version = extension.get("version").integer(1, 0xffffffff);
  if (version > FORMAT_VERSION) {
    throw new FormatError(
      `Motion field version ${version} is newer than this reader (${FORMAT_VERSION}): update animus3d.`,
    );
  }
  const views = new BufferViews(root, glb.binary);
  const handleCount = extension.get("handleCount").integer(1, MAX_HANDLES);
  const handles = views.floats(extension.get("handles"), handleCount * 3);
  const asset = extension.get("asset");
  const clips = extension
    .get("clips")
    .items()
    .map((clip) => readClip(clip, views, handleCount));
  const names = new Set(clips.map((clip) => clip.name));
  if (names.size !== clips.length) throw new FormatError(`${extension.path}.clips: two clips share a name.`);
  return {
    version,
    asset: { name: asset.get("name").string(), hash: asset.get("hash").string() },
    generator: root.get("asset").get("generator").missing ? "" : root.get("asset").get("generator").string(),
    scale: extension.get("scale").number(Number.MIN_VALUE),
    handleCount,
    handles,
    bounds: readBounds(extension.get("bounds")),
    bindings: extension
      .get("bindings")
      .items()
      .map((binding) => readBinding(binding, views, handleCount)),
    clips,
  };
}

function readBinding(json: JsonReader, views: BufferViews, handleCount: number): FieldBinding {
  const vertexCount = json.get("vertexCount").integer(1, MAX_VERTICES);
  const hash = json.get("positionsHash");
  if (!/^[0-9a-f]{16}$/.test(hash.string())) hash.fail("16 hexadecimal digits");
  const size = json.get("indexBytes").integer(1, 2);
  const indices =
    size === 1 ? views.bytes(json.get("indices"), vertexCount * 4) : views.shorts(json.get("indices"), vertexCount * 4);
  const weights = views.shorts(json.get("weights"), vertexCount * 4);
  for (let v = 0; v < vertexCount * 4; v += 4) {
    const sum = weights[v] + weights[v + 1] + weights[v + 2] + weights[v + 3];
    const highest = Math.max(indices[v], indices[v + 1], indices[v + 2], indices[v + 3]);
    if (sum !== 65535) throw new FormatError(`${json.path}: weights of vertex ${v / 4} sum to ${sum}, not 65535.`);
    if (highest >= handleCount) {
      throw new FormatError(`${json.path}: vertex ${v / 4} follows handle ${highest}; there are ${handleCount}.`);
    }
  }
  return {
    node: json.get("node").integer(0, 0x7fffffff),
    nodeName: json.get("nodeName").string(),
    mesh: json.get("mesh").integer(0, 0x7fffffff),
    primitive: json.get("primitive").integer(0, 0x7fffffff),
    vertexCount,
    positionsHash: hash.string(),
    meshToAsset: Float32Array.from(json.get("meshToAsset").items(16), (item) => item.number(-3.4e38, 3.4e38)),
    indices,
    weights,
  };
}

function readClip(json: JsonReader, views: BufferViews, handleCount: number): FieldClip {
  const fps = json.get("fps").number(1e-3, MAX_FPS);
  const frames = json.get("frames").integer(1, MAX_FRAMES);
  const loop = json.get("loop").boolean();
  const rows = loop ? frames + 1 : frames;
  const texels = views.shorts(json.get("texels"), rows * handleCount * 8);
  checkTexels(texels, rows, handleCount, json.path);
  const metrics = json.get("metrics");
  return {
    name: json.get("name").string(),
    prompt: json.get("prompt").string(),
    fps,
    frames,
    loop,
    duration: (loop ? frames : frames - 1) / fps,
    texels,
    rows,
    bounds: readBounds(json.get("bounds")),
    seed: json.get("seed").integer(0, 0xffffffff),
    preset: json.get("preset").string(),
    teacher: json.get("teacher").string(),
    metrics: Object.fromEntries(Object.keys(metrics.record()).map((key) => [key, metrics.get(key).number()])),
  };
}

/** Finite values, unit quaternions, neighbours in time on one hemisphere, positive scale. */
function checkTexels(texels: Uint16Array, rows: number, handles: number, path: string): void {
  const stride = handles * 8;
  for (let i = 0; i < texels.length; i++) {
    if ((texels[i] & 0x7c00) === 0x7c00) {
      throw new FormatError(`${path}: row ${Math.floor(i / stride)} of the texels holds a number that is not finite.`);
    }
  }
  for (let i = 0; i < rows * stride; i += 8) {
    let length = 0;
    let dot = 0;
    for (let c = 0; c < 4; c++) {
      const q = halfToFloat(texels[i + c]);
      length += q * q;
      dot += i < stride ? 0 : q * halfToFloat(texels[i + c - stride]);
    }
    const where = `${path}: row ${Math.floor(i / stride)}, handle ${(i % stride) / 8}`;
    if (Math.abs(length - 1) > 0.02) throw new FormatError(`${where}: the quaternion is not of unit length.`);
    if (dot < -0.01) throw new FormatError(`${where}: the quaternion changes hemisphere.`);
    if (!(halfToFloat(texels[i + 7]) > 0)) throw new FormatError(`${where}: the scale is not positive.`);
  }
}

function readBounds(json: JsonReader): FieldBounds {
  const corner = (key: string) =>
    json
      .get(key)
      .items(3)
      .map((item) => item.number()) as [number, number, number];
  const bounds = { min: corner("min"), max: corner("max") };
  if (bounds.min.some((low, axis) => low > bounds.max[axis])) json.fail("bounds with min <= max");
  return bounds;
}

/** Buffer views of the binary chunk as typed arrays. All views together may not claim more than the chunk holds. */
class BufferViews {
  private readonly list: JsonReader[];
  private readonly binary: ArrayBuffer;
  private readonly length: number;
  private claimed = 0;

  constructor(root: JsonReader, binary: ArrayBuffer) {
    const buffer = root.get("buffers").item(0);
    if (!buffer.get("uri").missing) buffer.get("uri").fail("absent: the data lies in the binary chunk");
    this.length = buffer.get("byteLength").integer(1, 0xffffffff);
    if (this.length > binary.byteLength) {
      throw new FormatError(`buffers[0] claims ${this.length} bytes, the binary chunk has ${binary.byteLength}.`);
    }
    this.list = root.get("bufferViews").items();
    this.binary = binary;
  }

  bytes(reference: JsonReader, count: number): Uint8Array {
    return new Uint8Array(this.binary, this.locate(reference, count, 1), count);
  }

  shorts(reference: JsonReader, count: number): Uint16Array {
    return new Uint16Array(this.binary, this.locate(reference, count, 2), count);
  }

  floats(reference: JsonReader, count: number): Float32Array {
    const values = new Float32Array(this.binary, this.locate(reference, count, 4), count);
    if (!values.every(Number.isFinite)) throw new FormatError(`${reference.path} holds a number that is not finite.`);
    return values;
  }

  /** Offset of the referenced view in the chunk; the view must hold exactly `count` values of `size` bytes. */
  private locate(reference: JsonReader, count: number, size: number): number {
    const view = this.list[reference.integer(0, this.list.length - 1)];
    view.get("buffer").integer(0, 0);
    const offset = view.get("byteOffset").missing ? 0 : view.get("byteOffset").integer(0, this.length);
    const bytes = view.get("byteLength").integer(1, this.length);
    if (bytes !== count * size) {
      throw new FormatError(
        `${view.path}, for ${reference.path}, has ${bytes} bytes where ${count * size} are needed.`,
      );
    }
    if (offset + bytes > this.length || offset % 4 !== 0) {
      throw new FormatError(
        `${view.path} (offset ${offset}, ${bytes} bytes) leaves the buffer or is not aligned to 4.`,
      );
    }
    this.claimed += bytes;
    if (this.claimed > this.length) throw new FormatError("The buffer views overlap: together they exceed the buffer.");
    return offset;
  }
}
