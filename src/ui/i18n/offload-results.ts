/** The English strings of the Offload panel about schedules: timeline, constraints, both slot rules, sweep, and what the papers say. */
import type { WaitReason } from '../../offload/lanes';
import type { SlotRule } from '../../offload/machine';
import { fixed, formatInteger, formatPercent, signed, significant } from '../format/numbers';
import { expertCount, slotCount, type TimeUnit, timeIn } from './offload';

const percent = (value: number) => `${signed(100 * value, 1)}\u202f%`;
/** 2, 4–6 */
const placesOf = (places: readonly number[]) => {
  const ranges: [number, number][] = [];
  for (const place of places) {
    const last = ranges.at(-1);
    if (last && last[1] === place - 1) last[1] = place;
    else ranges.push([place, place]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
};
const lanes = { disk: 'disk', load: 'load', compute: 'compute', slots: 'slots' };

export const offloadResults = {
  percent,
  schedule: {
    heading: 'What comes out',
    makespan: 'Takes',
    bound: 'No order beats',
    waits: 'Computing waits',
    peak: 'On the device at most',
    peakOf: (peak: number, slots: number | null) => (slots === null ? expertCount(peak) : `${peak} of ${slots}`),
    above: (times: number) => (times < 0.0005 ? 'reached' : `${percent(times)} above it`),
    waitShare: (share: number) => `${formatPercent(share)} of the time`,
    saved: (share: number) => `${formatPercent(share)} less than on demand`,
    noSaving: 'as long as on demand',
    overK: 'more than K: the paper’s (ii) allows it',
    withinK: 'never more than K',
    everyone: 'a slot for each expert',
    printed: (unit: TimeUnit, printed: number, simulated: number, digits: number) =>
      `The paper prints ${timeIn(unit, printed, digits)} · simulation ${timeIn(unit, simulated, digits)}`,
    agrees: 'Agrees to the printed digits.',
    differs: 'Does not agree.',
    order: (order: readonly number[]) =>
      `Order ${order
        .slice(0, 10)
        .map((expert) => expert + 1)
        .join('-')}${order.length > 10 ? ` and ${formatInteger(order.length - 10)} more` : ''}`,
    speed: (speed: number) => `${significant(speed)} tokens/s if every MoE layer took as long`,
    none: 'There is nothing to simulate: see the fields that are marked.',
  },
  constraints: {
    heading: 'Do the paper’s constraints hold?',
    one: '(i) every load is covered by computes before it',
    two: '(ii) loads do not run ahead of K slots',
    holds: 'holds',
    broken: (places: readonly number[]) => `broken at t = ${placesOf(places)}`,
    free: 'Both hold: after the first load nobody waits for another, and it takes β + Σα.',
    yetWaits: 'Both hold, and yet loads wait: (ii) is looser than K strict slots.',
    resident: 'Nothing is loaded, so there is nothing to cover.',
    onDemand: 'They are about loads beside computes; on demand nothing overlaps.',
    noDisk: 'The paper’s constraints know nothing of a disk: here its reads come on top.',
    would: 'What would mend this order:',
    mends: {
      'larger batch': (factor: number) => `a batch ${significant(factor)} times as large`,
      'faster link': (factor: number) => `a link ${significant(factor)} times as fast`,
      'more slots': (slots: number) => slotCount(slots),
      along: (slots: number) => ` and ${slotCount(slots)}`,
      apply: 'Apply',
    },
    tooUneven:
      'No larger batch does it with this K: one expert has so many more tokens than the others that both cannot be met. The paper leaves such imbalance out of its scope; what helps is more slots, or a gate that balances.',
    tooLittle: (factor: number) =>
      `There is too little to compute: with ${significant(factor)} times the batch an order keeps both at this K.`,
  },
  timeline: {
    title: 'Who waits for whom',
    simulated: 'Simulated',
    measured: 'Measured',
    lanes,
    laneNames: { disk: 'Disk', load: 'Load', compute: 'Compute', slots: 'Slots in use' },
    reasons: {
      load: 'waits for its load',
      slot: 'waits for a slot',
      disk: 'waits for the disk',
      memory: 'waits for memory',
      turn: 'waits for its turn',
    } satisfies Record<WaitReason, string>,
    short: { load: 'wait', slot: 'no slot', disk: 'disk', memory: 'memory', turn: 'turn' } satisfies Record<
      WaitReason,
      string
    >,
    sentence: (policy: string, unit: TimeUnit, makespan: number, bound: number) =>
      `${policy}: ${timeIn(unit, makespan)}; no order beats ${timeIn(unit, bound)}. Numbers are experts; hatched is waiting.`,
    error: (error: number) => `The simulation is ${percent(error)} off what was measured.`,
    empty: 'Nothing to draw yet.',
    step: 'Expert pointed at',
    point: (place: number, count: number) => `${place} of ${count}`,
    nobody: 'Point at a bar, or use the slider, to follow an expert.',
    expert: (expert: number) => `Expert ${expert + 1}`,
    did: (lane: keyof typeof lanes, unit: TimeUnit, start: number, end: number) =>
      `${lanes[lane]} ${timeIn(unit, start)} to ${timeIn(unit, end)}`,
    waited: (reason: string, unit: TimeUnit, length: number) => `${reason} ${timeIn(unit, length)}`,
    here: 'was there already',
    columns: ['run', 'lane', 'expert', 'start', 'end', 'what'],
    working: 'works',
    meter: (slots: number) => `K = ${slots}`,
    axis: (unit: TimeUnit) => (unit === 'β' ? 'time, in β' : `time, ${unit}`),
    bound: 'bound',
    lane: (name: string, run: string) => `${run}: ${name}`,
  },
  rules: {
    heading: 'What is really being scheduled',
    text: [
      'One link that loads experts, each in the same time β; one processor that computes them, expert i in αᵢ; K slots between the two. That is a flow shop of two machines with a limited buffer.',
      'With slots to spare, Johnson’s rule of 1954 is optimal: the largest α first. If every load is covered, which is the paper’s (i), it takes β + Σα.',
      'With exactly K slots, each taken from the start of a load to the end of its compute, load t waits for compute t−K: start_load(t) = max(end_load(t−1), end_compute(t−K)). The paper’s (ii) is looser: where (i) and (ii) hold and no load waits, up to K + 2 slots are in use. So there are two rules, side by side for the machine above:',
    ],
    rule: { paper: 'The paper’s (ii)', strict: 'K strict slots' } satisfies Record<SlotRule, string>,
    takes: (unit: TimeUnit, makespan: number, peak: number, slots: number) =>
      `takes ${timeIn(unit, makespan)}, holds up to ${peak} of ${slots}`,
    same: 'Here both rules take as long.',
    differ: (unit: TimeUnit, difference: number) => `Here K strict slots take ${timeIn(unit, difference)} longer.`,
    kind: 'Case in which',
    find: 'Find a case',
    hint: 'Looks through random machines of four or five experts, in the same order for everyone, and loads the next that shows it.',
    found: (at: number) =>
      `Case ${formatInteger(at)} is loaded: its times stand in the fields, and you can change them.`,
    notFound: 'No further case was found.',
    cases:
      'Of 2,000 random cases with up to six experts the greedy order missed a feasible one in 45; in 219 it kept both constraints and K strict slots made it wait all the same. Johnson’s rule missed the optimum in 91, at K = 2 or 3.',
  },
  sweep: {
    title: 'What is a slot worth?',
    sentence: (times: boolean, from: number, to: number) =>
      `${times ? 'How long a layer takes' : 'Tokens a second through all MoE layers'} against K, from ${from} to ${to}, under every policy. ${times ? 'Lower' : 'Higher'} is better; no order gets beyond the bound.`,
    x: 'K',
    axis: { makespan: 'time', speed: 'tokens/s' },
    now: 'K now',
    bound: 'bound',
    empty: 'There is nothing to simulate: see the fields that are marked.',
    noOptimum: (most: number) => `The optimum is searched for layers of up to ${most} experts with tokens.`,
    leftOut: 'MoE layers alone; attention and everything else is left out.',
  },
  paper: {
    heading: 'Paper, simulation and this device',
    says: 'The paper says',
    simulation: 'The simulation says',
    measured: 'You measured',
    columns: { says: ['', 'printed'], simulation: ['', 'simulated'], measured: ['', 'measured', 'simulation off by'] },
    saysSource: 'CPM-2 (2106.10715), section 6.2 and Figures 4 and 5; GLM-130B (2210.02414)',
    simulationSource: 'The same machines, by this page’s simulator',
    measuredNone: 'Choose “This device, measured” and press Measure: one layer is really run under several policies.',
    measuredSource: (adapter: string, experts: number, slots: number) =>
      `${adapter}: a layer of ${expertCount(experts)}, ${slotCount(slots)}`,
    rows: {
      naive: 'Figure 4, index order',
      scheduled: 'Figure 4, InfMoE',
      without: 'Figure 5, without',
      with: 'Figure 5, with InfMoE',
      glm: 'GLM-130B, 13 layers streamed',
    },
    glmPrinted: '13 × 75 ms',
    facts: [
      'The paper gives the two constraints, not the rule by which its greedy orders experts: “smallest remaining α that keeps both” is our reconstruction, and gives Figure 4’s order.',
      'The public code of InfMoE does not reorder: it prefetches in index order into a ring of slots.',
    ],
    verdict: (ring: number, greedy: number, better: 'greedy' | 'ring' | 'same') =>
      ({
        greedy: `The greedy order beats index-order prefetch, ${fixed(greedy, 1)} against ${fixed(ring, 1)} ms.`,
        ring: `Index-order prefetch beats the greedy order, ${fixed(ring, 1)} against ${fixed(greedy, 1)} ms.`,
        same: `The greedy order and index-order prefetch are not distinguishable: ${fixed(greedy, 1)} and ${fixed(ring, 1)} ms, and their runs overlap.`,
      })[better],
    verdictNone: 'Both figures come out to the printed digits.',
    verdictNoneText: 'What this device does is not measured yet.',
    verdictHead: 'Measured here.',
    verdictRecorded: 'Recorded.',
  },
};
