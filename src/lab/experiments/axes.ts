/**
 * What can be swept or paired: fields of a recipe, and quantities that a person thinks in but a recipe does not hold (head
 * size, expansion, ratio of the shortcut, tokens a parameter). Each axis reads and writes a recipe; the table drives the
 * panel's choices, the experiment files and the sentence that says what changed.
 */
import type { Recipe } from '../../train/recipe';
import { type AxisRow, type AxisValue, valueProblem } from './axis';
import { blockAxes } from './block-axes';
import { sizeAxes } from './size-axes';
import { trainingAxes } from './training-axes';

export type { AxisRow, AxisValue, AxisValues } from './axis';

export const axes = { ...sizeAxes, ...blockAxes, ...trainingAxes } satisfies Readonly<Record<string, AxisRow>>;

export type AxisKey = keyof typeof axes;

export const axisKeys = Object.keys(axes) as readonly AxisKey[];

/** The row of a key without its literal types, for code that treats all rows alike. */
export function axisOf(key: AxisKey): AxisRow {
  return axes[key];
}

export function isAxisKey(key: unknown): key is AxisKey {
  return typeof key === 'string' && Object.hasOwn(axes, key);
}

/** A setting of one axis. */
export interface AxisSetting {
  readonly key: AxisKey;
  readonly value: AxisValue;
}

/** What a recipe has on an axis; `vocabularySize` is what its tokenizer was found to have. */
export function readAxis(key: AxisKey, recipe: Recipe, vocabularySize: number): AxisValue {
  return axisOf(key).read(recipe, vocabularySize);
}

/**
 * The recipe with the settings, those first that others follow from, whatever their order. `problems` are sentences for
 * settings that cannot be had; they are left out of the recipe. The recipe may still disagree with itself: `recipeProblems`
 * says so.
 */
export function writeAxes(
  recipe: Recipe,
  settings: readonly AxisSetting[],
  base: Recipe,
  vocabularySize: number,
): { readonly recipe: Recipe; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const ordered = settings.toSorted((a, b) => axisOf(a.key).stage - axisOf(b.key).stage);
  const written = ordered.reduce((current, { key, value }) => {
    const row = axisOf(key);
    const problem = valueProblem(row.values, value, key) ?? row.problem?.(current, value) ?? null;
    if (problem === null) return row.write(current, value, base, vocabularySize);
    problems.push(problem);
    return current;
  }, recipe);
  return { recipe: written, problems };
}
