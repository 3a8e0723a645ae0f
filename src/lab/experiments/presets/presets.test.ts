import { describe, expect, test } from 'vitest';
import { type DataFiles, prepareData } from '../../../data/corpus';
import { headSize } from '../../../model/config';
import { parameterCount } from '../../../model/names';
import { rankCorrelation } from '../../statistics';
import { type ArmsFound, armsOf } from '../arms';
import { estimateOf } from '../estimate';
import { configOf } from '../parameters';
import { parseExperiment } from '../parse';
import { presets } from '.';
import { baseVocabulary, presetBase } from './base';
import { type Claim, orderOf, type PaperColumn, type PaperTable, type Preset } from './preset';

const missing = () => Promise.reject(new Error('The presets read no file.'));
const noFiles: DataFiles = { manifest: missing, corpus: missing, given: missing, tokenizer: missing };

const all: readonly Preset[] = presets;

const found = new Map<string, ArmsFound>(all.map(({ id, experiment }) => [id, armsOf(experiment, baseVocabulary)]));

/** Largest shares that arms stay under their budget, where the free size has no finer step. */
const mismatches: Readonly<Record<string, number>> = {
  'depth-width': 0.03,
  expansion: 0.043,
  random: 0.15,
  series: 0.04,
  'pair-series': 0.04,
  shortcut: 0.032,
  parts: 0.043,
};
const usualMismatch = 0.02;

test('the vocabulary of the base is the one that its sizes are solved for', async () => {
  const { corpus, split, seed, vocabulary, heldOutTokens } = presetBase();
  const { tokenizer } = await prepareData({ corpus, split, seed, vocabulary, heldOutTokens }, noFiles);
  expect(tokenizer.vocabularySize).toBe(baseVocabulary);
});

test('ids are unique, and every experiment names its preset', () => {
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  for (const { id, experiment } of all) expect(experiment.preset).toBe(id);
});

test('the base has about 25,000 parameters, heads of 8 and a whole number of them', () => {
  const config = configOf(presetBase(), baseVocabulary);
  expect(parameterCount(config)).toBe(27_120);
  expect(headSize(config)).toBe(8);
  expect(config.num_attention_heads * 8).toBe(config.hidden_size);
});

test('all together are affordable', () => {
  const estimates = all.map((preset) => ({
    preset: preset.id,
    ...estimateOf(preset.experiment, found.get(preset.id)?.arms ?? [], baseVocabulary, {
      flopsPerSecond: 2e10,
      secondsPerRun: 1,
    }),
  }));
  const sum = (value: (estimate: (typeof estimates)[number]) => number) =>
    estimates.reduce((total, estimate) => total + value(estimate), 0);
  const runs = sum((estimate) => estimate.runs);
  const searches = sum((estimate) => estimate.searches);
  const seconds = sum((estimate) => estimate.seconds ?? 0);
  console.log(
    `${runs} runs and ${searches} searches, ${(sum(({ flops }) => flops) / 1e12).toFixed(0)} TFLOP; at 20 GFLOP/s ${Math.round(seconds)} s`,
  );
  expect(seconds).toBeLessThan(3 * 3600);
});

describe.each(all)('preset $id', ({ id, experiment, paper, predictions }) => {
  const { arms, problems } = found.get(id) as ArmsFound;

  test('is read back from its file as it was', () => {
    expect(parseExperiment(JSON.parse(JSON.stringify(experiment)), id)).toEqual(experiment);
  });

  test('makes arms without a problem, all of them different models or runs', () => {
    expect(problems).toEqual([]);
    expect(new Set(arms.map(({ recipe }) => JSON.stringify(recipe))).size).toBe(arms.length);
    expect(arms.length).toBeGreaterThan(1);
  });

  test('offers its arms to bet on', () => {
    expect(predictions).toEqual(experiment.arms.kind === 'random' ? [] : arms.map((arm) => arm.id));
  });

  test('spends its budget to within what the free size allows, or has one size', () => {
    const most = mismatches[id] ?? usualMismatch;
    const sizes = arms.map(({ parameters }) => parameters);
    for (const { mismatch } of arms) expect(mismatch ?? 0).toBeLessThanOrEqual(most);
    // What is not held: no arm may be larger by more than the norms of a sandwich.
    if (!experiment.hold) expect(Math.max(...sizes) / Math.min(...sizes) - 1).toBeLessThan(0.021);
    if (most > usualMismatch)
      expect(Math.max(...arms.map(({ mismatch }) => mismatch ?? 0))).toBeGreaterThan(most - 0.01);
  });

  test('looks at the held-out text 12 to 20 times, or at every step', () => {
    for (const { recipe } of arms) {
      const looks = recipe.steps / recipe.evaluateEvery;
      expect(looks).toBeGreaterThanOrEqual(12);
      expect(looks).toBeLessThanOrEqual(20);
    }
  });

  if (paper?.table) holdTable(paper.table, paper.claim, experiment, arms);
});

