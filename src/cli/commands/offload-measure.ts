/** `lab offload measure`: one layer with random weights, simulated from this device's measured numbers and run on it. */
import { compareLayer, type LayerComparison } from '../../offload/compare-layer';
import { openExpertStore } from '../../offload/open-store';
import { type PolicyId, parsePolicy, policyIds } from '../../offload/policies';
import { type Command, print, UsageError } from '../command';
import { offloadBackendOptions, offloadHost, usable } from '../offload-host';

export const offloadMeasureCommand: Command = {
  summary: 'measures this device for experts, and runs one layer beside its simulation',
  options: {
    ...offloadBackendOptions,
    experts: { value: '<n>', about: 'experts of the layer', default: '6' },
    width: { value: '<n>', about: 'C', default: '256' },
    ffn: { value: '<n>', about: 'F', default: '512' },
    rows: { value: '<n>', about: 'rows that are shared out among the experts', default: '96' },
    imbalance: { value: '<0…1>', about: 'of the routing: 0 is even', default: '0.3' },
    slots: { value: '<n>', about: 'K', default: '2' },
    policy: { value: `all|${policyIds.join('|')}`, about: 'which orders', default: 'all' },
    repeats: { value: '<n>', about: 'rounds; the middle one of each policy is shown', default: '7' },
    json: { value: '', about: 'one JSON object' },
  },
  async run(options) {
    const asked = options.choice('backend', ['auto', 'gpu', 'cpu']);
    const host = await offloadHost(asked === 'cpu' ? 'cpu' : 'gpu', options, 'measure');
    const tier = options.choice('tier', ['memory', 'files']);
    const layer = {
      experts: options.integer('experts', 1, 64),
      width: options.integer('width', 1, 8192),
      ffnWidth: options.integer('ffn', 1, 32768),
      tokens: options.integer('rows', 1, 65536),
      imbalance: options.number('imbalance', 0, 1),
      seed: 1,
    };
    const notes: string[] = [];
    const carrier = await host.openCarrier(new Map(), false);
    const compared = await usable(() =>
      compareLayer(carrier, layer, {
        policies: policiesOf(options.text('policy')),
        slots: options.number('slots', 0, 1e6),
        repeats: options.integer('repeats', 1, 1000),
        openStore: (keys, origin) =>
          openExpertStore({ tier, keys, origin, folder: host.openFolder, onNote: (note) => notes.push(note) }),
      }),
    );
    carrier.destroy();
    const { measured, counts, rows, refused } = compared;
    print(options.flag('json'), { layer, ...compared, notes }, () =>
      [
        `${measured.adapter}: β ${ms(measured.loadTime)}${measured.diskTime === null ? '' : `, γ ${ms(measured.diskTime)}`}, overlap ${measured.overlap.toFixed(2)}`,
        `rows ${counts.join(' ')}; α ${measured.computeTimes.map(({ rows, milliseconds }) => `${rows}: ${ms(milliseconds)}`).join(', ')}`,
        ...rows.map(line),
        ...Object.entries(refused).map(([policy, sentence]) => `${policy}: ${sentence}`),
        ...notes,
      ].join('\n'),
    );
  },
};

function policiesOf(text: string): readonly PolicyId[] {
  if (text === 'all') return policyIds;
  try {
    return [parsePolicy(text)];
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

const ms = (time: number): string => `${Number(time.toPrecision(3))} ms`;

function line({ policy, simulated, measured, error, verdict }: LayerComparison): string {
  const percent = `${error > 0 ? '+' : ''}${(100 * error).toFixed(0)} %`;
  const times = `simulated ${ms(simulated.makespan)}, measured ${ms(measured.makespan)} (${percent})`;
  return `${policy}: ${times}, order ${measured.order.map((expert) => expert + 1).join('-')}${verdict ? `\n  ${verdict}` : ''}`;
}
