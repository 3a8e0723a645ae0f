/** Opens a trainer on the backend that was asked for, from given weights or fresh ones. */
import { GpuTrainer } from './gpu-trainer';
import { initialWeights } from './initialise';
import type { Trainer, TrainerOptions } from './trainer';
import { TwinTrainer } from './twin-trainer';

/** Throws a sentence when the recipe does not fit the model or the adapter. */
export async function openTrainer(options: TrainerOptions): Promise<Trainer> {
  const weights = options.weights ?? initialWeights(options.config, options.recipe.seed);
  if (options.backend.kind === 'cpu') return new TwinTrainer(options, weights);
  return GpuTrainer.open(options, options.backend, weights);
}
