/**
 * What an experiment holds the same in all arms, counted for a recipe: parameters, FLOPs of a token, bytes of the weights.
 * FLOPs come from the graphs that run, not from a formula.
 */
import { workOf } from '../../graph/cost';
import type { Graph } from '../../graph/graph';
import type { ModelConfig } from '../../model/config';
import { scoreGraph } from '../../model/graphs';
import { planTraining } from '../../train/plan';
import type { Recipe } from '../../train/recipe';
import type { Arm, HeldQuantity } from './experiment';
import { evaluationsOf } from './length';
import { configOf, parametersOf } from './parameters';

/** Each for a recipe whose tokenizer was found to have `vocabularySize` tokens. */
export const quantities = {
  parameters: parametersOf,
  flops: flopsPerToken,
  /** As they train: all in f32. */
  bytes: (recipe, vocabularySize) => 4 * parametersOf(recipe, vocabularySize),
} as const satisfies Record<HeldQuantity, (recipe: Recipe, vocabularySize: number) => number>;

/** FLOPs of one token forward, as the mean over a context of the recipe's length: later tokens see more. */
export function flopsPerToken(recipe: Recipe, vocabularySize: number): number {
  const { context } = recipe;
  const flops = byDepth(configOf(recipe, vocabularySize), (config) => flopsOf(scoreGraph(config, context).graph));
  return flops / context;
}

/**
 * FLOPs of one update: its batches forward and backward, and the optimiser, which for Muon is the larger part in a small
 * model.
 */
export function flopsPerStep(recipe: Recipe, vocabularySize: number): number {
  const config = configOf(recipe, vocabularySize);
  const { batch, context, accumulation, dropout, optimizer } = recipe;
  const key = JSON.stringify([config, batch, context, accumulation, dropout, optimizer]);
  const known = countedSteps.get(key);
  if (known !== undefined) return known;
  const flops = byDepth(config, (shallow) => planTraining(shallow, recipe).cost.flops);
  if (countedSteps.size >= countedAtMost) countedSteps.clear();
  countedSteps.set(key, flops);
  return flops;
}

/** FLOPs of a run of an arm: its updates, and its looks at the held-out text. */
export function workOfRun(
  recipe: Recipe,
  { flopsPerToken }: Pick<Arm, 'flopsPerToken'>,
  vocabularySize: number,
): number {
  const looking = evaluationsOf(recipe) * recipe.heldOutTokens * flopsPerToken;
  return recipe.steps * flopsPerStep(recipe, vocabularySize) + looking;
}

/** Planning a step takes milliseconds, and a form that is typed into asks for the same ones again and again. */
const countedSteps = new Map<string, number>();
const countedAtMost = 1000;

/** All layers but the query layer are alike, so a deep model's graph need not be built to be counted. */
function byDepth(config: ModelConfig, count: (config: ModelConfig) => number): number {
  const at = (num_hidden_layers: number) => count({ ...config, num_hidden_layers });
  const L = config.num_hidden_layers;
  if (L <= 3) return at(L);
  const [two, three] = [at(2), at(3)];
  return two + (L - 2) * (three - two);
}

function flopsOf({ nodes }: Graph): number {
  return nodes.reduce((sum, node) => sum + workOf(node).flops, 0);
}
