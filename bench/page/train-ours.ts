/** The training step of this project, as its Train panel runs it, with every step waited for. */
import { orderOf } from '../../src/gpu/kernels/embed/order';
import type { Weights } from '../../src/graph/weights';
import { openTrainer } from '../../src/train/open-trainer';
import { recipeDefaults } from '../../src/train/recipe-schema';
import type { EngineGpu } from './engine';
import { config, recipe, shape } from './train-case';
import type { Trainer } from './trainer';

export async function openOurTrainer(gpu: EngineGpu, weights: Weights): Promise<Trainer> {
  const { learningRate, weightDecay, ...values } = recipe;
  const trainer = await openTrainer({
    backend: { kind: 'gpu', ...gpu },
    config,
    recipe: { ...recipeDefaults, ...values, batch: shape.B, context: shape.T, optimizer: 'adamw', dropout: 0 },
    weights,
  });
  let steps = 0;
  return {
    async step({ ids, targets }) {
      steps += 1;
      const batch = { ids, targets, order: orderOf(ids), counted: targets.length };
      const { loss, finite } = await trainer.step([batch], { step: steps, learningRate, weightDecay });
      if (!finite) throw new Error(`Step ${steps} was not finite, so the engine left its update out.`);
      return loss;
    },
    close: async () => trainer.destroy(),
  };
}
