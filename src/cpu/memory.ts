/**
 * Parameters and states of one model in the engine's memory, by name, shared by its programs; and what those take for
 * themselves, so that it goes with the model even when a program came to no end for want of memory.
 */
import { type FlatLayout, type FlatName, flatNames } from '../graph/flat';
import { blocksOfRow, paddedColumns, type QuantisedMatrix, rowBytes } from '../graph/quantised';
import { gradientName } from '../graph/reverse';
import { elements, type Tensor } from '../graph/tensor';
import { floatsOf, quantisedParameter, type Weights, weightNamed } from '../graph/weights';
import type { MatrixAt } from './command';
import type { CpuEngine } from './engine';

/** Of a quantised matrix: the kernels' sums of integers have room for so many. Wider ones are kept as floats. */
const mostColumns = 1 << 16;

export class CpuMemory {
  readonly #addresses = new Map<string, number>();
  readonly #matrices = new Map<string, MatrixAt>();
  readonly #owned = new Set<number>();
  #bytes = 0;

  constructor(
    readonly engine: CpuEngine,
    private readonly weights: Weights,
    /** Whether products with quantised matrices take x in 8 bits. */
    readonly integerActivations = false,
  ) {}

  /** Address of a parameter or state; parameters are copied from the checkpoint at first use, states start at their initial value. */
  address(tensor: Tensor): number {
    const known = this.#addresses.get(tensor.name);
    if (known !== undefined) return known;
    const matrix = quantisedParameter(tensor, this.weights);
    if (matrix && matrix.K <= mostColumns) return this.#ownMatrix(tensor.name, matrix);
    const address = this.#own(tensor.name, elements(tensor.shape));
    if (tensor.initial) this.#fill(tensor, address, tensor.initial, 0);
    let offset = 0;
    for (const part of tensor.parts) {
      this.#fill(tensor, address, floatsOf(weightNamed(this.weights, part.name)), offset);
      offset += elements(part.shape);
    }
    return address;
  }

  /** Where a quantised parameter lies; null for every other tensor. */
  matrix(tensor: Tensor | undefined): MatrixAt | null {
    return (tensor && this.#matrices.get(tensor.name)) ?? null;
  }

  /** A view of a parameter or state that ends with the next allocation. */
  numbers(tensor: Tensor): Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> {
    const count = elements(tensor.shape);
    const address = this.address(tensor);
    if (this.#matrices.has(tensor.name)) throw new Error(`${tensor.name} is quantised: it cannot be read as numbers.`);
    return tensor.element === 'u32' ? this.engine.words(address, count) : this.engine.floats(address, count);
  }

  /** Lays parameters and their gradients into flat arrays; returns where these lie. */
  placeFlat(layout: FlatLayout): Readonly<Record<FlatName, number>> {
    const flat = Object.fromEntries(flatNames.map((name) => [name, this.#own(name, layout.size)])) as Record<
      FlatName,
      number
    >;
    for (const { tensor, offset } of layout.entries.values()) {
      this.#addresses.set(tensor.name, flat.parameters + offset * 4);
      this.#addresses.set(gradientName(tensor), flat.gradients + offset * 4);
    }
    return flat;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Address of `bytes` zeros for a program. */
  take(bytes: number): number {
    const address = this.engine.allocate(bytes);
    this.#owned.add(address);
    return address;
  }

  give(address: number): void {
    this.#owned.delete(address);
    this.engine.free(address);
  }

  destroy(): void {
    for (const address of this.#owned) this.engine.free(address);
    this.#owned.clear();
    this.#addresses.clear();
    this.#matrices.clear();
    this.#bytes = 0;
  }

  #own(name: string, count: number): number {
    const address = this.take(count * 4);
    this.#bytes += count * 4;
    this.#addresses.set(name, address);
    return address;
  }

  /** Integers of 8 bits become signed: one instruction then loads eight of them as 16 bits. */
  #ownMatrix(name: string, matrix: QuantisedMatrix): number {
    const { bits, K, block, scales, zeros } = matrix;
    const blocks = blocksOfRow(matrix);
    const packed = bits === 8 ? matrix.packed.map((byte) => byte ^ 128) : matrix.packed;
    const at = {
      ...{ bits, blocks, rowBytes: rowBytes(matrix) },
      block: block === K ? paddedColumns(matrix) : block,
      packed: this.#ownBytes(packed),
      scales: this.#ownBytes(new Uint8Array(scales.buffer, scales.byteOffset, scales.byteLength)),
      zeros: zeros ? this.#ownBytes(zeros) : 0,
    };
    this.#matrices.set(name, at);
    this.#addresses.set(name, at.packed);
    return at.packed;
  }

  #ownBytes(bytes: Uint8Array): number {
    const address = this.take(bytes.byteLength);
    this.#bytes += bytes.byteLength;
    this.engine.bytesAt(address, bytes.byteLength).set(bytes);
    return address;
  }

  #fill(tensor: Tensor, address: number, values: ArrayLike<number>, offset: number): void {
    const count = elements(tensor.shape);
    const view = tensor.element === 'u32' ? this.engine.words(address, count) : this.engine.floats(address, count);
    view.set(values, offset);
  }
}
