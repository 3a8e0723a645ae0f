/**
 * Parameters, gradients and moments as four buffers, for training. A parameter, and the state of its gradient, is a range
 * of one; the optimiser sees each as a whole.
 */
import { type FlatLayout, type FlatName, flatNames } from '../graph/flat';
import { gradientName } from '../graph/reverse';
import { bytesOf, type Tensor } from '../graph/tensor';
import type { Device } from './device';
import type { ParameterMemory, StateMemory } from './program';
import { StateStore } from './states';

export class FlatMemory {
  readonly parameters: ParameterMemory;
  readonly states: StateMemory;
  readonly #buffers: Readonly<Record<FlatName, GPUBuffer>>;

  constructor(
    private readonly device: Device,
    private readonly layout: FlatLayout,
  ) {
    const bytes = layout.size * 4;
    const make = (name: FlatName): [FlatName, GPUBuffer] => [
      name,
      device.createBuffer({
        label: name,
        size: bytes,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
      }),
    ];
    this.#buffers = Object.fromEntries(flatNames.map(make)) as Record<FlatName, GPUBuffer>;
    const others = new StateStore(device);
    const gradients = new Map([...layout.entries.values()].map((entry) => [gradientName(entry.tensor), entry]));
    this.parameters = {
      binding: (tensor) => this.#range('parameters', tensor, layout.entries.get(tensor.name)?.offset),
      storage: () => ({ kind: 'f32' }),
      bytesPerWeight: 4,
      bytes,
      destroy: () => {},
    };
    this.states = {
      binding: (tensor) => {
        const flat = flatNames.find((name) => name === tensor.name);
        if (flat) return { buffer: this.#buffers[flat] };
        const gradient = gradients.get(tensor.name);
        return gradient ? this.#range('gradients', tensor, gradient.offset) : others.binding(tensor);
      },
      write: (tensor, values) => others.write(tensor, values),
      get bytes() {
        return bytes * flatNames.length + others.bytes;
      },
      destroy: () => others.destroy(),
    };
  }

  /** Overwrites one of the flat buffers; `values` has the length of the layout. */
  write(name: FlatName, values: Float32Array<ArrayBuffer>): void {
    if (values.length !== this.layout.size) {
      throw new RangeError(`${name} has ${this.layout.size} elements here, ${values.length} were given.`);
    }
    this.device.gpu.queue.writeBuffer(this.#buffers[name], 0, values);
  }

  buffer(name: FlatName): GPUBuffer {
    return this.#buffers[name];
  }

  destroy(): void {
    this.states.destroy();
    for (const buffer of Object.values(this.#buffers)) this.device.destroyBuffer(buffer);
  }

  #range(name: FlatName, tensor: Tensor, offset: number | undefined): GPUBufferBinding {
    if (offset === undefined) throw new Error(`${tensor.name} is not part of this layout.`);
    // Vector loads may reach into the padding behind the last element, which is the parameter's own.
    return { buffer: this.#buffers[name], offset: offset * 4, size: Math.ceil(bytesOf(tensor) / 16) * 16 };
  }
}
