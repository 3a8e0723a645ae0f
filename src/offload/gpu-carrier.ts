/**
 * A GPU as a carrier. It has one queue, so a copy on the device waits for the computes in front of it; what goes on beside
 * them is the way into a mapped staging buffer, which is most of a load where memory is slow and the device is not.
 */
import { chooseBy, type Winners } from '../gpu/choice';
import type { Device } from '../gpu/device';
import { mostExperts } from '../gpu/kernels/assign-experts/shape';
import { ParameterStore } from '../gpu/parameters';
import type { Pipelines } from '../gpu/pipelines';
import { compile, type Program, type Resources } from '../gpu/program';
import { ReadbackRing, readBuffer } from '../gpu/readback';
import { StateStore } from '../gpu/states';
import { timeSteps } from '../gpu/stopwatch';
import type { Graph } from '../graph/graph';
import type { BytesPerWeight, Tensor } from '../graph/tensor';
import type { Weights } from '../graph/weights';
import { shortGpuPrompt } from '../model/gpu-runtime';
import { memoryNeed, memoryProblem } from '../model/memory-fit';
import { bucketFor } from '../model/prompt-buckets';
import { recordBytes } from '../model/records';
import type { MemoryUse } from '../model/runtime';
import type { Carrier, CarrierProgram, PoolTensors } from './carrier';
import type { SlotDevice } from './expert-executor';

export interface GpuCarrierOptions {
  readonly half: boolean;
  readonly subgroups: boolean;
  readonly winners?: Winners | undefined;
}

/** Readbacks under way at once: the routing of a layer, and the record of a token. */
const readsUnderWay = 4;

/** What is read for every token: its record, and the starts of as many experts as there may be. */
const mostReadBytes = Math.max(recordBytes, (mostExperts + 1) * 4);

export class GpuCarrier implements Carrier {
  readonly backend = 'gpu';
  readonly adapter: string;
  readonly #resources: Resources;
  readonly #ring: ReadbackRing;
  readonly #pools: GpuPool[] = [];

  constructor(
    private readonly device: Device,
    pipelines: Pipelines,
    weights: Weights,
    { half, subgroups, winners }: GpuCarrierOptions,
  ) {
    this.adapter = device.adapter.name;
    const parameters = new ParameterStore(device, weights, half);
    const choose = chooseBy(device.adapter.software, winners);
    this.#resources = { pipelines, parameters, states: new StateStore(device), choose, subgroups };
    this.#ring = new ReadbackRing(device, mostReadBytes, readsUnderWay);
  }

  get bytesPerWeight(): BytesPerWeight {
    return this.#resources.parameters.bytesPerWeight;
  }

  /** Throws a sentence for more slots than the adapter has room for. */
  async compile(graph: Graph): Promise<CarrierProgram> {
    const problem = memoryProblem(memoryNeed([graph], this.bytesPerWeight), this.device.adapter.limits);
    if (problem) throw new RangeError(`The model with its slots ${problem}`);
    return new GpuCarrierProgram(this.device, await compile(this.device, graph, this.#resources), this.#ring);
  }

  write(state: Tensor, values: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): void {
    this.#resources.states.write(state, values);
  }

  async done(): Promise<void> {
    await this.device.gpu.queue.onSubmittedWorkDone();
  }

  pool(tensors: PoolTensors): SlotDevice {
    const bufferOf = (tensor: Tensor) => this.#resources.parameters.binding(tensor).buffer;
    const pool = new GpuPool(this.device, tensors, bufferOf(tensors.up), bufferOf(tensors.down));
    this.#pools.push(pool);
    return pool;
  }

  promptRows(count: number, context: number): number {
    return bucketFor(count, context);
  }

  runsAtOnce(count: number, hasProgram: boolean): boolean {
    return count > shortGpuPrompt || (count > 0 && hasProgram);
  }

  memory(program: CarrierProgram): MemoryUse {
    const { parameters, states } = this.#resources;
    const activations = program instanceof GpuCarrierProgram ? program.bytes : 0;
    return { weights: parameters.bytes, kvCache: states.bytes, activations };
  }

  destroy(): void {
    for (const pool of this.#pools) pool.destroy();
    this.#ring.destroy();
    this.#resources.parameters.destroy();
    this.#resources.states.destroy();
  }
}

class GpuCarrierProgram implements CarrierProgram {
  constructor(
    private readonly device: Device,
    private readonly program: Program,
    private readonly ring: ReadbackRing,
  ) {}

  get graph(): Graph {
    return this.program.graph;
  }

  get bytes(): number {
    return this.program.bytes;
  }

  run(first: number, end: number): void {
    if (first < end) this.device.submit(this.#encode(first, end));
  }

  async runAndRead(first: number, end: number, tensor: Tensor, words: number): Promise<Uint32Array<ArrayBuffer>> {
    if (words * 4 > mostReadBytes) {
      this.run(first, end);
      return new Uint32Array(await readBuffer(this.device, this.program.buffer(tensor), 0, words * 4));
    }
    const encoder = this.#encode(first, end);
    const read = this.ring.copy(encoder, [[this.program.buffer(tensor), words * 4]]);
    this.device.submit(encoder);
    return new Uint32Array(await read()).slice(0, words);
  }

  async timestamps(repeats: number): Promise<number | null> {
    if (!this.device.gpu.features.has('timestamp-query')) return null;
    const nanoseconds = await timeSteps(this.device, this.program.steps, repeats);
    return nanoseconds.reduce((sum, time) => sum + time, 0) / 1e6;
  }

  destroy(): void {
    this.program.destroy();
  }

  #encode(first: number, end: number): GPUCommandEncoder {
    const encoder = this.device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    this.program.encode(pass, first, end);
    pass.end();
    return encoder;
  }
}

class GpuPool implements SlotDevice {
  /** Mapped while nobody uses it; one is enough, because a load waits for the one before. */
  readonly #staging: GPUBuffer;
  readonly #upBytes: number;
  readonly #downBytes: number;

  constructor(
    private readonly device: Device,
    { upElements, downElements, half }: PoolTensors,
    private readonly up: GPUBuffer,
    private readonly down: GPUBuffer,
  ) {
    const width = half ? 2 : 4;
    this.#upBytes = upElements * width;
    this.#downBytes = downElements * width;
    if (this.#upBytes % 4 !== 0 || this.#downBytes % 4 !== 0) {
      throw new RangeError(
        `An expert’s matrices have ${upElements} and ${downElements} numbers in 16 bits: an odd count cannot be copied into a slot, so save the model in 32 bits.`,
      );
    }
    this.#staging = device.createBuffer({
      label: 'expert staging',
      size: this.#upBytes + this.#downBytes,
      usage: GPUBufferUsage.MAP_WRITE | GPUBufferUsage.COPY_SRC,
      mappedAtCreation: true,
    });
  }

  async load(slot: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const staging = this.#staging;
    new Uint8Array(staging.getMappedRange()).set(bytes);
    staging.unmap();
    const encoder = this.device.gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(staging, 0, this.up, slot * this.#upBytes, this.#upBytes);
    encoder.copyBufferToBuffer(staging, this.#upBytes, this.down, slot * this.#downBytes, this.#downBytes);
    this.device.submit(encoder);
    // It can be mapped again as soon as the device has copied it.
    await staging.mapAsync(GPUMapMode.WRITE);
  }

  destroy(): void {
    this.device.destroyBuffer(this.#staging);
  }
}
