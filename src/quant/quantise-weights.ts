/** The weights of a model with some of its matrices quantised; the others stay as they are. */
import { floatsOf, type StoredWeight, type Weights, weightNamed } from '../graph/weights';
import type { ModelConfig } from '../model/config';
import { quantise } from './quantise';
import type { Scheme } from './schemes';
import { type Selection, selectedMatrices } from './which-matrices';

/** Throws QuantisationError, with the tensor's name, when a weight is not finite. */
export function quantiseWeights(
  config: ModelConfig,
  weights: Weights,
  scheme: Scheme,
  selection: Selection,
): Map<string, StoredWeight> {
  const quantised = new Map(weights);
  for (const { name, shape } of selectedMatrices(config, selection)) {
    const values = floatsOf(weightNamed(weights, name));
    quantised.set(name, { quantised: quantise(values, shape, scheme, name) });
  }
  return quantised;
}