function holdTable(
  table: PaperTable,
  claim: Claim | null,
  { arms: design }: Preset['experiment'],
  arms: ArmsFound['arms'],
): void {
  test('its table has a cell in every column', () => {
    for (const { cells } of table.rows) expect(cells.length).toBe(table.columns.length);
  });

  test('rows stand for arms that there are, and an arm for one row at most', () => {
    const known = arms.map(({ values }) => JSON.stringify(values));
    for (const row of table.rows) for (const values of row.arms) expect(known).toContain(JSON.stringify(values));
    const matched = table.rows.flatMap((row) => row.arms.map((values) => JSON.stringify(values)));
    expect(new Set(matched).size).toBe(matched.length);
  });

  test('a row that is matched by its value has the value of its arm', () => {
    if (design.kind !== 'grid' || design.axes.length !== 1) return;
    for (const { cells, arms: matched, match } of table.rows) {
      for (const [value] of matched) {
        // Full attention is a name in the paper and a number of heads here.
        if (match === 'value' && typeof cells[0] === typeof value) expect(cells[0]).toBe(value);
      }
    }
  });

  test('rows in their place are in the order of their arms', () => {
    const placed = table.rows.filter(({ match }) => match === 'place');
    if (placed.length === 0) return;
    const values = placed.map((row) => row.arms[0]?.[0] as number);
    expect(
      rankCorrelation(
        placed.map(({ cells }) => cells[0] as number),
        values,
      ).coefficient,
    ).toBe(1);
  });

  test('averages are the averages of their scores', () => {
    const average = table.columns.indexOf('average');
    if (average < 0) return;
    for (const { cells } of table.rows) {
      const scores = (['arcEasy', 'hellaSwag', 'c3'] as const).map((column) => cells[table.columns.indexOf(column)]);
      if (!scores.every((score) => typeof score === 'number')) continue;
      const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
      expect(Math.abs(mean - (cells[average] as number))).toBeLessThanOrEqual(0.02);
    }
  });

  test('what the table is said to claim is what its rows say', () => {
    if (claim) expect(claim).toEqual(claimOf(table, claim));
  });
}

/** The claim as the rows have it, given what it is about. */
function claimOf(table: PaperTable, claim: Claim): Claim {
  const column = (name: PaperColumn) => table.rows.map(({ cells }) => cells[table.columns.indexOf(name)] as never);
  const metric: readonly never[] = column(claim.metric);
  switch (claim.kind) {
    case 'scores': {
      const scores: readonly number[] = metric;
      const top = Math.max(...scores);
      const best = scores.flatMap((score, row) => (score === top ? row : []));
      expect(orderOf(table, claim.metric)[0]).toBe(best[0]);
      return { ...claim, best, shape: claim.along === null ? null : shapeOf(column(claim.along), scores) };
    }
    case 'signs':
      return { ...claim, signs: metric.map((value) => (value > 0 ? 1 : -1)) };
    case 'only':
      expect(metric.filter((outcome) => outcome === claim.value)).toHaveLength(1);
      return { ...claim, row: metric.indexOf(claim.value as never) };
    case 'findings':
      expect(metric.every((finding) => typeof finding === 'string')).toBe(true);
      return claim;
    default:
      return claim satisfies never;
  }
}

function shapeOf(along: readonly number[], scores: readonly number[]) {
  const ascending = along
    .map((value, row) => ({ value, score: scores[row] as number }))
    .sort((a, b) => a.value - b.value);
  const steps = ascending.slice(1).map(({ score }, index) => score - (ascending[index]?.score ?? 0));
  if (steps.every((step) => step >= 0)) return 'rises';
  return steps.every((step) => step <= 0) ? 'falls' : 'peak';
}

