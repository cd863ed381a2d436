// The little of the ONNX file format that the benches need: the names and shapes of a graph's initialisers, and a graph of
// chained matrix products to measure a runtime's peak with. No general reader or writer; protobuf field numbers are those of
// onnx.proto3.

import { Buffer } from "node:buffer";

/** Fields of one protobuf message: number, and the value or bytes. */
function* fields(data: Uint8Array): Generator<[number, number | Uint8Array]> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = data[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < data.length) {
    const key = varint();
    const kind = key & 7;
    if (kind === 0) yield [key >>> 3, varint()];
    else if (kind === 2) {
      const length = varint();
      yield [key >>> 3, data.subarray(at, (at += length))];
    } else if (kind === 5 || kind === 1) {
      const length = kind === 5 ? 4 : 8;
      yield [key >>> 3, data.subarray(at, (at += length))];
    } else throw new Error(`protobuf wire type ${kind} at byte ${at}`);
  }
}

/** Name → shape of every initialiser of an ONNX model. */
export function initialiserShapes(model: Uint8Array): Map<string, number[]> {
  const shapes = new Map<string, number[]>();
  for (const [number, graph] of fields(model)) {
    if (number !== 7) continue;
    for (const [inner, tensor] of fields(graph as Uint8Array)) {
      if (inner !== 5) continue;
      let name = "";
      const shape: number[] = [];
      for (const [field, value] of fields(tensor as Uint8Array)) {
        if (field === 8) name = Buffer.from(value as Uint8Array).toString("utf8");
        if (field !== 1) continue;
        if (typeof value === "number") shape.push(value);
        else shape.push(...packed(value));
      }
      shapes.set(name, shape);
    }
  }
  return shapes;
}

function packed(data: Uint8Array): number[] {
  const values: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of data) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) {
      values.push(value);
      value = 0;
      scale = 1;
    }
  }
  return values;
}

function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}
const number = (field: number, value: number) => Buffer.from([...varintBytes(field * 8), ...varintBytes(value)]);
const bytes = (field: number, value: Uint8Array) =>
  Buffer.concat([Buffer.from([...varintBytes(field * 8 + 2), ...varintBytes(value.length)]), value]);
const text = (field: number, value: string) => bytes(field, Buffer.from(value));
const node = (type: string, inputs: string[], output: string, attributes: Uint8Array[] = []) =>
  bytes(
    1,
    Buffer.concat([
      ...inputs.map((i) => text(1, i)),
      text(2, output),
      text(4, type),
      ...attributes.map((a) => bytes(5, a)),
    ]),
  );
const value = (field: number, name: string, shape: number[], type = 1) => {
  const dims = Buffer.concat(shape.map((size) => bytes(1, number(1, size))));
  return bytes(
    field,
    Buffer.concat([text(1, name), bytes(2, bytes(1, Buffer.concat([number(1, type), bytes(2, dims)])))]),
  );
};

/**
 * A model whose time is `products` matrix products of size x size: column [size, 1] times row [1, size] is the matrix A, which is
 * multiplied by itself again and again. With a column of ones and a row of 1 / size, every power of A is A.
 * @returns the bytes; inputs `column` and `row`, output `most` [1, 1], the greatest value: 1 / size.
 */
export function productChain(size: number, products: number, half = false): Uint8Array {
  const cast = (to: number) => [Buffer.concat([text(1, "to"), number(3, to), number(20, 2)])];
  const nodes = [node("MatMul", ["column", "row"], "full"), node("Cast", ["full"], "a0", cast(half ? 10 : 1))];
  for (let i = 1; i <= products; i++) nodes.push(node("MatMul", [`a${i - 1}`, "a0"], `a${i}`));
  nodes.push(node("Cast", [`a${products}`], "last", cast(1)), node("ReduceMax", ["last"], "most"));
  const ends = [value(11, "column", [size, 1]), value(11, "row", [1, size]), value(12, "most", [1, 1])];
  const graph = Buffer.concat([...nodes, text(2, "products"), ...ends]);
  return Buffer.concat([number(1, 8), bytes(7, graph), bytes(8, number(2, 18))]);
}
