/**
 * This project's CPU backend for the benchmarks, in a worker as on the page: threads wait for each other, which the main
 * thread may not. One question at a time; `cpu-client.ts` asks them.
 */
import { orderOf } from '../../src/gpu/kernels/embed/order';
import { linear } from '../../src/gpu/kernels/linear/linear';
import { GraphBuilder } from '../../src/graph/graph';
import type { StoredWeight, Weights } from '../../src/graph/weights';
import type { ModelConfig } from '../../src/model/config';
import { HostRuntime } from '../../src/model/host-runtime';
import { openTrainer } from '../../src/train/open-trainer';
import { recipeDefaults } from '../../src/train/recipe-schema';
import type { Trainer } from '../../src/train/trainer';
import { EngineCpu } from '../../src/worker/open-cpu';
import { recipe, shape as trainShape } from './train-case';
import type { Batch } from './trainer';

export type CpuQuestion =
  | { readonly kind: 'decoder'; readonly threads: number; readonly config: ModelConfig; readonly weights: Weights }
  | { readonly kind: 'logits' | 'begin'; readonly ids: readonly number[] }
  | { readonly kind: 'write'; readonly count: number }
  | { readonly kind: 'trainer'; readonly threads: number; readonly config: ModelConfig; readonly weights: Weights }
  | { readonly kind: 'step'; readonly batch: Batch }
  | {
      readonly kind: 'product';
      readonly threads: number;
      readonly M: number;
      readonly N: number;
      readonly K: number;
      readonly x: Float32Array;
      readonly weight: StoredWeight;
      readonly integerActivations: boolean;
    }
  | { readonly kind: 'multiply'; readonly repeats: number }
  | { readonly kind: 'once'; readonly x: Float32Array };

const cpu = new EngineCpu();
const greedy = { temperature: 0, topK: 0, topP: 1, seed: 0 };
let runtime: HostRuntime | null = null;
let trainer: Trainer | null = null;
let multiply: ((x?: Float32Array) => Float32Array) | null = null;
let steps = 0;

async function openEngine(threads: number) {
  await cpu.want(threads);
  const engine = await cpu.open();
  if (!engine || engine.threads !== threads) throw new Error(`The CPU has ${engine?.threads} threads, not ${threads}.`);
  return engine;
}

async function answer(question: CpuQuestion): Promise<unknown> {
  switch (question.kind) {
    case 'decoder': {
      const engine = await openEngine(question.threads);
      runtime = new HostRuntime(question.config, engine.executor(question.weights));
      return null;
    }
    case 'logits':
      await runtime?.start(question.ids);
      return runtime?.logits();
    case 'begin':
      await runtime?.start(question.ids);
      return null;
    case 'write': {
      const ids: number[] = [];
      if (runtime) for await (const { id } of runtime.tokens(question.count, greedy)) ids.push(id);
      return ids;
    }
    case 'trainer': {
      const { learningRate: _, weightDecay: __, ...values } = recipe;
      trainer = await openTrainer({
        backend: { kind: 'cpu', engine: await openEngine(question.threads) },
        config: question.config,
        recipe: {
          ...recipeDefaults,
          ...values,
          batch: trainShape.B,
          context: trainShape.T,
          optimizer: 'adamw',
          dropout: 0,
        },
        weights: question.weights,
      });
      return null;
    }
    case 'step':
      return takeStep(question.batch);
    case 'product': {
      const { M, N, K, x, weight, integerActivations } = question;
      const builder = new GraphBuilder();
      const input = builder.state('x', [M, K]);
      const { y } = builder.add(linear, 'product', { x: input, weight: builder.matrix('weight', [N, K]) }, {});
      builder.result(y);
      const engine = await openEngine(question.threads);
      const executor = engine.executor(new Map([['weight', weight]]), { integerActivations });
      const program = executor.compile(builder.build());
      multiply = (given) => {
        if (given) executor.numbers(input).set(given);
        program.run();
        return program.read(y) as Float32Array;
      };
      return multiply(x).slice();
    }
    case 'once':
      return multiply?.(question.x).slice();
    case 'multiply': {
      const begun = performance.now();
      for (let i = 0; i < question.repeats; i++) multiply?.();
      return (performance.now() - begun) / question.repeats;
    }
  }
}

async function takeStep({ ids, targets }: Batch): Promise<number> {
  steps += 1;
  const batch = { ids, targets, order: orderOf(ids), counted: targets.length };
  const values = { step: steps, learningRate: recipe.learningRate, weightDecay: recipe.weightDecay };
  const result = await trainer?.step([batch], values);
  if (!result?.finite) throw new Error(`Step ${steps} was not finite, so the engine left its update out.`);
  return result.loss;
}

const scope = self as unknown as DedicatedWorkerGlobalScope;
scope.onmessage = async ({ data }: MessageEvent<CpuQuestion>) => {
  try {
    scope.postMessage({ answer: await answer(data) });
  } catch (error) {
    scope.postMessage({ problem: String(error) });
  }
};
