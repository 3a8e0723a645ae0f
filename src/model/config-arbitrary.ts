/** Small random configs for property tests. */
import fc from 'fast-check';
import { completeConfig, type ModelConfig } from './config';
import { type ConfigKey, configKeys, fieldOf } from './config-schema';

/** A config whose every key takes random values, small enough that its weights fit in a test. */
export const anyConfig: fc.Arbitrary<ModelConfig> = fc
  .record({
    groups: fc.integer({ min: 1, max: 3 }),
    kvHeads: fc.integer({ min: 1, max: 3 }),
    halfHead: fc.integer({ min: 1, max: 3 }),
    statesHead: fc.boolean(),
    vocabulary: fc.integer({ min: 1, max: 9 }),
    rest: fc.record(
      Object.fromEntries(configKeys.map((key) => [key, anyValue(key)])) as Record<ConfigKey, fc.Arbitrary<unknown>>,
    ),
  })
  .map(({ groups, kvHeads, halfHead, statesHead, vocabulary, rest }) => {
    const heads = groups * kvHeads;
    const values = {
      ...rest,
      vocab_size: vocabulary,
      num_attention_heads: heads,
      num_key_value_heads: kvHeads,
      hidden_size: statesHead ? 5 : heads * halfHead * 2,
      head_dim: statesHead ? halfHead * 2 : null,
      bos_token_id: null,
      eos_token_id: vocabulary - 1,
      // One expert alone, and experts with biases, are refused.
      num_experts: rest.num_experts === 1 ? 0 : rest.num_experts,
      mlp_bias: rest.mlp_bias && rest.num_experts === 0,
    };
    return completeConfig(values as ModelConfig, 'random');
  });

function anyValue(key: ConfigKey): fc.Arbitrary<unknown> {
  const field = fieldOf(key);
  switch (field.kind) {
    case 'integer':
      return fc.integer({ min: field.minimum, max: Math.min(field.maximum, field.minimum + 3) });
    case 'optional-integer':
      return fc.option(fc.integer({ min: field.minimum, max: field.minimum + 3 }));
    case 'number':
      return fc.double({ min: Number.MIN_VALUE, max: field.maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...field.choices);
    default:
      return field satisfies never;
  }
}
