/** How long a run is: its steps, and what goes with them, so that a longer run is the same run stretched. */
import type { Recipe } from '../../train/recipe';
import { recipeFields } from '../../train/recipe-schema';
import { parametersOf } from './parameters';

/** Evaluations that a run aims at; fewer than 12 draw no curve, more than 20 only cost time. */
const wantedEvaluations = 16;

/** Tokens of one update. */
export function tokensPerStep({ batch, context, accumulation }: Recipe): number {
  return batch * context * accumulation;
}

export function trainingTokens(recipe: Recipe): number {
  return recipe.steps * tokensPerStep(recipe);
}

/** Another number of steps, with the same share of them as warm-up. */
export function withSteps(recipe: Recipe, steps: number): Recipe {
  if (steps === recipe.steps) return recipe;
  const warmup = Math.round((recipe.warmup * steps) / recipe.steps);
  return { ...recipe, steps, warmup: Math.min(warmup, steps, recipeFields.warmup.maximum) };
}

/** As many steps as give the model `ratio` tokens for each of its parameters, rounded up. */
export function withTokensPerParameter(recipe: Recipe, ratio: number, vocabularySize: number): Recipe {
  const tokens = ratio * parametersOf(recipe, vocabularySize);
  return withSteps(recipe, Math.max(1, Math.ceil(tokens / tokensPerStep(recipe))));
}

/**
 * What an experiment looks at while a run goes: the held-out text 12 to 20 times, where the run has so many steps; no
 * samples; probes after the last step if the recipe asks for any.
 */
export function withWatching(recipe: Recipe): Recipe {
  const { steps, probeEvery } = recipe;
  return {
    ...recipe,
    evaluateEvery: evaluateEvery(steps),
    sampleEvery: 0,
    probeEvery: probeEvery === 0 ? 0 : Math.min(steps, recipeFields.probeEvery.maximum),
  };
}

/** Evaluations of a run after its fresh model: every so many steps, and after the last. */
export function evaluationsOf({ steps, evaluateEvery: every }: Pick<Recipe, 'steps' | 'evaluateEvery'>): number {
  return Math.ceil(steps / every);
}

function evaluateEvery(steps: number): number {
  const rare = Math.max(1, Math.ceil(steps / wantedEvaluations));
  const often = Math.max(1, Math.floor(steps / wantedEvaluations));
  const distance = (every: number) => Math.abs(evaluationsOf({ steps, evaluateEvery: every }) - wantedEvaluations);
  return Math.min(distance(often) < distance(rare) ? often : rare, recipeFields.evaluateEvery.maximum);
}
