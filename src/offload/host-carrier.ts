/**
 * The CPU as a carrier: WebAssembly or the twin. It computes on the thread that also copies experts into slots, so a copy and a
 * compute take turns; only reads from files go on beside them.
 */
import { costOf } from '../graph/cost';
import type { Executor, ExecutorProgram } from '../graph/executor';
import { decodeHalf } from '../graph/float16';
import type { Graph } from '../graph/graph';
import type { BytesPerWeight, Tensor } from '../graph/tensor';
import { shortHostPrompt } from '../model/host-runtime';
import { bucketFor } from '../model/prompt-buckets';
import type { MemoryUse } from '../model/runtime';
import type { Carrier, CarrierProgram, PoolTensors } from './carrier';
import type { SlotDevice } from './expert-executor';

export class HostCarrier implements Carrier {
  readonly backend = 'cpu';

  /** The carrier owns the executor. */
  constructor(
    private readonly executor: Executor,
    readonly adapter: string,
  ) {}

  get bytesPerWeight(): BytesPerWeight {
    return this.executor.bytesPerWeight;
  }

  async compile(graph: Graph): Promise<CarrierProgram> {
    return new HostCarrierProgram(this.executor.compile(graph));
  }

  write(state: Tensor, values: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): void {
    this.executor.numbers(state).set(values);
  }

  async done(): Promise<void> {}

  pool({ up, down, upElements, downElements, half }: PoolTensors): SlotDevice {
    return {
      load: async (slot, { buffer }) => {
        const values = half ? decodeHalf(new Uint16Array(buffer)) : new Float32Array(buffer);
        this.executor.numbers(up).set(values.subarray(0, upElements), slot * upElements);
        this.executor.numbers(down).set(values.subarray(upElements), slot * downElements);
      },
    };
  }

  promptRows(count: number, context: number): number {
    return this.executor.prefersRows ? bucketFor(count, context) : count;
  }

  runsAtOnce(count: number): boolean {
    return this.executor.prefersRows && count > shortHostPrompt;
  }

  memory({ graph }: CarrierProgram): MemoryUse {
    const { weightBytes, stateBytes, activationBytes } = costOf(graph, this.bytesPerWeight);
    return { weights: weightBytes, kvCache: stateBytes, activations: activationBytes };
  }

  destroy(): void {
    this.executor.destroy();
  }
}

class HostCarrierProgram implements CarrierProgram {
  constructor(private readonly program: ExecutorProgram) {}

  get graph(): Graph {
    return this.program.graph;
  }

  run(first: number, end: number): void {
    if (first < end) this.program.run(first, end);
  }

  async runAndRead(first: number, end: number, tensor: Tensor, words: number): Promise<Uint32Array<ArrayBuffer>> {
    this.run(first, end);
    const { buffer, byteOffset } = this.program.read(tensor);
    // Memory that threads share cannot be sliced into a buffer of one's own.
    return new Uint32Array(new Uint32Array(buffer, byteOffset, words));
  }

  destroy(): void {
    this.program.destroy();
  }
}
