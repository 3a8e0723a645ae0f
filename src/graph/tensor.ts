/**
 * A symbolic tensor: a name, a static shape and what kind of memory it lives in. It holds no numbers.
 *
 * Roles: a `parameter` is a weight and belongs to a checkpoint; a `state` outlives a run of the program and may be
 * written by it (KV cache, cursor, token ids); an `activation` lives only between the operations that make and use it.
 * Matrices are row major, the last axis contiguous.
 */

export type Role = 'parameter' | 'state' | 'activation';
export type Element = 'f32' | 'u32';

export interface TensorSpec {
  readonly shape: readonly number[];
  readonly element: Element;
}

export interface Tensor extends TensorSpec {
  readonly name: string;
  readonly role: Role;
  /** Parameters only: the checkpoint's tensors, stacked along the first axis, that this one is made of. */
  readonly parts: readonly Part[];
  /** States only: what they hold before anything is written, row major; zeros unless given. */
  readonly initial?: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
  /** Parameters only: a matrix that may be stored in 16 bits. Norms, biases and scales stay f32. */
  readonly packable: boolean;
}

/** One tensor of a checkpoint. */
export interface Part {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Number of elements of a shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Size along `axis`, counted from the end when negative; throws a sentence when the tensor has no such axis. */
export function axis(tensor: Tensor, index: number): number {
  const size = tensor.shape.at(index);
  if (size === undefined) {
    throw new RangeError(`${tensor.name} has shape ${shapeText(tensor.shape)}: it has no axis ${index}.`);
  }
  return size;
}

/** `[2, 3]`, for messages. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** Bytes that an element of a packable parameter takes: the same for all, or by parameter where some are quantised. */
export type BytesPerWeight = 2 | 4 | ((parameter: Tensor) => number);

/** Bytes that an element of a tensor takes. */
export function bytesPerElement(tensor: Tensor, bytesPerWeight: BytesPerWeight): number {
  if (!tensor.packable) return 4;
  return typeof bytesPerWeight === 'number' ? bytesPerWeight : bytesPerWeight(tensor);
}

/** Bytes of a tensor; `bytesPerWeight` is the storage of packable parameters, everything else takes 4 an element. */
export function bytesOf(tensor: Tensor, bytesPerWeight: BytesPerWeight = 4): number {
  return elements(tensor.shape) * bytesPerElement(tensor, bytesPerWeight);
}
