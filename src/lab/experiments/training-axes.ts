/** Axes of how a model is trained: batch and learning rate, regularisation, and how long. */
import { pow } from '../../graph/exact-math';
import type { Recipe } from '../../train/recipe';
import { recipeFields } from '../../train/recipe-schema';
import { type AxisRow, plain, recipeAxis } from './axis';
import { trainingTokens, withSteps, withTokensPerParameter } from './length';
import { parametersOf } from './parameters';

const pro = 'PanGu-π Pro, arXiv 2402.02791';

export const trainingAxes = {
  weightDecay: recipeAxis('weightDecay', {
    meaning: 'How fast matrices decay towards 0 beside what they learn.',
    source: `${pro}, Table 13`,
  }),
  batch: recipeAxis('batch', {
    meaning: 'Rows in one batch: larger batches make each step surer, and give fewer steps for the same tokens.',
    source: `${pro}, section on batch size and learning rate`,
    stage: 0,
  }),
  batchRule: {
    ...plain({
      meaning: 'How the learning rate grows with the batch: rate = base rate · (batch / base batch)^r.',
      source: `${pro}, section on batch size and learning rate`,
    }),
    values: { kind: 'choice', choices: [0, 0.5, 1, 1.5] },
    decides: ['learningRate'],
    read: () => 0,
    write: (recipe, value: number, base) => ({
      ...recipe,
      learningRate: base.learningRate * pow(recipe.batch / base.batch, value),
    }),
  },
  learningRate: recipeAxis('learningRate', { meaning: 'The highest learning rate of the schedule.' }),
  optimizer: recipeAxis('optimizer', { meaning: 'How gradients become updates.' }),
  dropout: recipeAxis('dropout', {
    meaning: 'Share of each sub-layer’s output that is set to 0 while training; 0 is off.',
  }),
  clip: recipeAxis('clip', { meaning: 'Largest gradient norm; longer gradients are scaled down. 0 is off.' }),
  tokensPerParameter: {
    ...plain({
      meaning: 'How many tokens a model is trained on for each of its parameters.',
      stage: 2,
    }),
    values: { kind: 'number', minimum: 0.01, maximum: 10_000 },
    decides: ['steps'],
    follows: ['warmup'],
    read: tokensPerParameterOf,
    write: (recipe, value: number, _base, vocabularySize) => withTokensPerParameter(recipe, value, vocabularySize),
  },
  steps: {
    ...plain({ meaning: 'Updates of the weights; the warm-up keeps its share of them.', stage: 2 }),
    values: { kind: 'integer', minimum: recipeFields.steps.minimum, maximum: recipeFields.steps.maximum },
    decides: ['steps'],
    follows: ['warmup'],
    read: ({ steps }) => steps,
    write: (recipe, value: number) => withSteps(recipe, value),
  },
} satisfies Readonly<Record<string, AxisRow>>;

function tokensPerParameterOf(recipe: Recipe, vocabularySize: number): number {
  return trainingTokens(recipe) / parametersOf(recipe, vocabularySize);
}
