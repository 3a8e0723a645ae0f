/**
 * Sizes that follow from the width of a model: C width, H query heads, G KV heads, D head size, F FFN width, R bottleneck of
 * the augmented shortcut.
 */
import { fields } from '../../model/config-schema';
import type { Recipe } from '../../train/recipe';
import { withModel } from './axis';

/** F is rounded to this, as the shipped models and the papers' sizes are. */
export const ffnMultiple = 8;

export function ffnWidth(wanted: number): number {
  return Math.max(ffnMultiple, ffnMultiple * Math.round(wanted / ffnMultiple));
}

/** R for a share of the width; 0 is off, and a shortcut that is on has at least `least` units. */
export function shortcutSize(share: number, width: number, least = 1): number {
  return share === 0 ? 0 : Math.max(least, Math.round(share * width));
}

/** Another width with the same expansion and the same share of the shortcut; the heads stay, so their size follows. */
export function withWidth(recipe: Recipe, width: number): Recipe {
  const { hidden_size: C, intermediate_size: F, shortcut_size: R } = recipe.model;
  return withModel(recipe, {
    hidden_size: width,
    intermediate_size: ffnWidth((F * width) / C),
    shortcut_size: shortcutSize(R / C, width),
  });
}

/**
 * H for another width, so that the head size stays where the width allows it: the number nearest to H · width / C whose
 * heads have an even size and which the stated KV heads divide; of two as near, the smaller.
 */
export function headsFor({ model }: Recipe, width: number): number {
  const wanted = (model.num_attention_heads * width) / model.hidden_size;
  const G = model.num_key_value_heads ?? 1;
  const distance = (H: number) => Math.abs(H - wanted);
  const found = allHeads.filter((H) => H % G === 0 && (model.head_dim !== null || width % (2 * H) === 0));
  const [first = Math.max(1, Math.round(wanted)), ...others] = found;
  return others.reduce((best, H) => (distance(H) < distance(best) ? H : best), first);
}

const allHeads = Array.from({ length: fields.num_attention_heads.maximum }, (_, index) => index + 1);
