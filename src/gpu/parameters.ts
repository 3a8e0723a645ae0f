/**
 * Weights on the GPU: one buffer a stacked parameter, uploaded once and shared by every program of a model.
 *
 * A packable matrix is stored as f32, as pairs of f16 in a u32 (low half first), which every adapter can read with
 * `unpack2x16float` (`shader-f16` is not needed), or quantised, where the kernels for that are given and its parts agree in bits
 * and block; else its parts are dequantised.
 */
import type { Storage, VariantsByOperation } from '../graph/operation';
import { type BytesPerWeight, elements, type Tensor } from '../graph/tensor';
import { bytesPerWeightOf, floatsOf, halvesOf, quantisedParameter, type Weights, weightNamed } from '../graph/weights';
import type { Device } from './device';
import type { ParameterMemory } from './program';
import type { QuantisedKernels } from './quantised-kernels';

export class ParameterStore implements ParameterMemory {
  readonly bytesPerWeight: BytesPerWeight;
  readonly #buffers = new Map<string, GPUBuffer>();
  readonly #storages = new Map<string, Storage>();

  constructor(
    private readonly device: Device,
    private readonly weights: Weights,
    /** Stores matrices that are not quantised in 16 bits. */
    private readonly half: boolean,
    private readonly kernels: QuantisedKernels | null = null,
  ) {
    this.bytesPerWeight = kernels ? bytesPerWeightOf(weights, half) : half ? 2 : 4;
  }

  get quantisedVariants(): VariantsByOperation | undefined {
    return this.kernels?.variants;
  }

  storage(tensor: Tensor): Storage {
    if (!tensor.packable) return { kind: 'f32' };
    const storage = this.#storages.get(tensor.name) ?? this.#storageOf(tensor);
    this.#storages.set(tensor.name, storage);
    return storage;
  }

  /** Where a parameter lies; uploads it at first use. Throws when the checkpoint lacks one of its parts. */
  binding(tensor: Tensor): GPUBufferBinding {
    const known = this.#buffers.get(tensor.name);
    if (known) return { buffer: known };
    const bytes = this.#bytesOf(tensor);
    const buffer = this.device.createBuffer({
      label: tensor.name,
      size: Math.ceil(bytes.byteLength / 16) * 16,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    });
    this.device.gpu.queue.writeBuffer(buffer, 0, bytes);
    this.#buffers.set(tensor.name, buffer);
    return { buffer };
  }

  get bytes(): number {
    return [...this.#buffers.values()].reduce((sum, buffer) => sum + buffer.size, 0);
  }

  destroy(): void {
    for (const buffer of this.#buffers.values()) this.device.destroyBuffer(buffer);
    this.#buffers.clear();
  }

  #storageOf(tensor: Tensor): Storage {
    const matrix = this.kernels && quantisedParameter(tensor, this.weights);
    if (!matrix) return { kind: this.half ? 'f16' : 'f32' };
    return { kind: matrix.bits === 4 ? 'int4' : 'int8', block: matrix.block, zeros: matrix.zeros !== null };
  }

  #bytesOf(tensor: Tensor): Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> {
    const matrix = this.kernels && quantisedParameter(tensor, this.weights);
    if (this.kernels && matrix) return this.kernels.pack(matrix);
    return this.storage(tensor).kind === 'f16' ? this.#packHalf(tensor) : this.#gather(tensor);
  }

  #gather(tensor: Tensor): Float32Array<ArrayBuffer> {
    const all = new Float32Array(elements(tensor.shape));
    let offset = 0;
    for (const part of tensor.parts) {
      all.set(floatsOf(weightNamed(this.weights, part.name)), offset);
      offset += elements(part.shape);
    }
    return all;
  }

  /** The last u32 of an odd count is filled up with a zero. */
  #packHalf(tensor: Tensor): Uint16Array<ArrayBuffer> {
    const all = new Uint16Array(Math.ceil(elements(tensor.shape) / 2) * 2);
    let offset = 0;
    for (const part of tensor.parts) {
      all.set(halvesOf(weightNamed(this.weights, part.name)), offset);
      offset += elements(part.shape);
    }
    return all;
  }
}
