// Bytes of a motion field -> MotionField. Every count, offset and value is checked before it is used, so that damaged or
// hostile bytes end in a FormatError and never in a wrong motion. The layout is described in README.md.

import { BufferViews } from "./buffer-views.ts";
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
/** Largest length in asset units: what is computed from such numbers stays finite in single precision. */
const MAX_EXTENT = 1e15;

/**
 * Reads a `.motion.glb` file. The typed arrays of the result are views of one copy of the binary chunk.
 * @throws FormatError naming what is wrong and where.
 */
export function decodeMotionField(bytes: Uint8Array): MotionField {
  const glb = readGlb(bytes);
  return readMotionField(glb.json, glb.binary);
}

/**
 * The same from a glTF that was taken apart already. The typed arrays of the result are views of `binary`.
 * @param json the glTF's JSON, parsed
 * @param binary what `buffers[0]` holds
 * @throws FormatError naming what is wrong and where.
 */
export function readMotionField(json: unknown, binary: ArrayBuffer): MotionField {
  const root = new JsonReader(json, "");
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
  const views = new BufferViews(root, binary);
  const handleCount = extension.get("handleCount").integer(1, MAX_HANDLES);
  const handles = views.floats(extension.get("handles"), handleCount * 3, MAX_EXTENT);
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
    scale: extension.get("scale").number(1 / MAX_EXTENT, MAX_EXTENT),
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
    meshToAsset: Float32Array.from(json.get("meshToAsset").items(16), (item) => item.number(-MAX_EXTENT, MAX_EXTENT)),
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
      .map((item) => item.number(-MAX_EXTENT, MAX_EXTENT)) as [number, number, number];
  const bounds = { min: corner("min"), max: corner("max") };
  if (bounds.min.some((low, axis) => low > bounds.max[axis])) json.fail("bounds with min <= max");
  return bounds;
}
