/**
 * Which backend runs a model: both are timed on the work itself, a decoded token or a training step, and the faster one is
 * taken. What was measured is kept per device, kind of work and size, and shown: a tiny model may well be faster on
 * the CPU than on a GPU.
 */
import type { Batch } from '../data/batches';
import { orderOf } from '../gpu/kernels/embed/order';
import type { ModelConfig } from '../model/config';
import type { Runtime } from '../model/runtime';
import type { Trainer } from '../train/trainer';

export type Backend = 'gpu' | 'cpu';

/** `auto`: the faster one. */
export type BackendSetting = 'auto' | Backend;

export type Work = 'decode' | 'train';

/** What was measured of both backends, in milliseconds a token or a step. */
export interface BackendChoice {
  readonly work: Work;
  readonly gpuMilliseconds: number;
  readonly cpuMilliseconds: number;
  /** Names of what was timed. */
  readonly gpu: string;
  readonly cpu: string;
  /** ISO 8601. */
  readonly measured: string;
}

export function fasterOf({ gpuMilliseconds, cpuMilliseconds }: BackendChoice): Backend {
  return cpuMilliseconds < gpuMilliseconds ? 'cpu' : 'gpu';
}

/** Work that differs by less than a factor of four shares a measurement: `flops` are those of a token or a step. */
export function choiceKey(work: Work, gpu: string, cpu: string, flops: number): string {
  return [work, gpu, cpu, `4^${Math.round(Math.log2(Math.max(1, flops)) / 2)}`].join(' · ');
}

const warmTokens = 2;
const timedTokens = 8;

/** Milliseconds a token after a few that warm up; the text that the runtime held is lost. */
export async function timeDecoding(runtime: Runtime): Promise<number> {
  await runtime.start([0]);
  const greedy = { temperature: 0, topK: 0, topP: 1, seed: 0 };
  const count = Math.min(warmTokens + timedTokens, runtime.config.max_position_embeddings - 1);
  let seen = 0;
  let begun = performance.now();
  for await (const _ of runtime.tokens(count, greedy)) {
    seen += 1;
    if (seen === Math.min(warmTokens, count - 1)) begun = performance.now();
  }
  return (performance.now() - begun) / Math.max(1, seen - warmTokens);
}

/** A step that takes so many milliseconds is not repeated to be sure. */
const longStep = 500;
const timedSteps = 2;

/** Milliseconds a step after one that warms up; the trainer's weights and moments are spoilt. */
export async function timeTraining(trainer: Trainer, config: ModelConfig, rows: number): Promise<number> {
  const ids = Uint32Array.from({ length: rows }, (_, row) => (row * 7) % config.vocab_size);
  const batch: Batch = { ids, targets: ids, order: orderOf(ids), counted: rows };
  const step = async (index: number): Promise<number> => {
    const begun = performance.now();
    await trainer.step([batch], { step: index, learningRate: 0, weightDecay: 0 });
    return performance.now() - begun;
  };
  await step(1);
  let best = Number.POSITIVE_INFINITY;
  for (let index = 0; index < timedSteps && (index === 0 || best < longStep); index++) {
    best = Math.min(best, await step(index + 2));
  }
  return best;
}
