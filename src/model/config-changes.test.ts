import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeConfig } from './config';
import { anyConfig } from './config-arbitrary';
import { changesText, configChanges, configFromQuery, configToQuery } from './config-changes';

const base = completeConfig(
  {
    vocab_size: 100,
    hidden_size: 192,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    intermediate_size: 256,
    max_position_embeddings: 64,
    series_branches: 2,
  },
  'base',
);

describe('changesText', () => {
  it('names what changed and nothing that follows from it', () => {
    const wider = completeConfig({ ...base, hidden_size: 256, series_branches: 1 }, 'wider');
    expect(changesText(base, wider)).toBe('hidden_size 192 → 256, series_branches 2 → 1');
    expect(changesText(base, base)).toBe('');
  });

  it('names a head size and KV heads by the numbers they come to', () => {
    const grouped = completeConfig({ ...base, num_key_value_heads: 2, head_dim: 32 }, 'grouped');
    expect(changesText(base, grouped)).toBe('num_key_value_heads 4 → 2, head_dim 48 → 32');
  });

  it('is silent when a stated size is the one that followed before', () => {
    const wider = completeConfig({ ...base, hidden_size: 256, head_dim: 48 }, 'wider');
    expect(changesText(base, wider)).toBe('hidden_size 192 → 256');
  });

  it('says what is off and on', () => {
    const other = completeConfig({ ...base, sliding_window: 16, query_layer: true, norm: 'layer' }, 'other');
    expect(changesText(base, other)).toBe('sliding_window null → 16, norm rms → layer, query_layer false → true');
  });
});

describe('configChanges', () => {
  it('is the same backwards with from and to exchanged', () => {
    fc.assert(
      fc.property(anyConfig, anyConfig, (a, b) => {
        expect(configChanges(b, a)).toEqual(
          configChanges(a, b).map(({ key, from, to }) => ({ key, from: to, to: from })),
        );
      }),
    );
  });
});

describe('configToQuery and configFromQuery', () => {
  it('find any config again from any base', () => {
    fc.assert(
      fc.property(anyConfig, anyConfig, (from, to) => {
        const query = new URLSearchParams(configToQuery(from, to).toString());
        expect(configFromQuery(from, query, 'address')).toEqual(to);
      }),
    );
  });

  it('hold only what differs', () => {
    const other = completeConfig({ ...base, hidden_size: 256, sliding_window: 16 }, 'other');
    expect(configToQuery(base, other).toString()).toBe('hidden_size=256&sliding_window=16');
    expect(configToQuery(other, base).toString()).toBe('hidden_size=192&sliding_window=null');
    expect(configToQuery(base, base).toString()).toBe('');
  });

  it('leave the rest of the address to others', () => {
    expect(configFromQuery(base, new URLSearchParams('panel=train&v=1'), 'address')).toEqual(base);
  });

  it.each([
    ['hidden_size=wide', 'hidden_size is "wide": choose a whole number from 1 to 65536.'],
    ['hidden_size=', 'hidden_size is "": choose a whole number from 1 to 65536.'],
    ['query_layer=1', 'query_layer is "1": choose true or false.'],
    ['norm=batch', 'norm is "batch": choose rms or layer.'],
    ['rope_theta=Infinity', 'rope_theta is "Infinity": choose a number above 0 and at most 1000000000000.'],
    ['vocab_size=null', 'vocab_size is null: choose a whole number from 1 to 1048576.'],
  ])('refuse %s', (query, sentence) => {
    expect(() => configFromQuery(base, new URLSearchParams(query), 'The address')).toThrow(`The address: ${sentence}`);
  });
});
