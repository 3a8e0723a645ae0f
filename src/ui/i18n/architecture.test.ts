import { describe, expect, test } from 'vitest';
import { keysOf } from '../../lab/experiments/design-problems';
import { presets } from '../../lab/experiments/presets';
import type { Preset } from '../../lab/experiments/presets/preset';
import { architecture } from './architecture';

const { presets: words, quoted } = architecture;
const all: readonly Preset[] = presets;

test('no words are left of a preset that is gone', () => {
  expect(Object.keys(words).sort()).toEqual(all.map(({ id }) => id).sort());
});

describe.each(presets)('the words of preset $id', ({ id, experiment, paper }) => {
  const { title, why, caption, axes, setting, caveat } = words[id];

  test('are a question, a sentence and the names of its axes', () => {
    expect(title).toMatch(/\?$/);
    expect(why).not.toBe('');
    expect(caption).not.toBe('');
    expect(Object.keys(axes).sort()).toEqual([...keysOf(experiment.arms)].sort());
  });

  test('say what the paper compares, and where the comparison ends', () => {
    if (!paper) return;
    expect(setting(paper.setting)).toMatch(/\.$/);
    expect(caveat).toMatch(/\.$/);
    expect(quoted.source(paper.source)).toContain(paper.source.arxiv);
  });

  test('name every cell that is no number', () => {
    const texts = (paper?.table?.rows ?? []).flatMap((row) => row.cells).filter((cell) => typeof cell === 'string');
    expect(texts.filter((cell) => !Object.hasOwn(quoted.cells, cell))).toEqual([]);
  });
});
