import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import { decodeMotionField } from "../../runtime/decode.ts";
import { FormatError, type MotionField } from "../../runtime/field.ts";
import { halfToFloat } from "../../runtime/half.ts";
import { clipOf, randomTrack, synthesise } from "./synthetic-field.ts";

function makeField(handles = 6): MotionField {
  const made = synthesise({ handles, vertices: 9 });
  const walk = clipOf(made, randomTrack(made.field, 5, made.random));
  const fall = clipOf(made, randomTrack(made.field, 4, made.random), { name: "fall", loop: false });
  return { ...made.field, clips: [walk, fall] };
}

const FIELD = makeField();
const BYTES = encodeMotionField(FIELD);

interface Header {
  bufferViews: { byteOffset: number; byteLength: number }[];
  buffers: { byteLength: number }[];
  // biome-ignore lint/suspicious/noExplicitAny: tests edit the header freely.
  extensions: { ANIMUS_motion_field: any };
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  [key: string]: any;
}

/** Header and chunk offsets by the README's table, not by the decoder. */
function parts(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const jsonLength = view.getUint32(12, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + jsonLength))) as Header;
  return { view, jsonLength, header, binary: bytes.subarray(28 + jsonLength) };
}

/** The same file with an edited header. */
function rewrite(edit: (header: Header) => void): Uint8Array {
  const { header, binary } = parts(BYTES);
  edit(header);
  const text = JSON.stringify(header);
  const json = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 4) * 4));
  const out = new Uint8Array(28 + json.length + binary.length);
  const view = new DataView(out.buffer);
  const words = [0x46546c67, 2, out.length, json.length, 0x4e4f534a];
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
  out.set(json, 20);
  view.setUint32(20 + json.length, binary.length, true);
  view.setUint32(24 + json.length, 0x004e4942, true);
  out.set(binary, 28 + json.length);
  return out;
}

