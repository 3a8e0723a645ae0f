/**
 * An ONNX model under construction: nodes, initialisers, inputs and outputs, and the file they become.
 * Field numbers from onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
 */
import { type Bytes, bytes, float, integer, message, text } from './protobuf';

export type ElementType = 'float32' | 'uint8' | 'int32' | 'int64';

/** A number is a fixed extent, a string names one that is known only when the model runs. */
export type Extent = number | string;

type Attribute = { readonly int: number } | { readonly float: number };

export interface Node {
  readonly operator: string;
  /** Empty for ONNX's own operators. */
  readonly domain: '' | 'com.microsoft';
  /** An empty name stands for an optional input that is not given. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

const elementTypes = { float32: 1, uint8: 2, int32: 6, int64: 7 } as const satisfies Record<ElementType, number>;
const attributeTypes = { float: 1, int: 2 } as const;
const irVersion = 10;
const opsets = { '': 21, 'com.microsoft': 1 } as const;

export class OnnxGraph {
  readonly nodes: Node[] = [];
  readonly #initialisers: Bytes[] = [];
  readonly #inputs: Bytes[] = [];
  readonly #outputs: Bytes[] = [];

  input(name: string, type: ElementType, shape: readonly Extent[]): string {
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }

  output(name: string, type: ElementType, shape: readonly Extent[]): void {
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /** A constant; `values` are row major. */
  constant(
    name: string,
    shape: readonly number[],
    values: Float32Array | Uint8Array | Int32Array | BigInt64Array,
  ): string {
    const type = typeOf(values);
    const raw = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
    this.#initialisers.push(
      message(
        ...shape.map((extent) => integer(1, extent)),
        integer(2, elementTypes[type]),
        text(8, name),
        bytes(9, raw),
      ),
    );
    return name;
  }

  /** A node of ONNX's own operators with one output, whose name it returns. */
  add(operator: string, inputs: readonly string[], output: string, attributes: Node['attributes'] = {}): string {
    this.nodes.push({ operator, domain: '', inputs, outputs: [output], attributes });
    return output;
  }

  /** A node of onnxruntime's own operators. */
  addMicrosoft(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Node['attributes'] = {},
  ): void {
    this.nodes.push({ operator, domain: 'com.microsoft', inputs, outputs, attributes });
  }

  /** The .onnx file. */
  encode(name: string): Bytes {
    const graph = message(
      ...this.nodes.map((node) => bytes(1, encodeNode(node))),
      text(2, name),
      ...this.#initialisers.map((tensor) => bytes(5, tensor)),
      ...this.#inputs.map((info) => bytes(11, info)),
      ...this.#outputs.map((info) => bytes(12, info)),
    );
    const imports = Object.entries(opsets).map(([domain, version]) => message(text(1, domain), integer(2, version)));
    return message(integer(1, irVersion), bytes(7, graph), ...imports.map((opset) => bytes(8, opset)));
  }
}

function typeOf(values: Float32Array | Uint8Array | Int32Array | BigInt64Array): ElementType {
  if (values instanceof Float32Array) return 'float32';
  if (values instanceof Uint8Array) return 'uint8';
  return values instanceof Int32Array ? 'int32' : 'int64';
}

function encodeNode(node: Node): Bytes {
  return message(
    ...node.inputs.map((name) => text(1, name)),
    ...node.outputs.map((name) => text(2, name)),
    text(3, node.outputs[0] ?? node.operator),
    text(4, node.operator),
    ...Object.entries(node.attributes).map(([name, value]) => bytes(5, encodeAttribute(name, value))),
    text(7, node.domain),
  );
}

function encodeAttribute(name: string, value: Attribute): Bytes {
  if ('int' in value) return message(text(1, name), integer(3, value.int), integer(20, attributeTypes.int));
  return message(text(1, name), float(2, value.float), integer(20, attributeTypes.float));
}

function valueInfo(name: string, type: ElementType, shape: readonly Extent[]): Bytes {
  const extents = shape.map((extent) =>
    bytes(1, typeof extent === 'number' ? message(integer(1, extent)) : message(text(2, extent))),
  );
  const tensor = message(integer(1, elementTypes[type]), bytes(2, message(...extents)));
  return message(text(1, name), bytes(2, message(bytes(1, tensor))));
}
