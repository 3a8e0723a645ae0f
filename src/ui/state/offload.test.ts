import { describe, expect, it } from 'vitest';
import type {
  ExpertVisit,
  LayerRun,
  OffloadEvent,
  OffloadModelReport,
  OffloadReport,
  OffloadTotals,
} from '../../worker/offload-protocol';
import { beginText, countUse, largestStep, lastStep, offloadEvent, rowOf, useOffload } from './offload';

const timeline = {
  ...{ order: [], reads: [], loads: [], computes: [], waits: [], makespan: 0, bound: 0 },
  ...{ residency: [], peakResidency: 0 },
};
const visit = (layer: number, expert: number, rows = 1): ExpertVisit => ({
  ...{ layer, expert, rows, hit: false, loadMs: 1, computeMs: 1 },
});
const run = (step: number, layer: number, ...visits: ReturnType<typeof visit>[]): LayerRun => ({
  ...{ step, layer, visits, timeline },
});
const totals = { hits: 0, requests: 0 } as OffloadTotals;
const place = { backend: 'cpu', adapter: 'test', slots: 2, tier: 'memory', notes: [] } as const;
const setup = { policy: 'lru', slots: 2, budgetBytes: null, tier: 'memory', backend: 'cpu' } as const;
const settings = { temperature: 0, topK: 0, topP: 1, seed: 1 };
const request = { type: 'writeOffload', setup, prompt: 'a', settings, length: 2 } as const;
const token = (position: number, ...visits: ReturnType<typeof visit>[]) => ({
  ...{ id: 1, text: 'x', position, visits, milliseconds: 2 },
});
const tokenEvent = (position: number, layers: readonly LayerRun[]): OffloadEvent => ({
  ...{
    type: 'offloadToken',
    totals,
    layers,
    token: token(position, ...layers.slice(-1).flatMap(({ visits }) => visits)),
  },
});

describe('offloadEvent', () => {
  it('gathers a text: the prompt’s steps apart from those of its tokens, and what was written stays when it fails', () => {
    const next = beginText(request, null);
    useOffload.setState({ pending: ['writeOffload'] });
    offloadEvent({ type: 'offloadStarted', place, prompt: [{ id: 0, text: 'a' }] }, next);
    // The prompt in one step of three rows, then its last token, which gives the first one that is written.
    offloadEvent(tokenEvent(1, [run(0, 0, visit(0, 1, 3)), run(1, 0, visit(0, 2))]), next);
    offloadEvent(tokenEvent(2, [run(2, 0, visit(0, 3))]), next);
    const { text } = useOffload.getState();
    expect(text?.promptRuns.map(({ step }) => step)).toEqual([0]);
    expect(text?.lastRuns.map(({ step }) => step)).toEqual([2]);
    expect(text?.tokens).toHaveLength(2);
    offloadEvent({ type: 'error', request: 'writeOffload', message: 'The device is gone.' }, null);
    expect(useOffload.getState()).toMatchObject({
      pending: [],
      problem: { message: 'The device is gone.' },
      text: { reason: 'stopped', tokens: [{ position: 1 }, { position: 2 }] },
    });
  });

  it('another model takes what was written with it; one that could not be opened is given up', () => {
    useOffload.setState({ pending: ['openOffload', 'openOffload'], openings: ['a', 'b'] });
    offloadEvent({ type: 'error', request: 'openOffload', message: 'no' }, null);
    expect(useOffload.getState()).toMatchObject({ openings: ['b'], pending: ['openOffload'] });
    const model = { id: 'b' } as Extract<OffloadEvent, { type: 'offloadOpened' }>['model'];
    offloadEvent({ type: 'offloadOpened', model }, null);
    expect(useOffload.getState()).toMatchObject({ opened: 'b', openings: [], text: null, sweep: null, pending: [] });
  });

  it('keeps the rows of a layer that was stopped', () => {
    const row = { policy: 'ring' } as Extract<OffloadEvent, { type: 'offloadLayerRun' }>['row'];
    useOffload.setState({ pending: ['runOffloadLayer'], layerRows: [] });
    offloadEvent({ type: 'offloadLayerRun', row }, null);
    offloadEvent({ type: 'offloadLayerRuns', comparisons: null }, null);
    expect(useOffload.getState()).toMatchObject({ layerRows: [row], layer: null, pending: [] });
  });
});

