/** Asks the worker that holds this project's CPU backend, as the benchmarks' interfaces. */
import type { StoredWeight, Weights } from '../../src/graph/weights';
import type { ModelConfig } from '../../src/model/config';
import type { CpuQuestion } from './cpu-worker';
import type { Decoder } from './decoder';
import type { Trainer } from './trainer';

type Answer = { readonly answer: unknown } | { readonly problem: string };

class CpuClient {
  readonly #worker = new Worker(new URL('./cpu-worker.ts', import.meta.url), { type: 'module' });

  ask<T>(question: CpuQuestion): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#worker.onerror = ({ message }) => reject(new Error(message));
      this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if ('problem' in data) reject(new Error(data.problem));
        else resolve(data.answer as T);
      };
      this.#worker.postMessage(question);
    });
  }

  close(): void {
    this.#worker.terminate();
  }
}

export async function openCpuDecoder(config: ModelConfig, weights: Weights, threads: number): Promise<Decoder> {
  const client = new CpuClient();
  await client.ask({ kind: 'decoder', threads, config, weights });
  return {
    logits: (ids) => client.ask({ kind: 'logits', ids }),
    begin: (ids) => client.ask({ kind: 'begin', ids }),
    write: (count) => client.ask({ kind: 'write', count }),
    close: async () => client.close(),
  };
}

export async function openCpuTrainer(config: ModelConfig, weights: Weights, threads: number): Promise<Trainer> {
  const client = new CpuClient();
  await client.ask({ kind: 'trainer', threads, config, weights });
  return { step: (batch) => client.ask({ kind: 'step', batch }), close: async () => client.close() };
}

/** A product x[M,K] · weight[N,K]ᵀ: its first result, and how to time more. */
export async function openCpuProduct(
  M: number,
  N: number,
  K: number,
  x: Float32Array,
  weight: StoredWeight,
  threads: number,
  integerActivations = false,
) {
  const client = new CpuClient();
  const result = await client.ask<Float32Array>({ kind: 'product', threads, M, N, K, x, weight, integerActivations });
  return {
    result,
    once: () => client.ask<Float32Array>({ kind: 'once', x }),
    time: (repeats: number) => client.ask<number>({ kind: 'multiply', repeats }),
    close: async () => client.close(),
  };
}
