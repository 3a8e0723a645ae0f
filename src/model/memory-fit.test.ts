import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../graph/graph';
import type { Operation } from '../graph/operation';
import type { Tensor } from '../graph/tensor';
import { type MemoryNeed, memoryNeed, memoryProblem } from './memory-fit';

const MiB = 2 ** 20;
const GiB = 2 ** 30;
const roomy = { maxBufferSize: GiB, maxStorageBufferBindingSize: GiB };

const widen: Operation<{ x: Tensor }, { y: Tensor }, { size: number }> = {
  name: 'widen',
  outputs: (_, { size }) => ({ y: { shape: [size], element: 'f32' } }),
  flops: () => 0,
  twin: () => undefined,
  variants: [],
};

/** A matrix of 24 numbers, a norm of 3, a state of 5 and a chain of activations of the given sizes. */
function graphOf(...sizes: number[]) {
  const builder = new GraphBuilder();
  const x = builder.matrix('model.embed_tokens.weight', [8, 3]);
  builder.vector('model.norm.weight', [3]);
  builder.state('cache', [5]);
  let last = x;
  sizes.forEach((size, index) => {
    last = builder.add(widen, `widen.${index}`, { x: last }, { size }).y;
  });
  builder.result(last);
  return builder.build();
}

function need(
  bytes: number,
  kind: MemoryNeed['largest']['kind'] = 'f32 matrix',
  name = 'model.embed_tokens.weight',
): MemoryNeed {
  return { largest: { name, bytes, kind }, totalBytes: bytes };
}

describe('memoryNeed', () => {
  it('counts weights and states of several programs once, and the activations of each', () => {
    const shared = 24 * 4 + 3 * 4 + 5 * 4;
    expect(memoryNeed([graphOf(2)], 4).totalBytes).toBe(shared + 2 * 4);
    expect(memoryNeed([graphOf(2), graphOf(7)], 4).totalBytes).toBe(shared + 2 * 4 + 7 * 4);
  });

  it('halves matrices stored as f16, and nothing else', () => {
    expect(memoryNeed([graphOf(2)], 2).totalBytes).toBe(24 * 2 + 3 * 4 + 5 * 4 + 2 * 4);
  });

  it('finds the largest buffer, whatever it holds', () => {
    expect(memoryNeed([graphOf(2)], 4).largest).toEqual({
      name: 'model.embed_tokens.weight',
      bytes: 96,
      kind: 'f32 matrix',
    });
    expect(memoryNeed([graphOf(2)], 2).largest.kind).toBe('weight');
    expect(memoryNeed([graphOf(2, 100, 3)], 4).largest).toEqual({ name: 'widen.1', bytes: 400, kind: 'activation' });
  });
});

describe('memoryProblem', () => {
  it('is null up to and including the limits', () => {
    expect(memoryProblem(need(GiB), roomy)).toBeNull();
    expect(memoryProblem(need(GiB), { ...roomy, totalBytes: GiB })).toBeNull();
  });

  it('names the buffer, what it needs, what is allowed and the ways out', () => {
    expect(memoryProblem(need(1.5 * GiB), roomy)).toBe(
      'needs 1.5 GiB in one buffer (model.embed_tokens.weight), this adapter allows 1 GiB: choose f16 weights, a smaller vocabulary or a smaller width.',
    );
  });

  it('goes by the smaller of the two limits', () => {
    const limits = { maxBufferSize: 256 * MiB, maxStorageBufferBindingSize: 128 * MiB };
    expect(memoryProblem(need(200 * MiB, 'state', 'layers.0.keys'), limits)).toBe(
      'needs 200 MiB in one buffer (layers.0.keys), this adapter allows 128 MiB: choose a shorter context or fewer KV heads.',
    );
  });

  it('never proposes f16 for what is f16 already, nor a vocabulary for other weights', () => {
    expect(memoryProblem(need(2 * GiB, 'weight'), roomy)).toContain('choose a smaller vocabulary or a smaller width.');
    expect(memoryProblem(need(2 * GiB, 'weight', 'mlp'), roomy)).toContain('choose a smaller width.');
    expect(memoryProblem(need(2 * GiB, 'weight', 'model.layers.0.mlp.experts.up_proj'), roomy)).toContain(
      'choose fewer experts or a smaller width.',
    );
    expect(memoryProblem(need(2 * GiB, 'activation', 'logits'), roomy)).toContain('choose a shorter prompt,');
  });

  it('rounds so that the two sizes never look the wrong way round', () => {
    expect(memoryProblem(need(GiB + 1), roomy)).toContain('needs 1.01 GiB in one buffer');
    expect(memoryProblem(need(2 * GiB), { ...roomy, maxBufferSize: GiB - 1 })).toContain(
      'this adapter allows 1023 MiB',
    );
  });

  it('looks at the total where it is known', () => {
    expect(memoryProblem(need(GiB), { ...roomy, totalBytes: 700 * MiB })).toBe(
      'needs 1 GiB in all, 700 MiB are available: choose f16 weights, a smaller vocabulary, a smaller width or fewer layers.',
    );
  });
});
