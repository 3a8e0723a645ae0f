/**
 * The CPU as the engines of a worker share it: WebAssembly with as many threads as the page may have, opened when first
 * needed, opened again after a thread has died; TypeScript where there is no SIMD.
 */
import sharedUrl from '../../.cache/wasm/shared.wasm?url&no-inline';
import singleUrl from '../../.cache/wasm/single.wasm?url&no-inline';
import type { CpuEngine, StartThread } from '../cpu/engine';
import { hasSharedMemory, hasSimd } from '../cpu/features';
import { sentence } from './open-device';

/** More share too little work each, in models of this size. */
const usualThreads = 8;

/** Milliseconds that a thread may take to begin. */
const patience = 10_000;

export interface CpuReport {
  readonly kind: 'wasm' | 'typescript';
  readonly threads: number;
  /** Threads that this machine has cores for. */
  readonly cores: number;
  /** Why it is not WebAssembly, or why it has one thread; null when there is nothing to say. */
  readonly reason: 'noSimd' | 'notIsolated' | 'threadsRefused' | null;
}

export class EngineCpu {
  #engine: Promise<CpuEngine | null> | null = null;
  #wanted: number | null = null;
  #refused = false;

  /** Threads that computing may take from now on; null leaves it to this class. Takes effect when the engine opens next. */
  async want(threads: number | null): Promise<void> {
    if (threads === this.#wanted) return;
    this.#wanted = threads;
    this.#refused = false;
    await this.close();
  }

  /** Null: there is no SIMD, and the twin computes. */
  open(): Promise<CpuEngine | null> {
    this.#engine ??= this.#openEngine().catch((error: unknown) => {
      this.#engine = null;
      throw error;
    });
    return this.#engine;
  }

  /** Another engine in place of one that has lost a thread. What ran on the old one must be opened again. */
  async reopen(): Promise<CpuEngine | null> {
    await this.close();
    return this.open();
  }

  /** Lets go of the engine; what still runs on it may go on, alone. */
  async close(): Promise<void> {
    const engine = this.#engine;
    this.#engine = null;
    (await engine?.catch(() => null))?.destroy();
  }

  /** Known before anything is opened. */
  get report(): CpuReport {
    const cores = navigator.hardwareConcurrency;
    const common = { cores, threads: this.#threads };
    if (!hasSimd()) return { ...common, threads: 1, kind: 'typescript', reason: 'noSimd' };
    if (!hasSharedMemory()) return { ...common, kind: 'wasm', reason: 'notIsolated' };
    return { ...common, kind: 'wasm', reason: this.#refused ? 'threadsRefused' : null };
  }

  /** What runs, for records and the badge. */
  get name(): string {
    const { kind, threads } = this.report;
    if (kind === 'typescript') return 'CPU · TypeScript';
    return `CPU · WASM SIMD · ${threads === 1 ? '1 thread' : `${threads} threads`}`;
  }

  get #threads(): number {
    if (this.#refused || !hasSharedMemory() || !hasSimd()) return 1;
    return Math.max(1, this.#wanted ?? Math.min(usualThreads, navigator.hardwareConcurrency));
  }

  async #openEngine(): Promise<CpuEngine | null> {
    if (!hasSimd()) return null;
    // A script of its own, like the kernels: nobody who stays on the GPU loads either.
    const { CpuEngine } = await import('../cpu/engine');
    if (this.#threads > 1) {
      const module = await fetchModule(sharedUrl);
      try {
        return await CpuEngine.open({ module, threads: this.#threads, startThread });
      } catch {
        // Memory that may be shared, or another worker, was refused: one thread needs neither.
        this.#refused = true;
      }
    }
    return CpuEngine.open({ module: await fetchModule(singleUrl), threads: 1 });
  }
}

/** Throws a sentence with the address and what to do. */
async function fetchModule(url: string): Promise<WebAssembly.Module> {
  const { href } = new URL(url, location.href);
  try {
    const response = await fetch(href);
    if (!response.ok) throw new Error(`the host answered ${response.status}`);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    throw new Error(
      `The CPU’s kernels could not be loaded from ${href} (${sentence(error)}): reload the page to try again.`,
    );
  }
}

const startThread: StartThread = (start, onGone) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./cpu-thread.ts', import.meta.url), { type: 'module' });
    const fail = (cause: string) => {
      clearTimeout(timer);
      worker.terminate();
      onGone(cause);
      reject(new Error(cause));
    };
    const timer = setTimeout(() => fail('A thread of the CPU did not start.'), patience);
    worker.onmessage = () => {
      clearTimeout(timer);
      resolve(() => worker.terminate());
    };
    worker.onerror = (event) => {
      // Else it would go on to the page, which would take this worker for the one that ended.
      event.preventDefault();
      fail(event.message ? `A thread of the CPU ended: ${event.message}` : 'A thread of the CPU ended.');
    };
    worker.postMessage(start);
  });
