/**
 * Weights on the GPU: one buffer a stacked parameter, uploaded once and shared by every program of a model.
 *
 * A packable matrix is stored as f32, or as pairs of f16 in a u32 (low half first), which every adapter can read with
 * `unpack2x16float`; `shader-f16` is not needed.
 */
import { elements, type Tensor } from '../graph/tensor';
import { floatsOf, halvesOf, type Weights, weightNamed } from '../graph/weights';
import type { Device } from './device';
import type { ParameterMemory } from './program';

export class ParameterStore implements ParameterMemory {
  readonly #buffers = new Map<string, GPUBuffer>();

  constructor(
    private readonly device: Device,
    private readonly weights: Weights,
    /** Stores matrices in 16 bits. */
    readonly halfMatrices: boolean,
  ) {}

  half(tensor: Tensor): boolean {
    return this.halfMatrices && tensor.packable;
  }

  /** Where a parameter lies; uploads it at first use. Throws when the checkpoint lacks one of its parts. */
  binding(tensor: Tensor): GPUBufferBinding {
    const known = this.#buffers.get(tensor.name);
    if (known) return { buffer: known };
    const bytes = this.half(tensor) ? this.#packHalf(tensor) : this.#gather(tensor);
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