describe('rows of written texts', () => {
  const model = { id: 'm', experts: 4, layers: [0, 1] } as unknown as OffloadModelReport;
  const report = (tokensPerSecond: number | null) =>
    ({
      ...{ place, tokens: 5, tokensPerSecond, machine: {} },
      totals: { hitRate: 0.5, bytesMoved: 100, waitMs: 3, peakResidency: 2 },
    }) as unknown as OffloadReport;

  it('know the setup; a text too short for a speed has none', () => {
    expect(rowOf(report(40), 'lru', model)).toEqual({
      ...{ model: 'm', adapter: 'test', policy: 'lru', slots: 2, experts: 8, tier: 'memory' },
      ...{ tokens: 5, tokensPerSecond: 40 },
      cost: { hitRate: 0.5, bytesMoved: 100, waitMs: 3, peakResidency: 2 },
    });
    expect(rowOf(report(null), 'lru', model)).toBeNull();
    expect(rowOf(report(40), 'resident', model)?.cost).toBeNull();
  });

  it('a text written in the same way takes the place of the one before; beside all resident there are two', () => {
    useOffload.setState({ model, rows: [], text: beginText(request, null) });
    const comparison = {
      ...{ offloaded: report(40), equal: true },
      resident: { text: 'x', tokensPerSecond: 90, expertBytes: 800 },
    };
    const speeds = () => useOffload.getState().rows.map((row) => [row.policy, row.slots, row.tokensPerSecond]);
    offloadEvent({ type: 'offloadCompared', comparison }, null);
    expect(speeds()).toEqual([
      ['resident', 8, 90],
      ['lru', 2, 40],
    ]);
    offloadEvent({ type: 'offloadWritten', reason: 'length', report: report(41) }, null);
    expect(speeds()).toEqual([
      ['resident', 8, 90],
      ['lru', 2, 41],
    ]);
    offloadEvent({ type: 'offloadCompared', comparison: null }, null);
    expect(speeds()).toHaveLength(2);
    expect(useOffload.getState().text?.reason).toBe('stopped');
  });
});

describe('countUse', () => {
  it('counts the rows of the prompt and every token, and halves of the tokens by turns', () => {
    const text = {
      ...beginText(request, 'en'),
      prompt: [{ id: 0, text: 'a' }],
      promptRuns: [run(0, 0, visit(0, 1, 3)), run(1, 0, visit(0, 0))],
      tokens: [token(1, visit(0, 1)), token(2, visit(0, 2)), token(3, visit(0, 1))],
    };
    const { rows, halves, tokens } = countUse(text, 4);
    expect(rows.get(0)).toEqual([1, 5, 1, 0]);
    expect(halves[0].get(0)).toEqual([0, 2, 0, 0]);
    expect(halves[1].get(0)).toEqual([0, 0, 1, 0]);
    expect(tokens).toBe(4);
  });
});

describe('steps', () => {
  it('the last, or those before where there are none; the largest by rows', () => {
    const layers = [run(0, 0, visit(0, 1, 2)), run(0, 1, visit(1, 1, 2)), run(1, 0, visit(0, 1, 3)), run(2, 0)];
    expect(lastStep(layers, [])).toEqual([layers[3]]);
    expect(lastStep([], layers)).toBe(layers);
    expect(largestStep(layers)).toEqual([layers[0], layers[1]]);
    expect(largestStep([])).toEqual([]);
  });
});
