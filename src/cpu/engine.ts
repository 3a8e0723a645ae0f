/**
 * The WebAssembly module with its memory and its threads. It hands out memory and carries out commands; it knows no graph
 * and no operation.
 *
 * One linear memory holds everything: arguments, weights, activations, scratch of each thread. With shared memory, other
 * threads run the same module over it (`kernels/schedule.ts` says how they share the work).
 */
import type { ExecutorOptions, ExecutorSource } from '../graph/executor';
import type { Weights } from '../graph/weights';
import { CpuExecutor } from './executor';
import { Heap } from './heap';
import { ThreadGone } from './thread-gone';

/** Bytes of scratch of each thread; kernels rely on so much. */
export const scratchBytes = 1 << 20;

const controlBytes = 384;
const page = 65536;

/** Seconds that a thread may take for one claim of units before it counts as gone. */
const mostWaits = 3;

interface Kernels {
  run(first: number, last: number, control: number, scratch: number, threads: number, waiting: number): number;
  stop(control: number): void;
}

/** What another thread needs to begin: it instantiates the module over the memory and calls `serve(control, scratch)`. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly scratch: number;
}

/** Starts a thread; calls `onGone` when it ends without being asked. Resolves, once it serves, with what ends it. */
export type StartThread = (start: ThreadStart, onGone: (cause: string) => void) => Promise<() => void>;

export interface EngineOptions {
  readonly module: WebAssembly.Module;
  /** All of them, this one included; more than one only with a module for shared memory. */
  readonly threads: number;
  /** How to start the others. */
  readonly startThread?: StartThread;
  /** Largest the memory may become; 4 GiB unless given. */
  readonly mostBytes?: number;
}

export class CpuEngine implements ExecutorSource {
  readonly #memory: WebAssembly.Memory;
  readonly #kernels: Kernels;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #heap: Heap;
  readonly #control: number;
  readonly #scratch: number;
  readonly #ends: (() => void)[] = [];
  #gone: string | null = null;
  #threads = 1;

  private constructor(
    memory: WebAssembly.Memory,
    exports: WebAssembly.Exports,
    private readonly options: EngineOptions,
  ) {
    this.#memory = memory;
    this.#kernels = exports as unknown as Kernels;
    this.#numbers = kernelNumbers(exports);
    this.#heap = new Heap(page, (bytes) => this.#grow(bytes));
    this.#control = this.#heap.allocate(controlBytes);
    this.#scratch = this.#heap.allocate(scratchBytes * options.threads);
  }

  /** Throws a sentence when memory is refused, or what a thread that does not start says; then the others are ended. */
  static async open(options: EngineOptions): Promise<CpuEngine> {
    const shared = options.threads > 1;
    const maximum = Math.floor((options.mostBytes ?? 2 ** 32) / page);
    const memory = new WebAssembly.Memory({ initial: 1, maximum, ...(shared && { shared }) });
    const { exports } = await WebAssembly.instantiate(options.module, { env: { memory } });
    const engine = new CpuEngine(memory, exports, options);
    await engine.#startThreads();
    return engine;
  }

  /** Of the kernels, hexadecimal: the same hash, the same numbers, on every machine. */
  get hash(): string {
    const [section] = WebAssembly.Module.customSections(this.options.module, 'hash');
    return new TextDecoder().decode(section);
  }

  /** Threads that compute, this one included. */
  get threads(): number {
    return this.#threads;
  }

  executor(weights: Weights, options?: ExecutorOptions): CpuExecutor {
    return new CpuExecutor(this, weights, options);
  }

  /** Bytes in use. */
  get bytes(): number {
    return this.#heap.used;
  }

  /** Address of `bytes` zeros, a multiple of 64. Throws a sentence when the browser refuses more memory. */
  allocate(bytes: number): number {
    const address = this.#heap.allocate(bytes);
    new Uint8Array(this.#memory.buffer, address, bytes).fill(0);
    return address;
  }

  free(address: number): void {
    this.#heap.free(address);
  }

  /** A view that ends with the next allocation: memory that grows moves. */
  floats(address: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#memory.buffer as ArrayBuffer, address, count);
  }

  /** As `floats`. */
  words(address: number, count: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#memory.buffer as ArrayBuffer, address, count);
  }

  /** As `floats`. */
  bytesAt(address: number, count: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer as ArrayBuffer, address, count);
  }

  /** Number of a kernel in the module. */
  kernel(name: string): number {
    const number = this.#numbers.get(name);
    if (number === undefined) throw new Error(`The module has no kernel ${name}.`);
    return number;
  }

  /** Carries out the commands that lie from `first` up to `last`. Throws ThreadGone when another thread has ended. */
  run(first: number, last: number): void {
    let command = first;
    for (let waits = 0; command !== last; waits++) {
      if (this.#gone !== null) throw new ThreadGone(this.#gone);
      const waiting = waits > 0 ? 1 : 0;
      // An address beyond 2 GiB comes back as a negative number.
      const next = this.#kernels.run(command, last, this.#control, this.#scratch, this.#threads, waiting) >>> 0;
      if (next !== command) waits = 0;
      else if (waits + 1 >= mostWaits) this.#gone = 'A thread of the CPU does not answer any more.';
      command = next;
    }
  }

  destroy(): void {
    if (this.#ends.length > 0) this.#kernels.stop(this.#control);
    for (const end of this.#ends.splice(0)) end();
  }

  async #startThreads(): Promise<void> {
    const { threads, module, startThread } = this.options;
    const others = Array.from({ length: threads - 1 }, (_, index) => index + 1);
    if (others.length === 0 || !startThread) return;
    let refused = false;
    const starts = others.map(async (index) => {
      const end = await startThread(
        { module, memory: this.#memory, control: this.#control, scratch: this.#scratch + index * scratchBytes },
        (cause) => {
          this.#gone ??= cause;
        },
      );
      if (refused) end();
      else this.#ends.push(end);
    });
    try {
      await Promise.all(starts);
    } catch (error) {
      refused = true;
      this.destroy();
      throw error;
    }
    this.#threads = threads;
  }

  #grow(bytes: number): void {
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      this.#memory.grow(Math.ceil(missing / page));
    } catch {
      const megabytes = Math.ceil(bytes / 2 ** 20);
      throw new RangeError(
        `The CPU backend needs ${megabytes} MiB of memory and the browser refuses: close other tabs, or choose a smaller model, batch or context.`,
      );
    }
  }
}

/** `Kernel.<name>` of the exports. */
function kernelNumbers(exports: WebAssembly.Exports): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const [name, value] of Object.entries(exports)) {
    if (name.startsWith('Kernel.')) numbers.set(name.slice('Kernel.'.length), (value as WebAssembly.Global).value);
  }
  return numbers;
}
