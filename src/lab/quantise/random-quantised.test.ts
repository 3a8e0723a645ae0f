import { describe, expect, it } from 'vitest';
import { dequantise } from '../../graph/quantised';
import { bytesPerWeightOf, weightNamed } from '../../graph/weights';
import { completeConfig } from '../../model/config';
import { tokenGraph } from '../../model/graphs';
import { schemes } from '../../quant/schemes';
import { selectedMatrices, selections } from '../../quant/which-matrices';
import { quantisedBytesPerWeight, randomQuantisedWeights } from './random-quantised';

const config = completeConfig(
  {
    vocab_size: 50,
    hidden_size: 46,
    head_dim: 46,
    num_hidden_layers: 2,
    num_attention_heads: 1,
    intermediate_size: 91,
    max_position_embeddings: 8,
  },
  'small',
);
const selection = { kinds: selections.glm };
const down = 'model.layers.1.mlp.down_proj.weight';

function matrixOf(id: keyof typeof schemes, seed: number, name = down) {
  const weight = weightNamed(randomQuantisedWeights(config, seed, schemes[id], selection, false), name);
  if (!('quantised' in weight)) throw new Error(`${name} is not quantised.`);
  return weight.quantised;
}

describe('random quantised weights', () => {
  it.each(['int4-row', 'int8-row', 'int4-32-zero'] as const)(
    'of %s have the mean 0 and about the deviation of the config, and rows that are filled up with zeros',
    (id) => {
      const matrix = matrixOf(id, 1);
      const values = dequantise(matrix);
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
      // The integers' mean lies half a level under the zero point; six standard errors beside it.
      expect(Math.abs(mean)).toBeLessThan((matrix.scales[0] ?? 0) / 2 + (6 * deviation) / Math.sqrt(values.length));
      expect(deviation / config.initializer_range).toBeGreaterThan(2 / 3);
      expect(deviation / config.initializer_range).toBeLessThan(3 / 2);
      const columns = (matrix.packed.length * 8) / (matrix.N * matrix.bits);
      const block = matrix.block === matrix.K ? columns : matrix.block;
      const wide = dequantise({ ...matrix, K: columns, block });
      expect(columns).toBeGreaterThan(91);
      for (let n = 0; n < matrix.N; n++) {
        expect(wide.subarray(n * columns + 91, (n + 1) * columns).every((value) => value === 0)).toBe(true);
      }
    },
  );

  it('have the same bits for a seed, and others for another seed or matrix', () => {
    expect(matrixOf('int4-row', 1).packed).toEqual(matrixOf('int4-row', 1).packed);
    expect(matrixOf('int4-row', 2).packed).not.toEqual(matrixOf('int4-row', 1).packed);
    const other = 'model.layers.0.mlp.down_proj.weight';
    expect(matrixOf('int4-row', 1, other).packed).not.toEqual(matrixOf('int4-row', 1).packed);
  });

  it('take the bytes that are planned for them', () => {
    const { graph } = tokenGraph(config);
    const names = new Set(selectedMatrices(config, selection).map(({ name }) => name));
    for (const id of ['int4-row', 'int8-64', 'int4-32-zero'] as const) {
      const weights = randomQuantisedWeights(config, 1, schemes[id], selection, true);
      const planned = quantisedBytesPerWeight(names, schemes[id], true);
      const held = bytesPerWeightOf(weights, true);
      for (const tensor of graph.parameters.filter(({ packable }) => packable)) {
        expect(planned(tensor), `${id} ${tensor.name}`).toBeCloseTo(held(tensor), 12);
      }
    }
  });
});
