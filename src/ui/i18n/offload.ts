/** The English strings of the Offload panel: its controls and what it says of fields. Results are in offload-results.ts, live runs in offload-live.ts. */
import { type OffloadPolicyId, offloadPolicies } from '../../offload/any-policy';
import type { DifferenceKind } from '../../offload/differences';
import type { StoreTier } from '../../offload/expert-store';
import type { SlotRule } from '../../offload/machine';
import { type OffloadPresetId, presets } from '../../offload/presets';
import { fixed, formatBytes, formatInteger, formatMilliseconds, significant } from '../format/numbers';
import { plural } from './locale';

export const slotCount = (count: number) => `${formatInteger(count)} ${plural(count, { one: 'slot', other: 'slots' })}`;
export const expertCount = (count: number) =>
  `${formatInteger(count)} ${plural(count, { one: 'expert', other: 'experts' })}`;
export const tokenCount = (count: number) =>
  `${formatInteger(count)} ${plural(count, { one: 'token', other: 'tokens' })}`;

export type TimeUnit = 'β' | 's' | 'ms';

/** A time of a machine; `digits` behind the point where a paper is held beside it. */
export const timeIn = (unit: TimeUnit, value: number, digits?: number) => {
  if (unit === 'ms') return digits === undefined ? formatMilliseconds(value) : `${fixed(value, digits)}\u202fms`;
  return `${digits === undefined ? significant(value) : fixed(value, digits)}\u202f${unit}`;
};

const choose = (many: number) => `Give a whole number from 1 to ${formatInteger(many)}.`;

