/** Counted apart from what takes a graph to count: the page's form needs no kernels. */
import type { ModelConfig } from '../../model/config';
import { parameterCount } from '../../model/names';
import type { Recipe } from '../../train/recipe';
import { modelOf, vocabularyOf } from './axis';

/** The recipe's model with its own tokenizer, found to have `vocabularySize` tokens. */
export function configOf(recipe: Recipe, vocabularySize: number): ModelConfig {
  return modelOf(recipe, vocabularyOf(recipe, vocabularySize));
}

export function parametersOf(recipe: Recipe, vocabularySize: number): number {
  return parameterCount(configOf(recipe, vocabularySize));
}
