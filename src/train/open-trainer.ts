/** Opens a trainer on the backend that was asked for, from given weights or fresh ones. */

import { GpuTrainer } from './gpu-trainer';
import { initialWeights } from './initialise';
import type { Trainer, TrainerOptions } from './trainer';

/** Throws a sentence when the recipe does not fit the model or the adapter, or memory is refused. */
export async function openTrainer(options: TrainerOptions): Promise<Trainer> {
  const weights = options.weights ?? initialWeights(options.config, options.recipe.seed);
  const { backend } = options;
  if (backend.kind === 'gpu') return GpuTrainer.open(options, backend, weights);
  // A script of its own: who trains on the GPU needs none of it.
  const { HostTrainer, twinTrainer } = await import('./host-trainer');
  if (!backend.engine) return twinTrainer(options, weights);
  const executor = backend.engine.executor(weights);
  try {
    return new HostTrainer(options, executor, weights);
  } catch (error) {
    executor.destroy();
    throw error;
  }
}