test('all four scores of full attention are above those of grouped attention', () => {
  for (const metric of ['cEval', 'cmmlu', 'mmlu', 'agiEval'] as const)
    expect(orderOf(tableOf('gqa'), metric)[0]).toBe(0);
});

test('PanGu-π’s own parts, alone and off, are the same rows in its three tables', () => {
  const cells = (id: string, first: string | number) =>
    all
      .find((preset) => preset.id === id)
      ?.paper?.table?.rows.find((row) => row.cells[0] === first)
      ?.cells.slice(1);
  expect(cells('series', 1)).toEqual(cells('parts', 'none'));
  expect(cells('shortcut', 0)).toEqual(cells('parts', 'none'));
  expect(cells('series', 2)).toEqual(cells('parts', 'series'));
  expect(cells('shortcut', 1 / 32)).toEqual(cells('parts', 'shortcut'));
});

test('the model of all of PanGu-π Pro’s ablations has the same scores in each table', () => {
  const scores = (id: string, row: number) => tableOf(id).rows[row]?.cells.slice(-4);
  for (const [id, row] of [
    ['expansion', 2],
    ['vocabulary', 3],
    ['pruned-vocabulary', 3],
    ['initialisation', 2],
  ] as const) {
    expect(scores(id, row)).toEqual(scores('depth-width', 2));
  }
});

test('shares of the table are those of an embedding and a head 1792 wide', () => {
  // Layers by which the paper keeps its models at 1 B, with an FFN of 4864.
  const layers = [24, 23, 22, 20, 18, 15];
  const pieces = [8000, 16_000, 32_000, 48_000, 72_000, 100_883];
  const { columns, rows } = tableOf('vocabulary');
  const [C, F] = [1792, 4864];
  for (const [row, { cells }] of rows.entries()) {
    const tables = 2 * (pieces[row] as number) * C;
    const share = tables / (tables + (layers[row] as number) * (4 * C * C + 3 * C * F));
    expect(Math.abs(100 * share - (cells[columns.indexOf('tableShare')] as number))).toBeLessThanOrEqual(0.02);
  }
});

describe('the pruned vocabularies', () => {
  const { arms } = found.get('pruned-vocabulary') as ArmsFound;

  test('stand for the paper’s sizes by the share of all pieces that stays', () => {
    const { rows } = tableOf('pruned-vocabulary');
    const sizes = [...new Set(arms.map(({ values }) => values[0] as number))];
    const most = Math.max(...sizes);
    for (const { cells, arms: matched } of rows.slice(1)) {
      const [[size, method]] = matched as readonly [readonly [number, string]];
      const distance = (other: number) => Math.abs(other / most - (cells[0] as number) / 100_000);
      expect(Math.min(...sizes.map(distance))).toBe(distance(size));
      expect(method).toBe('frequency');
    }
    // Smaller than what always stays.
    expect(rows[0]?.arms).toEqual([]);
  });

  test('pay for their pieces with layers alone', () => {
    for (const { recipe, values } of arms) {
      expect(recipe.vocabulary).toEqual({ kind: 'pruned', from: 'story-nano', size: values[0], method: values[1] });
      expect(recipe.model).toEqual({ ...arms[0]?.recipe.model, num_hidden_layers: recipe.model.num_hidden_layers });
    }
    const layers = arms
      .filter(({ values }) => values[1] === 'closed')
      .map(({ recipe }) => recipe.model.num_hidden_layers);
    expect(layers).toEqual([6, 5, 4, 3, 2, 1]);
  });
});

test('batches are in the ranges of the paper’s, as multiples of the base batch', () => {
  const base = presetBase().batch;
  for (const { cells, arms } of tableOf('batch-rate').rows) {
    const [from, to] = cells as readonly [number, number];
    for (const [batch] of arms) {
      const tokens = (1e6 * (batch as number)) / base;
      expect(tokens).toBeGreaterThanOrEqual(from);
      expect(tokens).toBeLessThanOrEqual(to);
    }
  }
});

function tableOf(id: string): PaperTable {
  const table = all.find((preset) => preset.id === id)?.paper?.table;
  if (!table) throw new Error(`The preset ${id} has no table of a paper.`);
  return table;
}
