/** The fixtures of `python/inside.py`, read for the tests: what flows through two small models, and NumPy's measures of it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Fixture, readFixture } from '../../model/fixture-folder';
import type { InsideOptions, LayerInside } from './inside';
import type { LayerStates } from './layer-states';

export const insideFixtureNames = ['pangu-pi', 'query-layer-series'] as const;

export interface InsideFixture {
  readonly model: Fixture;
  /** As PyTorch computed them in float64, kept as f32. */
  readonly states: LayerStates;
  readonly options: InsideOptions;
  /** As NumPy computed them from the states; `variances` are those of the principal components. */
  readonly layers: readonly (LayerInside & { readonly variances: readonly number[] })[];
}

export function readInsideFixture(name: (typeof insideFixtureNames)[number]): InsideFixture {
  const model = readFixture(name);
  const file = path.join(import.meta.dirname, 'fixtures', `${name}.json`);
  const { ids, first, share, tokens, occurrences, hidden, attention, seen, layers } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  return {
    model,
    states: {
      ids,
      width: model.config.hidden_size,
      residuals: hidden.map((values: number[]) => Float32Array.from(values)),
      attention: attention.map((values: number[]) => ({
        weights: Float32Array.from(values),
        heads: model.config.num_attention_heads,
        seen,
      })),
    },
    options: { first, share, tokens, occurrences },
    layers,
  };
}
