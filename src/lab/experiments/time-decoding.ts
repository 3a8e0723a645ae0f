/** How long a token takes a model of an arm, with fresh weights: what is written does not matter to the speed. */
import type { ModelConfig } from '../../model/config';
import { initialWeights } from '../../train/initialise';
import type { TrainerBackend } from '../../train/trainer';
import { timeDecoding } from '../backend-choice';
import { trainedRuntime } from '../trained-runtime';

/** Milliseconds a token on the backend that trains. */
export async function timeFreshModel(backend: TrainerBackend, config: ModelConfig): Promise<number> {
  const weights = new Map(
    [...initialWeights(config, 0)].map(([name, weight]) => [
      name,
      'values' in weight ? weight.values : new Float32Array(),
    ]),
  );
  const runtime = await trainedRuntime(backend, config, weights);
  try {
    return await timeDecoding(runtime);
  } finally {
    runtime.destroy();
  }
}
