/** `lab offload run`: writes greedily with a model whose experts come and go, and says what moved and how long it took. */
import { type OffloadedText, OffloadSession } from '../../lab/offload/offload-session';
import { offloadPolicyIds, parseOffloadPolicy } from '../../offload/any-policy';
import type { LayerRun } from '../../offload/expert-run';
import { type Command, type Options, print, UsageError } from '../command';
import { backendOf, modelOptions, readModel } from '../model';
import { offloadBackendOptions, offloadHost, usable } from '../offload-host';

const greedy = { temperature: 0, topK: 0, topP: 1, seed: 0 };

export const offloadRunCommand: Command = {
  summary: 'writes with a model that holds only K of its experts at a time',
  options: {
    model: { ...modelOptions.model, default: 'story-moe' },
    slots: { value: '<n>', about: 'K: experts that the device may hold; as many as fit without it' },
    budget: { value: '<MiB>', about: 'holds K down to what fits into so much' },
    policy: { value: offloadPolicyIds.join('|'), about: 'in which order, or what is kept', default: 'infmoe' },
    ...offloadBackendOptions,
    prompt: { value: '<text>', about: 'how the text begins', default: '' },
    tokens: { value: '<n>', about: 'tokens to write at most', default: '32' },
    compare: { value: '', about: 'write the same text with all experts too' },
    json: { value: '', about: 'one JSON object' },
  },
  async run(options) {
    const { name, config, weights, tokenizer } = readModel(options.text('model'));
    const policy = named(() => parseOffloadPolicy(options.text('policy')));
    const length = options.integer('tokens', 1, 1_000_000);
    const budget = options.optional('budget') === undefined ? null : options.number('budget', 0, 1e6) * 2 ** 20;
    const backend = await backendOn(options, () => backendOf(options, config, weights));
    const layers: LayerRun[] = [];
    const session = await usable(async () => {
      const host = await offloadHost(backend, options, name);
      return new OffloadSession({ id: name, config, weights, tokenizer }, host);
    });
    const { layers: L, experts } = session.shape;
    const setup = { policy, budgetBytes: budget, slots: slotsOf(options, L * experts) };
    const text = { prompt: options.text('prompt'), settings: greedy, length };
    const tier = options.choice('tier', ['memory', 'files']);
    const written = await usable(() =>
      session.write({ ...setup, tier }, text, undefined, (token) => layers.push(...token.layers)),
    );
    const resident = options.flag('compare') ? await session.writeResident(text) : null;
    const { started, machine, totals, ids } = written;
    const result = {
      model: name,
      ...{ policy, backend, adapter: started.adapter, slots: started.slots, tier: started.tier },
      prompt: text.prompt,
      text: written.text,
      ids,
      reason: written.reason,
      tokensPerSecond: written.tokensPerSecond,
      firstTokenMs: written.firstTokenMs,
      otherMs: written.otherMs,
      ...totals,
      alpha: machine.computeTimes,
      beta: machine.loadTime,
      gamma: machine.diskTime,
      overlap: machine.overlap,
      timestamps: machine.timestamps,
      notes: started.notes,
      ...(resident && {
        equal: resident.ids.join() === ids.join(),
        resident: { text: resident.text, tokensPerSecond: resident.tokensPerSecond },
      }),
      timeline: layers,
    };
    print(options.flag('json'), result, () => summary(text.prompt, written, result.equal));
  },
};

/** Without a number, as many as the model has: the budget then decides. */
function slotsOf(options: Options, everyone: number): number {
  if (options.optional('slots') === undefined) {
    if (options.optional('budget') === undefined) throw new UsageError('Give --slots, --budget, or both.');
    return everyone;
  }
  return options.number('slots', 0, 1e6);
}

async function backendOn(options: Options, choose: () => Promise<string>): Promise<'gpu' | 'cpu'> {
  const asked = options.choice('backend', ['auto', 'gpu', 'cpu']);
  if (asked !== 'auto') return asked;
  return (await choose()) === 'gpu' ? 'gpu' : 'cpu';
}

function named<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

function summary(prompt: string, { text, started, totals, tokensPerSecond, machine }: OffloadedText, equal?: boolean) {
  const { hitRate, loads, bytesMoved, peakResidency, waitMs } = totals;
  const speed = tokensPerSecond === null ? '' : `${tokensPerSecond.toFixed(1)} tokens/s, `;
  const alone = machine.computeTimes[0]?.milliseconds ?? 0;
  return [
    `${prompt}${text}`,
    '',
    `${started.adapter}, K = ${started.slots}, experts in ${started.tier}`,
    `${speed}${loads} loads, ${(bytesMoved / 2 ** 20).toFixed(1)} MiB moved, ${(100 * hitRate).toFixed(0)} % hits, at most ${peakResidency} experts at once, waited ${waitMs.toFixed(1)} ms`,
    `measured: α ${alone.toFixed(3)} ms for a token, β ${machine.loadTime.toFixed(3)} ms, overlap ${machine.overlap.toFixed(2)}`,
    ...(equal === undefined
      ? []
      : [equal ? 'the same text as with all experts' : 'NOT the text that all experts write']),
    ...started.notes,
  ].join('\n');
}
