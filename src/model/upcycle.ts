/**
 * A dense model made into one with experts, as CPM-2 begins its last stage of training (2106.10715, 2.3, and init_ckpt.py of
 * its code): every expert of a layer is a copy of the layer's FFN, unchanged, and the gate is random rows at right angles.
 *
 * Wherever a token is sent it meets the FFN that it met before, so at first the logits are those of the dense model. The copies
 * become different only by being trained on the tokens that they get.
 */
import { fnv1a } from '../graph/hash';
import { floatsOf, type StoredWeight, type Weights, weightNamed } from '../graph/weights';
import { ConfigError, completeConfig, hasExperts, type ModelConfig } from './config';
import { isGate, tensorTable } from './names';
import { orthogonalGate } from './orthogonal-gate';

export interface Upcycled {
  readonly config: ModelConfig;
  readonly weights: Map<string, StoredWeight>;
}

/**
 * The model with `experts` copies of each FFN and CPM-2's gate; the copies share memory with the weights that are given, but
 * for quantised matrices, which become f32: experts are no integers. Throws ConfigError when the model cannot have them.
 */
export function upcycle(
  dense: ModelConfig,
  weights: Weights,
  { experts, seed }: { readonly experts: number; readonly seed: number },
): Upcycled {
  const source = 'The model with experts';
  if (hasExperts(dense)) {
    const sentence = `num_experts is ${dense.num_experts} in the model that is given: give a model without experts.`;
    throw new ConfigError(source, [{ key: 'num_experts', sentence }]);
  }
  if (experts < 2) {
    const sentence = `num_experts is ${experts}: choose a number from 2 to 64.`;
    throw new ConfigError(source, [{ key: 'num_experts', sentence }]);
  }
  const config = completeConfig({ ...dense, num_experts: experts, expert_gate: 'cpm-2' }, source);
  const rows = tensorTable(config).map(({ name }): [string, StoredWeight] => {
    if (isGate(name)) return [name, { values: orthogonalGate(config, [seed, fnv1a(name) >>> 0]) }];
    const copied = name.replace(/\.experts\.\d+\./, '.');
    const weight = weightNamed(weights, copied);
    return [name, copied !== name && 'quantised' in weight ? { values: floatsOf(weight) } : weight];
  });
  return { config, weights: new Map(rows) };
}
