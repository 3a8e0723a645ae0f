/**
 * Arms of equal cost: one size is free, and is made as large as the budget allows, so that no arm is ever over it. What
 * remains under the budget is reported as a share; a size that comes in large steps leaves much.
 *
 * The quantities rise with every free size, so the best one is found by halving, from the smallest up.
 */
import { fields } from '../../model/config-schema';
import { type Recipe, recipeProblems } from '../../train/recipe';
import { type AxisSetting, axisOf, writeAxes } from './axes';
import { withModel } from './axis';
import type { FreeField, Hold } from './experiment';
import { quantities } from './quantities';
import { ffnMultiple, withWidth } from './sizes';
import { amountText, settingsText } from './words';

/** A mismatch that is not worth a word. */
export const smallMismatch = 0.02;

export interface Solved {
  readonly kind: 'solved';
  readonly recipe: Recipe;
  /** Of the free field. */
  readonly value: number;
  readonly quantity: number;
  readonly target: number;
  /** (target − quantity) / target: at least 0. */
  readonly mismatch: number;
  /** How far the next larger size is over the target, as a share; null where there is none. */
  readonly excess: number | null;
}

export interface Unsolved {
  readonly kind: 'unsolved';
  readonly problems: readonly string[];
}

/** The quantity that every arm is held to. */
export function targetOf(hold: Hold, base: Recipe, vocabularySize: number): number {
  return hold.target ?? quantities[hold.quantity](base, vocabularySize);
}

/** The axis whose value is the free field. */
export const freeAxes = {
  'model.hidden_size': 'width',
  'model.num_hidden_layers': 'depth',
  'model.intermediate_size': 'expansion',
} as const satisfies Record<FreeField, string>;

/**
 * The base with the settings, and with the free size that brings the held quantity nearest to its target from below. The
 * settings hold none that decides the free field, and none of the run's length.
 */
export function solveBudget(
  base: Recipe,
  settings: readonly AxisSetting[],
  hold: Hold,
  vocabularySize: number,
): Solved | Unsolved {
  const grid = gridOf(hold.free, base, settings, vocabularySize);
  const target = targetOf(hold, base, vocabularySize);
  const measured = new Map<number, { recipe: Recipe; quantity: number }>();
  const at = (index: number) => {
    const known = measured.get(index);
    if (known) return known;
    const { recipe } = grid.write(index * grid.step);
    const made = { recipe, quantity: quantities[hold.quantity](recipe, vocabularySize) };
    measured.set(index, made);
    return made;
  };
  const smallest = grid.write(grid.step);
  const problems = [...smallest.problems, ...recipeProblems(smallest.recipe).map(({ sentence }) => sentence)];
  if (problems.length > 0) return { kind: 'unsolved', problems };
  if (at(1).quantity > target) {
    return { kind: 'unsolved', problems: [overSentence(hold, settings, grid.step, at(1).quantity, target)] };
  }
  const index = largestWithin(Math.floor(grid.maximum / grid.step), (size) => at(size).quantity <= target);
  const { recipe, quantity } = at(index);
  const next = (index + 1) * grid.step <= grid.maximum ? at(index + 1).quantity : null;
  return {
    kind: 'solved',
    recipe,
    value: index * grid.step,
    quantity,
    target,
    mismatch: (target - quantity) / target,
    excess: next === null ? null : (next - target) / target,
  };
}

/** Sizes that the free field may have: the multiples of `step` up to `maximum`. */
interface Grid {
  readonly step: number;
  readonly maximum: number;
  write(value: number): { readonly recipe: Recipe; readonly problems: readonly string[] };
}

function gridOf(free: FreeField, base: Recipe, settings: readonly AxisSetting[], vocabularySize: number): Grid {
  const arranged = (recipe: Recipe) => writeAxes(recipe, settings, base, vocabularySize);
  switch (free) {
    case 'model.hidden_size':
      // First, for the settings may be shares of the width.
      return {
        step: widthStep(base, settings),
        maximum: fields.hidden_size.maximum,
        write: (width) => arranged(withWidth(base, width)),
      };
    case 'model.num_hidden_layers':
    case 'model.intermediate_size': {
      const key = free === 'model.num_hidden_layers' ? 'num_hidden_layers' : 'intermediate_size';
      const { recipe, problems } = arranged(base);
      return {
        step: key === 'intermediate_size' ? ffnMultiple : 1,
        maximum: fields[key].maximum,
        write: (value) => ({ recipe: withModel(recipe, { [key]: value }), problems }),
      };
    }
    default:
      return free satisfies never;
  }
}

/** Whole heads of an even size; where the size of a head is set, whole heads that the KV heads divide. */
function widthStep({ model }: Recipe, settings: readonly AxisSetting[]): number {
  const set = (key: AxisSetting['key']): number | null => {
    const value = settings.find((setting) => setting.key === key)?.value;
    return typeof value === 'number' && value >= 1 && value <= numberLimit(key) ? Math.ceil(value) : null;
  };
  const headSize = set('headSize');
  if (headSize !== null) return headSize * (set('kvHeads') ?? model.num_key_value_heads ?? 1);
  return 2 * (set('heads') ?? model.num_attention_heads);
}

function numberLimit(key: AxisSetting['key']): number {
  const { values } = axisOf(key);
  return 'maximum' in values ? values.maximum : 0;
}

/** The largest of 1 … `most` that is `within`, given that 1 is, and that none is above one that is not. */
function largestWithin(most: number, within: (index: number) => boolean): number {
  let low = 1;
  let high = Math.min(2, most + 1);
  while (high <= most && within(high)) [low, high] = [high, Math.min(2 * high, most + 1)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (within(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function overSentence(
  { quantity, free, target: given }: Hold,
  settings: readonly AxisSetting[],
  size: number,
  smallest: number,
  target: number,
): string {
  const where = settings.length > 0 ? `With ${settingsText(settings)}, even` : 'Even';
  const need = amountText(quantity, smallest, Math.ceil);
  const budget = `${amountText(quantity, target, Math.floor)}${given === null ? ' that the base has' : ''}`;
  return `${where} a ${free.replace('model.', '')} of ${size} needs ${need}, over the ${budget}: raise the budget to that, or choose smaller values.`;
}
