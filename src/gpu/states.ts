/**
 * State on the GPU: buffers that outlive a run (KV cache, cursor, token ids), shared by name between the programs of a
 * model. They start at zero, or at the value that the graph
 * gives them.
 */
import { bytesOf, type Tensor } from '../graph/tensor';
import type { Device } from './device';
import type { StateMemory } from './program';

export class StateStore implements StateMemory {
  readonly #buffers = new Map<string, GPUBuffer>();

  constructor(private readonly device: Device) {}

  binding(tensor: Tensor): GPUBufferBinding {
    const known = this.#buffers.get(tensor.name);
    if (known) {
      if (known.size < bytesOf(tensor)) {
        throw new RangeError(`State ${tensor.name} has ${known.size} bytes, a program asks for ${bytesOf(tensor)}.`);
      }
      return { buffer: known };
    }
    const buffer = this.device.createBuffer({
      label: tensor.name,
      size: Math.max(16, bytesOf(tensor)),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    });
    if (tensor.initial) this.device.gpu.queue.writeBuffer(buffer, 0, tensor.initial);
    this.#buffers.set(tensor.name, buffer);
    return { buffer };
  }

  write(tensor: Tensor, values: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): void {
    this.device.gpu.queue.writeBuffer(this.binding(tensor).buffer, 0, values);
  }

  get bytes(): number {
    return [...this.#buffers.values()].reduce((sum, buffer) => sum + buffer.size, 0);
  }

  destroy(): void {
    for (const buffer of this.#buffers.values()) this.device.destroyBuffer(buffer);
    this.#buffers.clear();
  }
}
