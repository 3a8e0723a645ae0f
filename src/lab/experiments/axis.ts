/**
 * What one axis of an experiment is: the values it takes, how they are read from a recipe and written into one. `axes.ts` is
 * the table of all axes; its rows are made here and in the files that it names.
 */
import { headSize, kvHeads, type ModelConfig } from '../../model/config';
import { fieldOf } from '../../model/config-schema';
import { shortJson } from '../../model/short-json';
import { configOf, type ModelChoice, type ModelKey, type Recipe } from '../../train/recipe';
import { type RecipeKey, recipeField } from '../../train/recipe-schema';

export type AxisValue = string | number | boolean;

export type AxisValues =
  /** Draws at random are rounded to a multiple of `multiple`, so that other sizes divide. */
  | { readonly kind: 'integer'; readonly minimum: number; readonly maximum: number; readonly multiple?: number }
  | { readonly kind: 'number'; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'choice'; readonly choices: readonly (string | number)[] }
  | { readonly kind: 'boolean' };

export interface AxisRow {
  readonly values: AxisValues;
  /** Fields that the value sets, named as in `recipe-differences.ts`; two axes that decide one field exclude each other. */
  readonly decides: readonly string[];
  /** Fields that are changed with them so that the recipe stays what it was in all else. */
  readonly follows: readonly string[];
  /** 0: others follow from it, so it is written first. 2: the length of a run, written when the model is known. Else 1. */
  readonly stage: 0 | 1 | 2;
  /** Whether the model may get more or fewer parameters by it. */
  readonly changesParameters: boolean;
  /** An English sentence for people; translations are found by the axis's key. */
  readonly meaning: string;
  /** Where a paper measures it. */
  readonly source: string | null;
  /** May be a value that the axis does not offer, when the recipe has one. */
  read(recipe: Recipe, vocabularySize: number): AxisValue;
  /** The recipe with a value that `valueProblem` allows; `base` is the recipe that the experiment starts from. */
  write(recipe: Recipe, value: AxisValue, base: Recipe, vocabularySize: number): Recipe;
  /** Why the value cannot be had in this recipe, where validation of the recipe would say it in other words. */
  problem?(recipe: Recipe, value: AxisValue): string | null;
}

type Words = Pick<AxisRow, 'meaning'> & Partial<Pick<AxisRow, 'source' | 'stage' | 'changesParameters'>>;

/** Null when the axis takes the value, else a sentence that starts with `name`. */
export function valueProblem(values: AxisValues, value: unknown, name: string): string | null {
  return accepts(values, value) ? null : `${name} is ${shortJson(value)}: choose ${valuesText(values)}.`;
}

/** What an axis takes, to follow "choose". */
export function valuesText(values: AxisValues): string {
  switch (values.kind) {
    case 'integer':
      return `a whole number from ${values.minimum} to ${values.maximum}`;
    case 'number':
      return `a number from ${values.minimum} to ${values.maximum}`;
    case 'choice':
      return `${values.choices.slice(0, -1).join(', ')} or ${values.choices.at(-1)}`;
    case 'boolean':
      return 'true or false';
    default:
      return values satisfies never;
  }
}

/** A field of the recipe as an axis, with the limits of the recipe's schema. */
export function recipeAxis(key: RecipeKey, words: Words): AxisRow {
  const field = recipeField(key);
  const values: AxisValues =
    field.kind === 'choice'
      ? { kind: 'choice', choices: field.choices }
      : { kind: field.kind, minimum: field.minimum, maximum: field.maximum };
  return {
    ...plain(words),
    values,
    decides: [key],
    read: (recipe) => recipe[key],
    write: (recipe, value) => ({ ...recipe, [key]: value }),
  };
}

/** A field of the model as an axis; a number of the schema is above 0, so its axis states from where it makes sense. */
export function modelAxis(key: ModelKey, words: Words & { readonly from?: number; readonly to?: number }): AxisRow {
  return {
    ...plain(words),
    values: modelValues(key, words.from, words.to),
    decides: [`model.${key}`],
    read: (recipe) => recipe.model[key] as AxisValue,
    write: (recipe, value) => withModel(recipe, { [key]: value }),
  };
}

export function plain({ meaning, source = null, stage = 1, changesParameters = false }: Words) {
  return { meaning, source, stage, changesParameters, follows: [] } as const;
}

export function withModel(recipe: Recipe, changes: Partial<ModelChoice>): Recipe {
  return { ...recipe, model: { ...recipe.model, ...changes } };
}

/** The recipe's model as a whole config. */
export function modelOf(recipe: Recipe, vocabularySize: number): ModelConfig {
  return configOf(recipe, { size: vocabularySize, begin: null, end: null });
}

/** V: what a trained or pruned vocabulary is asked to have, else what the caller found the tokenizer to have. */
export function vocabularyOf({ vocabulary }: Recipe, found: number): number {
  return vocabulary.kind === 'bpe' || vocabulary.kind === 'pruned' ? vocabulary.size : found;
}

export function headSizeOf(recipe: Recipe): number {
  return headSize(modelOf(recipe, 1));
}

export function kvHeadsOf(recipe: Recipe): number {
  return kvHeads(modelOf(recipe, 1));
}

function accepts(values: AxisValues, value: unknown): boolean {
  switch (values.kind) {
    case 'integer':
    case 'number':
      return (
        typeof value === 'number' &&
        value >= values.minimum &&
        value <= values.maximum &&
        (values.kind === 'number' || Number.isInteger(value))
      );
    case 'choice':
      return values.choices.some((choice) => choice === value);
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return values satisfies never;
  }
}

function modelValues(key: ModelKey, from: number | undefined, to: number | undefined): AxisValues {
  const field = fieldOf(key);
  switch (field.kind) {
    case 'integer':
    case 'optional-integer':
      return { kind: 'integer', minimum: from ?? field.minimum, maximum: to ?? field.maximum };
    case 'number':
      return { kind: 'number', minimum: from ?? 0, maximum: to ?? field.maximum };
    case 'choice':
      return { kind: 'choice', choices: field.choices };
    case 'boolean':
      return { kind: 'boolean' };
    default:
      return field satisfies never;
  }
}
