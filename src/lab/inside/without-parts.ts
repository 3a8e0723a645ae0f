/**
 * PanGu-π's two additions switched off in finished weights, to look at a model with and without them.
 *
 * This is an ablation at inference: the model was trained with the part and is only damaged by its loss. What a model learns
 * that never had the part is another question, and only training answers it.
 */
import { floatsOf, type StoredWeight, type Weights } from '../../graph/weights';
import type { ModelConfig } from '../../model/config';

/** `series`: the first branch of every activation alone. `shortcut`: no augmented shortcut beside attention. */
export const parts = ['series', 'shortcut', 'both'] as const;
export type Part = (typeof parts)[number];

/** The same weights, but for the tensors of the part. Throws RangeError when the model does not have it. */
export function withoutPart(config: ModelConfig, weights: Weights, part: Part): Weights {
  const series = part !== 'shortcut';
  const shortcut = part !== 'series';
  if (series && config.series_branches < 2) throw new RangeError('The model has no series activation to leave out.');
  if (shortcut && config.shortcut_size === 0) throw new RangeError('The model has no augmented shortcut to leave out.');
  return new Map(
    [...weights].map(([name, weight]): [string, StoredWeight] => {
      // act(0 · h + 0) is 0 for every activation there is, so a branch with neither scale nor bias adds nothing.
      if (series && /\.mlp\.series\.(scale|bias)$/.test(name)) return [name, firstBranch(config, weight)];
      if (shortcut && name.endsWith('.shortcut.up_proj.weight')) return [name, zeros(weight)];
      return [name, weight];
    }),
  );
}

/** `[n, F]` with all rows but the first zero. */
function firstBranch({ intermediate_size: F }: ModelConfig, weight: StoredWeight): StoredWeight {
  const values = floatsOf(weight).slice();
  values.fill(0, F);
  return { values };
}

function zeros(weight: StoredWeight): StoredWeight {
  if ('half' in weight) return { half: new Uint16Array(weight.half.length) };
  if ('values' in weight) return { values: new Float32Array(weight.values.length) };
  const { scales } = weight.quantised;
  return { quantised: { ...weight.quantised, scales: new Float32Array(scales.length) } };
}
