import { describe, expect, it } from 'vitest';
import { checkConstraints } from '../../offload/constraints';
import { runPolicy } from '../../offload/policies';
import { presets } from '../../offload/presets';
import { budgetText, changedOffload, mendedTexts, presetFields, readLive, readOffloadForm } from './offload-form';

const sentences = (changes: Record<string, string>) =>
  readOffloadForm(changes).problems.map(({ key, sentence }) => `${key}: ${sentence}`);

describe('readOffloadForm', () => {
  it('starts at Figure 4 as the paper prints it', () => {
    const reading = readOffloadForm({});
    expect(reading).toMatchObject({ choice: 'figure-4', policy: 'infmoe', kind: 'times', unit: 'β', problems: [] });
    expect(reading.machine).toEqual(presets['figure-4'].machine);
    expect(reading.printed).toEqual({ makespan: 4.64, digits: 2 });
    expect(reading.suggested.alpha).toBe('0.32, 0.51, 0.87, 1.94');
  });

  it('every preset of the papers is read as it is, and anything changed is no longer what a paper prints', () => {
    for (const [preset, { machine }] of Object.entries(presets)) {
      expect(readOffloadForm({ preset }).machine).toEqual(machine);
      expect(readOffloadForm({ preset }).problems).toEqual([]);
    }
    expect(readOffloadForm({ preset: 'figure-5', policy: 'ring' }).printed).toEqual({ makespan: 1.36, digits: 2 });
    expect(readOffloadForm({ rule: 'strict' }).printed).toBeNull();
    expect(readOffloadForm({ slots: '3' })).toMatchObject({ printed: null, edited: true, slots: 3 });
    expect(readOffloadForm({ slots: '2' }).printed).not.toBeNull();
  });

  it('takes times as they are typed, multiplied by the batch', () => {
    const reading = readOffloadForm({ preset: 'times', alpha: '1 2;0,\n4.5', beta: '0.5', batch: '2', slots: '3' });
    expect(reading.machine).toMatchObject({ computeTimes: [2, 4, 0, 9], loadTime: 0.5, slots: 3, rule: 'strict' });
  });

  it('follows hardware: twice the link halves β, twice the batch doubles α, a disk makes tiers', () => {
    const base = readOffloadForm({ preset: 'cpm-2-v100' });
    const link = readOffloadForm({ preset: 'cpm-2-v100', link: '20.14' });
    expect(link.machine?.loadTime).toBeCloseTo((base.machine?.loadTime ?? 0) / 2, 9);
    const batch = readOffloadForm({ preset: 'cpm-2-v100', tokens: '40,960' });
    expect(batch.machine?.computeTimes[0]).toBeCloseTo(2 * (base.machine?.computeTimes[0] ?? 0), 9);
    expect(base.machine?.tiers).toBeUndefined();
    expect(readOffloadForm({ preset: 'cpm-2-v100', disk: '3', held: '8' }).machine?.tiers?.memoryExperts).toBe(8);
    expect(readOffloadForm({ preset: 'cpm-2-consumer', disk: 'none' }).machine?.tiers).toBeUndefined();
  });

  it('K and the budget say one thing: what is typed last counts, and a budget holds whole experts', () => {
    const { bytesPerExpert } = readOffloadForm({ preset: 'cpm-2-v100' });
    expect(bytesPerExpert).toBe(251_658_240);
    expect(budgetText(4, bytesPerExpert ?? 0)).toBe('960');
    expect(readOffloadForm({ preset: 'cpm-2-v100', budget: '719' }).slots).toBe(2);
    expect(readOffloadForm({ preset: 'cpm-2-v100', budget: '720' }).machine?.slots).toBe(3);
    expect(readOffloadForm({ preset: 'cpm-2-v100', budget: '720', slots: '7' }).slots).toBe(7);
  });

  it('a layer of this device has no machine until it is measured', () => {
    const reading = readOffloadForm({ preset: 'device', experts: '8', imbalance: '0.5' });
    expect(reading).toMatchObject({ kind: 'device', machine: null, slots: 4, problems: [] });
    expect(reading.layer).toMatchObject({ experts: 8, width: 384, ffnWidth: 1024, tokens: 32, imbalance: 0.5 });
    expect(readOffloadForm({ preset: 'device', width: '100' }).layer).toBeNull();
  });

  it('keeps what was typed and says with the value what to do', () => {
    expect(sentences({ slots: '0' })).toEqual([
      'slots: K is 0: a device without a slot can compute no expert. Give a whole number from 1 to 64.',
    ]);
    expect(readOffloadForm({ slots: '0' })).toMatchObject({ machine: null, slots: null });
    expect(readOffloadForm({ slots: '0' }).texts.slots).toBe('0');
    expect(sentences({ slots: 'two' })).toEqual([
      'slots: “two” is no number: give one, with a point for the decimals.',
    ]);
    expect(sentences({ slots: '2.5' })).toEqual(['slots: Give a whole number from 1 to 64.']);
    expect(sentences({ alpha: '1, x, 2' })).toEqual([
      'alpha: “x” is no time: give numbers of at least 0, with commas between them.',
    ]);
    expect(sentences({ alpha: '0 0' })[0]).toContain('No expert has anything to compute');
    expect(sentences({ alpha: Array(65).fill('1').join(' ') })[0]).toContain('These are 65 experts: give at most 64.');
    expect(sentences({ beta: '-1' })).toEqual(['beta: Give a number above 0.']);
    expect(sentences({ preset: 'cpm-2-v100', budget: '100' })).toEqual([
      'budget: One expert takes 240\u202fMiB, more than the budget of 100\u202fMiB: give at least 240 MiB, or make experts smaller.',
    ]);
    expect(sentences({ preset: 'cpm-2-v100', imbalance: '2', link: '0', tokens: '0', experts: '99' })).toHaveLength(4);
    expect(sentences({ alpha: '1e308 1e308' })[0]).toContain('more than a number holds');
  });

  it('an unknown preset or policy of an address reads as the default', () => {
    expect(readOffloadForm({ preset: 'x', policy: 'y', rule: 'z', unknown: '1' })).toMatchObject({
      choice: 'figure-4',
      policy: 'infmoe',
      rule: 'paper',
    });
  });
});