describe("decodeMotionField", () => {
  test("gives back what was encoded", () => assert.deepEqual(decodeMotionField(BYTES), FIELD));

  test("reads bytes at an odd address", () => {
    const shifted = new Uint8Array(BYTES.length + 1);
    shifted.set(BYTES, 1);
    assert.deepEqual(decodeMotionField(shifted.subarray(1)), FIELD);
  });

  test("more than 256 handles take two bytes an index", () => {
    const field = makeField(300);
    const decoded = decodeMotionField(encodeMotionField(field));
    assert.ok(decoded.bindings[0].indices instanceof Uint16Array);
    assert.deepEqual(decoded, field);
  });

  test("bytes lie where the README says", () => {
    const { view, jsonLength, header, binary } = parts(BYTES);
    assert.deepEqual(
      [0, 4, 8, 16].map((at) => view.getUint32(at, true)),
      [0x46546c67, 2, BYTES.length, 0x4e4f534a],
    );
    assert.equal(jsonLength % 4, 0);
    assert.equal(view.getUint32(20 + jsonLength, true), binary.length);
    assert.equal(view.getUint32(24 + jsonLength, true), 0x004e4942);
    const { handles, bindings, clips, handleCount } = header.extensions.ANIMUS_motion_field;
    const data = new DataView(binary.buffer, binary.byteOffset, binary.byteLength);
    const at = (index: number) => header.bufferViews[index].byteOffset;
    assert.equal(data.getFloat32(at(handles) + (2 * 3 + 1) * 4, true), FIELD.handles[2 * 3 + 1]);
    assert.equal(bindings[1].indexBytes, 1);
    assert.equal(data.getUint8(at(bindings[1].indices) + 3 * 4 + 2), FIELD.bindings[1].indices[3 * 4 + 2]);
    assert.equal(data.getUint16(at(bindings[1].weights) + (3 * 4 + 2) * 2, true), FIELD.bindings[1].weights[3 * 4 + 2]);
    const texel = at(clips[0].texels) + (4 * handleCount + 5) * 16;
    const stored = Array.from({ length: 8 }, (_, i) => data.getUint16(texel + i * 2, true));
    assert.deepEqual(stored, [...FIELD.clips[0].texels.subarray((4 * 6 + 5) * 8, (4 * 6 + 5) * 8 + 8)]);
    assert.ok(Math.abs(Math.hypot(...stored.slice(0, 4).map(halfToFloat)) - 1) < 2e-3);
    assert.equal(header.bufferViews[clips[0].texels].byteLength, 6 * 6 * 16);
    assert.equal(header.bufferViews[clips[1].texels].byteLength, 4 * 6 * 16);
  });

  test("every truncation is refused", () => {
    for (let length = 0; length < BYTES.length; length++) {
      assert.throws(() => decodeMotionField(BYTES.subarray(0, length)), FormatError, `${length} bytes`);
    }
  });

  const own = (header: Header) => header.extensions.ANIMUS_motion_field;
  for (const [name, edit, message] of [
    ["another kind of GLB", (h) => (h.extensions = {} as never), /no ANIMUS_motion_field extension/],
    ["a newer version", (h) => (own(h).version = 2), /version 2 is newer than this reader \(1\): update/],
    ["a text for a number", (h) => (own(h).scale = "1"), /ANIMUS_motion_field\.scale should be a number .* not "1"/],
    ["a missing member", (h) => delete own(h).clips[1].fps, /clips\[1\]\.fps should be .* not nothing/],
    ["no frames", (h) => (own(h).clips[0].frames = 0), /clips\[0\]\.frames should be an integer in 1\.\.65535, not 0/],
    ["a loop that claims to be none", (h) => (own(h).clips[0].loop = false), /has 576 bytes where 480 are needed/],
    ["billions of vertices", (h) => (own(h).bindings[0].vertexCount = 0x3fffffff), /bytes where 4294967292 are needed/],
    ["too many handles", (h) => (own(h).handleCount = 7), /has 72 bytes where 84 are needed/],
    [
      "a view that leaves the buffer",
      (h) => (h.bufferViews[0].byteOffset = h.buffers[0].byteLength - 68),
      /leaves the buffer/,
    ],
    ["an unaligned view", (h) => (h.bufferViews[0].byteOffset = 2), /not aligned/],
    ["views that overlap", (h) => own(h).clips.push({ ...own(h).clips[0], name: "again" }), /overlap/],
    ["a buffer beyond the chunk", (h) => (h.buffers[0].byteLength += 4), /claims .* the binary chunk has/],
    [
      "a buffer elsewhere",
      (h) => (h.buffers[0] = { ...h.buffers[0], uri: "a.bin" } as never),
      /buffers\[0\]\.uri should be absent/,
    ],
    ["a view that does not exist", (h) => (own(h).handles = 99), /handles should be an integer in 0\.\.6, not 99/],
    [
      "a scale beyond reach",
      (h) => (own(h).scale = 1e200),
      /scale should be a number in 1e-15\.\.1000000000000000, not 1e\+200/,
    ],
    ["two clips of one name", (h) => (own(h).clips[1].name = "walk"), /two clips share a name/],
    ["inverted bounds", (h) => (own(h).bounds.min[1] = 1e9), /bounds should be bounds with min <= max/],
    ["an odd hash", (h) => (own(h).bindings[0].positionsHash = "xyz"), /16 hexadecimal digits, not "xyz"/],
    ["a metric of no number", (h) => (own(h).clips[0].metrics.jitter = null), /metrics\.jitter should be a number/],
  ] satisfies [string, (header: Header) => unknown, RegExp][]) {
    test(`refuses ${name}`, () => {
      assert.throws(
        () => decodeMotionField(rewrite(edit)),
        (error) => {
          assert.ok(error instanceof FormatError, String(error));
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  for (const [name, member, at, value, message] of [
    ["weights of another sum", (e) => e.bindings[0].weights, 0, 1, /weights of vertex 0 sum to/],
    ["handles that do not exist", (e) => e.bindings[1].indices, 8, 0x0606, /vertex 4 follows handle 6; there are 6/],
    ["texels that are not finite", (e) => e.clips[1].texels, 5, 0x7c00, /row 0 of the texels/],
    [
      "stretched quaternions",
      (e) => e.clips[0].texels,
      8,
      0x4400,
      /row 0, handle 1: the quaternion is not of unit length/,
    ],
    ["a scale of zero", (e) => e.clips[0].texels, 48 + 7, 0, /row 1, handle 0: the scale/],
    ["handles at infinity", (e) => e.handles, 1, 0x7f80, /handles holds a number that is not in -1000000000000000/],
    // biome-ignore lint/suspicious/noExplicitAny: the header's extension, edited freely.
  ] satisfies [string, (extension: any) => number, number, number, RegExp][]) {
    test(`refuses ${name}`, () => {
      const bytes = BYTES.slice();
      const { header, binary } = parts(bytes);
      const data = new DataView(binary.buffer, binary.byteOffset, binary.byteLength);
      data.setUint16(header.bufferViews[member(own(header))].byteOffset + at * 2, value, true);
      assert.throws(() => decodeMotionField(bytes), message);
    });
  }

  test("refuses a quaternion on the wrong hemisphere", () => {
    const bytes = BYTES.slice();
    const { header, binary } = parts(bytes);
    const at = header.bufferViews[own(header).clips[0].texels].byteOffset + 2 * 6 * 16;
    for (let i = 0; i < 4; i++) binary[at + i * 2 + 1] ^= 0x80;
    assert.throws(() => decodeMotionField(bytes), /row 2, handle 0: the quaternion changes hemisphere/);
  });
});