export const offload = {
  controls: 'Machine, policy and slots',
  title: 'How can a model run that is larger than its memory?',
  lead: 'A mixture of experts needs only a few of its experts for each token. CPM-2’s InfMoE keeps K of them on the device and fetches the next while others compute. Choose a machine and an order, see who waits for whom, hold it beside the paper – and let a model of this page run that way.',
  drop: 'Drop config.json, model.safetensors and tokenizer.json of a model with experts to run it under a budget',
  none: '–',
  time: timeIn,
  machine: {
    legend: 'Machine',
    groups: { papers: 'From the papers', hardware: 'On hardware', own: 'Yours' },
    name: (id: OffloadPresetId | 'device' | 'hardware' | 'times') =>
      id === 'device'
        ? 'This device, measured'
        : id === 'hardware'
          ? 'Hardware, typed in'
          : id === 'times'
            ? 'Times, typed in'
            : presets[id].name,
    source: (id: OffloadPresetId) => presets[id].source,
    about: (id: OffloadPresetId) => presets[id].about,
    aboutOwn: {
      device:
        'One layer of random weights is really run here, with loads into K slots, and simulated from α, β and overlap as measured.',
      hardware: 'Type in what a device computes and moves: α and β follow.',
      times: 'Type in α of each expert and β, in any one unit.',
    },
    details: 'What is printed, what is derived',
    reset: 'Back to the preset',
    edited: 'edited',
  },
  policy: {
    legend: 'Policy',
    table: 'Policies',
    columns: ['order', 'source'],
    name: (id: OffloadPolicyId) => offloadPolicies[id].name,
    source: (id: OffloadPolicyId) => offloadPolicies[id].source,
    about: (id: OffloadPolicyId) => offloadPolicies[id].about,
    full: (id: OffloadPolicyId) => `${offloadPolicies[id].name} (${offloadPolicies[id].source})`,
  },
  slots: {
    legend: 'Slots on the device',
    rule: 'When a load may start',
    rules: { paper: 'paper’s (ii)', strict: 'K strict slots' } satisfies Record<SlotRule, string>,
    ruleHints: {
      paper: 'A load may not end before compute t−K−1 has. Up to K + 2 experts can be on the device.',
      strict: 'A slot is taken from the start of a load to the end of its compute. Never more than K.',
    } satisfies Record<SlotRule, string>,
    onlyStrict: 'A real device has K slots and no more: the strict rule.',
    K: 'K',
    KHint: 'experts that the device holds at a time',
    budget: 'or a budget, MiB',
    budgetHint: (bytes: number) => `${formatBytes(bytes)} an expert`,
  },
  fields: {
    times: 'Times',
    alpha: 'α of each expert',
    alphaHint: 'its compute time; 0 for one without tokens',
    beta: 'β',
    betaHint: 'to load one expert',
    batch: 'Batch, times',
    batchHint: 'multiplies every α',
    routing: 'Batch and routing',
    tokens: 'Tokens in the batch',
    experts: 'Experts',
    imbalance: 'Imbalance',
    imbalanceHint: '0: all get as many tokens; 1: one gets nearly all',
    hardware: 'Hardware',
    link: 'Link, GB/s',
    linkHint: 'from memory to the device',
    measured: (rate: string) => `as measured here: ${rate}`,
    disk: 'Disk, GB/s',
    diskHint: '“none”: the memory holds every expert',
    held: 'Experts in memory',
    heldHint: 'of this layer; the others lie on the disk',
    compute: 'Compute, TFLOP/s',
    device: 'Its own memory, GB/s',
    deviceHint: 'no expert is computed faster than it is read; “none”: not counted, as in the paper',
    size: 'Size of an expert',
    parameters: 'Parameters, millions',
    bits: 'Bits each',
    layers: 'MoE layers',
    noDisk: 'none',
    layer: 'Layer that is run',
    width: 'Width',
    ffn: 'FFN width',
    tier: 'Experts lie in',
    tiers: { memory: 'memory', files: 'files' } satisfies Record<StoreTier, string>,
    tierHints: {
      memory: 'Loads copy from this page’s memory into a slot.',
      files:
        'Experts lie in this page’s own file system; a read checks its sum. Where files are denied, memory serves, and it is said.',
    } satisfies Record<StoreTier, string>,
  },
  cost: {
    label: 'What follows from that',
    alpha: 'α, least to largest',
    alphaOf: (unit: TimeUnit, least: number, largest: number) =>
      least === largest ? timeIn(unit, least) : `${timeIn(unit, least)} – ${timeIn(unit, largest)}`,
    beta: 'β',
    bytes: 'An expert',
    bytesOf: (bytes: number) => formatBytes(bytes),
    all: 'All experts',
    onDevice: 'K slots hold',
    share: (bytes: number, share: number) =>
      `${formatBytes(bytes)} · ${share < 0.01 ? `<\u202f1` : fixed(100 * share, 0)}\u202f%`,
    origin: {
      times: 'Times as they are given.',
      hardware: 'Derived: α is FLOPs over the peak, β bytes over the link.',
      device: 'Measured on this device.',
    },
    unmeasured: 'Known once it is measured.',
    wait: 'Mend the fields to see it.',
  },
  form: {
    positive: 'Give a number above 0.',
    between: (least: number, most: number) => `Give a number from ${significant(least)} to ${significant(most)}.`,
    whole: (least: number, most: number) =>
      `Give a whole number from ${formatInteger(least)} to ${formatInteger(most)}.`,
    multiple: (step: number, most: number) =>
      `Give a multiple of ${formatInteger(step)} from ${formatInteger(step)} to ${formatInteger(most)}.`,
    noSlot: (most: number) => `K is 0: a device without a slot can compute no expert. ${choose(most)}`,
    noNumber: (text: string) => `“${text}” is no number: give one, with a point for the decimals.`,
    noTime: (text: string) => `“${text}” is no time: give numbers of at least 0, with commas between them.`,
    noTimes: 'No expert has anything to compute: give at least one α above 0.',
    manyTimes: (count: number, most: number) =>
      `These are ${formatInteger(count)} experts: give at most ${formatInteger(most)}.`,
    small: (bytes: number, budget: number) =>
      `One expert takes ${formatBytes(bytes)}, more than the budget of ${formatBytes(budget)}: give at least ${significant(Math.ceil((bytes / 2 ** 20) * 100) / 100)} MiB, or make experts smaller.`,
  },
  differences: {
    rules: 'the two rules differ',
    greedy: 'the greedy order misses one that keeps both',
    johnson: 'Johnson’s rule is beaten',
  } satisfies Record<DifferenceKind, string>,
};