describe('changedOffload', () => {
  it('leaves defaults out of the address', () => {
    expect(changedOffload({ slots: '3' }, { slots: '', policy: 'ring' })).toEqual({ policy: 'ring' });
    expect(changedOffload({ preset: 'phone', link: '3' }, { ...presetFields, preset: 'figure-4' })).toEqual({});
  });
});

describe('mendedTexts', () => {
  const mend = (changes: Record<string, string>, kind: string) => {
    const reading = readOffloadForm(changes);
    if (!reading.machine) throw new Error('no machine');
    const { mends } = checkConstraints(reading.machine, runPolicy(reading.machine, reading.policy).order);
    const wanted = mends.find((one) => one.kind === kind);
    if (!wanted) throw new Error(`no ${kind} among ${JSON.stringify(mends)}`);
    return readOffloadForm({ ...changes, ...mendedTexts(wanted, reading) });
  };
  const broken = (reading: ReturnType<typeof readOffloadForm>) => {
    if (!reading.machine) throw new Error('no machine');
    return checkConstraints(reading.machine, runPolicy(reading.machine, reading.policy).order).mends.length > 0;
  };

  it.each([
    ['times', { preset: 'times', policy: 'johnson' }, { alpha: '0.4, 0.5, 0.3' }],
    ['hardware', { preset: 'cpm-2-v100', policy: 'johnson' }, {}],
  ] as const)('a larger batch and a faster link mend %s', (_, base, more) => {
    const changes = { ...base, ...more };
    expect(broken(readOffloadForm(changes))).toBe(true);
    expect(broken(mend(changes, 'larger batch'))).toBe(false);
    expect(broken(mend(changes, 'faster link'))).toBe(false);
  });

  it('more slots mend what runs ahead of them', () => {
    const changes = { preset: 'times', alpha: '9, 1, 1', slots: '2', policy: 'johnson' };
    const mended = mend(changes, 'more slots');
    expect(mended.slots).toBeGreaterThan(2);
    expect(broken(mended)).toBe(false);
  });
});

describe('readLive', () => {
  const model = { bytesPerExpert: 2 ** 20, experts: 16, layers: [0, 1, 2] };

  it('asks for a setup, of all experts where nothing is moved', () => {
    expect(readLive({}, model).setup).toEqual({ policy: 'lru', slots: 8, budgetBytes: null, tier: 'memory' });
    expect(readLive({ livePolicy: 'resident', liveSlots: '3' }, model).setup).toMatchObject({ slots: 48 });
    expect(readLive({ liveBudget: '5', tier: 'files' }, model).setup).toEqual({
      ...{ policy: 'lru', slots: 8, budgetBytes: 5 * 2 ** 20, tier: 'files' },
    });
  });

  it('refuses K = 0, more slots than experts, and a budget that holds none, each with a sentence', () => {
    const problem = (changes: Record<string, string>) => {
      const { setup, problems } = readLive(changes, model);
      expect(setup).toBeNull();
      return problems[0]?.sentence;
    };
    expect(problem({ liveSlots: '0' })).toContain('K is 0');
    expect(problem({ liveSlots: '49' })).toBe('Give a whole number from 1 to 48.');
    expect(problem({ liveBudget: '0.5' })).toContain('One expert takes 1\u202fMiB, more than the budget of');
    expect(problem({ liveBudget: 'much' })).toContain('“much” is no number');
  });
});
