/** ONNX models without weights, as bytes: nodes from inputs to outputs (onnx.proto of ONNX 1.12; protobuf's wire format). */
import type { Signature } from './onnxModel.ts';

export interface Operator {
  readonly type: string;
  /** Its attribute of that name, where it has one. */
  readonly axis?: number;
}

export interface Node extends Operator {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The first that has all operators used here as ONNX Runtime runs them, and what PyTorch's exporter writes too. */
const opset = 17;
const irVersion = 8;
const elementTypes = { float32: 1, int64: 7 } as const;
const attributeTypeInt = 2;

/** A model of these nodes. */
export function operatorGraph(nodes: readonly Node[], inputs: Signature, outputs: Signature): Uint8Array {
  const graph = [
    ...nodes.map((node) => message(1, nodeProto(node))),
    text(2, [...new Set(nodes.map(({ type }) => type))].join(' ')),
    ...Object.entries(inputs).map(([name, type]) => message(11, valueInfo(name, type))),
    ...Object.entries(outputs).map(([name, type]) => message(12, valueInfo(name, type))),
  ];
  return Uint8Array.from([number(1, irVersion), message(7, graph), message(8, [text(1, ''), number(2, opset)])].flat());
}

function nodeProto({ type, axis, inputs, outputs }: Node): Field[] {
  const attribute = axis === undefined ? [] : [text(1, 'axis'), number(3, axis), number(20, attributeTypeInt)];
  return [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, type),
    ...(attribute.length > 0 ? [message(5, attribute)] : []),
  ];
}

function valueInfo(name: string, [type, ...dims]: Signature[string]): Field[] {
  const shape = dims.map((dim) => message(1, [typeof dim === 'number' ? number(1, dim) : text(2, dim)]));
  return [text(1, name), message(2, [message(1, [number(1, elementTypes[type]), message(2, shape)])])];
}

/** A field's bytes. */
type Field = readonly number[];

function number(field: number, value: number): Field {
  return [...varint(field << 3), ...varint(value)];
}

function text(field: number, value: string): Field {
  return bytes(field, [...Buffer.from(value, 'utf8')]);
}

function message(field: number, fields: readonly Field[]): Field {
  return bytes(field, fields.flat());
}

function bytes(field: number, content: Field): Field {
  return [...varint((field << 3) | 2), ...varint(content.length), ...content];
}

/** Of a non-negative integer: seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  const result: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) result.push((rest % 128) | 128);
  result.push(rest);
  return result;
}
