/** How long a token takes a model of an arm, with fresh weights: what is written does not matter to the speed. */
import type { ModelConfig } from '../../model/config';
import type { Runtime } from '../../model/runtime';
import { initialWeights } from '../../train/initialise';
import type { TrainerBackend } from '../../train/trainer';
import { trainedRuntime } from '../trained-runtime';
import type { DecodeTime } from './experiment';

/** Code that has just been loaded runs a hundred times slower until the browser has compiled it well. */
const warmMilliseconds = 300;
const samples = 5;
/** A sample is as many texts as take so long: a small model's token takes less than a clock in the browser can tell. */
const sampleMilliseconds = 20;
const tokensOfText = 32;

/** On the backend that trains. */
export async function timeFreshModel(backend: TrainerBackend, config: ModelConfig): Promise<DecodeTime> {
  const weights = new Map(
    [...initialWeights(config, 0)].map(([name, weight]) => [
      name,
      'values' in weight ? weight.values : new Float32Array(),
    ]),
  );
  const runtime = await trainedRuntime(backend, config, weights);
  try {
    await tokenMilliseconds(runtime, warmMilliseconds);
    const times: number[] = [];
    for (let sample = 0; sample < samples; sample++) times.push(await tokenMilliseconds(runtime, sampleMilliseconds));
    times.sort((a, b) => a - b);
    const at = (index: number) => times[index] as number;
    return { median: at(samples >> 1), least: at(0), most: at(samples - 1) };
  } finally {
    runtime.destroy();
  }
}

/** The mean over whole texts that take at least so long. */
async function tokenMilliseconds(runtime: Runtime, atLeast: number): Promise<number> {
  const count = Math.max(1, Math.min(tokensOfText, runtime.config.max_position_embeddings - 1));
  const greedy = { temperature: 0, topK: 0, topP: 1, seed: 0 };
  const begun = performance.now();
  for (let written = 0; ; ) {
    await runtime.start([0]);
    for await (const _ of runtime.tokens(count, greedy)) written += 1;
    const milliseconds = performance.now() - begun;
    if (milliseconds >= atLeast) return milliseconds / written;
  }
}
