/**
 * What a person chose in the Offload panel: one text for each field, so that nothing that was typed is lost, right or wrong. The
 * address carries the texts that differ from these defaults; an empty field stands for what the preset has. What cannot be used is a
 * sentence; the machine is then missing, and everything else is read all the same.
 */
import { type OffloadPolicyId, offloadPolicyIds } from '../../offload/any-policy';
import type { Mend } from '../../offload/constraints';
import { type StoreTier, storeTiers } from '../../offload/expert-store';
import { expertBytes, type Hardware, machineOf } from '../../offload/hardware';
import { type Machine, parseMachine, type SlotRule, slotRules } from '../../offload/machine';
import { type PolicyId, policyIds } from '../../offload/policies';
import { type OffloadPreset, type OffloadPresetId, presetIds, presets } from '../../offload/presets';
import type { OffloadSetup, SyntheticLayer } from '../../worker/offload-protocol';
import { offloadText } from '../i18n/offload-text';

/** The papers' machines, this very device as it was measured, and two to be typed in. */
export type MachineChoice = OffloadPresetId | 'device' | 'hardware' | 'times';
export const machineChoices: readonly MachineChoice[] = [...presetIds, 'device', 'hardware', 'times'];

/** Times given, times that follow from hardware, or times measured here. */
export type MachineKind = 'times' | 'hardware' | 'device';

const firstTexts = {
  preset: 'figure-4',
  policy: 'infmoe',
  rule: '',
  /** K; empty: what the budget or the preset gives. */
  slots: '',
  /** MiB; counts where it is given and K is not. */
  budget: '',
  /** Times given: α of each expert, β, and how many times the batch. */
  alpha: '',
  beta: '',
  batch: '',
  experts: '',
  layers: '',
  tokens: '',
  imbalance: '',
  /** Millions. */
  parameters: '',
  bits: '',
  /** TFLOP/s and GB/s. */
  compute: '',
  device: '',
  link: '',
  disk: '',
  /** Experts of a layer that the memory holds. */
  held: '',
  /** Of the layer that is run on this device. */
  width: '',
  ffn: '',
  /** Of the live model. */
  model: 'story-moe',
  livePolicy: 'lru',
  liveSlots: '',
  liveBudget: '',
  tier: 'memory',
};

export type OffloadTexts = { readonly [K in keyof typeof firstTexts]: string };
export type OffloadKey = keyof OffloadTexts;

export interface OffloadProblem {
  readonly key: OffloadKey;
  readonly sentence: string;
}

export interface OffloadReading {
  readonly texts: OffloadTexts;
  readonly choice: MachineChoice;
  readonly kind: MachineKind;
  readonly unit: OffloadPreset['unit'];
  readonly policy: PolicyId;
  readonly rule: SlotRule;
  /** What each field holds while nothing is typed. */
  readonly suggested: Readonly<Partial<Record<OffloadKey, string>>>;
  /** Null where a field cannot be used, and for this device, whose times are not of the form's business. */
  readonly machine: Machine | null;
  readonly hardware: Hardware | null;
  /** Of this device: the layer to be run, and K. */
  readonly layer: SyntheticLayer | null;
  readonly slots: number | null;
  /** Null where the times are given. */
  readonly bytesPerExpert: number | null;
  /** What the paper prints for this very machine and policy. */
  readonly printed: { readonly makespan: number; readonly digits: number } | null;
  /** Whether anything differs from the preset. */
  readonly edited: boolean;
  readonly tier: StoreTier;
  readonly problems: readonly OffloadProblem[];
}

const typedHardware: Hardware = {
  experts: 16,
  layers: 24,
  tokens: 4096,
  imbalance: 0.1,
  expertParameters: 50e6,
  bits: 16,
  flops: 50e12,
  deviceBandwidth: null,
  linkBandwidth: 16e9,
  disk: null,
  slots: 4,
  rule: 'strict',
};

/** Three experts of which the largest comes last in the index. */
const typedTimes: Machine = { computeTimes: [0.5, 1.5, 1, 2], loadTime: 1, slots: 2, rule: 'strict' };

/** So few tokens that a compute takes about as long as a load on a CPU: there the order of experts matters most. */
const typedLayer = { experts: 16, width: 384, ffnWidth: 1024, tokens: 32, imbalance: 0.1, slots: 4 };
/** Of the layer that is run here: more would keep a software adapter busy for minutes. */
const largestLayer = { experts: 64, width: 2048, ffnWidth: 8192, tokens: 4096 };

/** Machine fields: empty, all of them hold what the preset has. */
export const presetFields = {
  ...{ rule: '', slots: '', budget: '', alpha: '', beta: '', batch: '', experts: '', layers: '', tokens: '' },
  ...{ imbalance: '', parameters: '', bits: '', compute: '', device: '', link: '', disk: '', held: '' },
  ...{ width: '', ffn: '' },
} as const satisfies Partial<Record<OffloadKey, ''>>;

export const mostExperts = 64;
const mebibyte = 2 ** 20;

export function offloadTexts(changes: Readonly<Record<string, string>>): OffloadTexts {
  const known = Object.entries(changes).filter(([key]) => Object.hasOwn(firstTexts, key));
  return { ...firstTexts, ...Object.fromEntries(known) };
}

/** What the address carries once these fields were changed: what is a default leaves it. */
export function changedOffload(
  changes: Readonly<Record<string, string>>,
  values: Partial<OffloadTexts>,
): Readonly<Record<string, string>> {
  const own: Readonly<Record<string, string>> = firstTexts;
  return Object.fromEntries(Object.entries({ ...changes, ...values }).filter(([key, value]) => value !== own[key]));
}

export function readOffloadForm(changes: Readonly<Record<string, string>>): OffloadReading {
  const texts = offloadTexts(changes);
  const choice = machineChoices.find((known) => known === texts.preset) ?? 'figure-4';
  const policy = policyIds.find((known) => known === texts.policy) ?? 'infmoe';
  const fields = new Fields(texts);
  const edited = Object.keys(presetFields).some((key) => texts[key as OffloadKey] !== '');
  const tier = storeTiers.find((known) => known === texts.tier) ?? 'memory';
  const common = { texts, choice, policy, edited, tier };
  if (choice === 'device') return { ...common, ...readLayer(fields), problems: fields.problems };
  const preset: OffloadPreset | null = choice === 'hardware' || choice === 'times' ? null : presets[choice];
  const hardware = choice === 'hardware' ? typedHardware : (preset?.hardware ?? null);
  const read = hardware
    ? readHardware(fields, hardware)
    : readTimes(fields, preset?.machine ?? typedTimes, preset?.unit ?? 'β');
  const printed = preset?.printed[policy];
  const asPrinted = preset && read.machine && JSON.stringify(read.machine) === JSON.stringify(preset.machine);
  return {
    ...common,
    ...read,
    layer: null,
    printed: asPrinted && printed !== undefined ? { makespan: printed, digits: preset.digits } : null,
    problems: fields.problems,
  };
}

type Read = Pick<
  OffloadReading,
  'kind' | 'unit' | 'rule' | 'suggested' | 'machine' | 'hardware' | 'slots' | 'bytesPerExpert'
>;

function readTimes(fields: Fields, given: Machine, unit: OffloadPreset['unit']): Read {
  const suggested = {
    rule: given.rule,
    slots: String(given.slots),
    alpha: given.computeTimes.map((time) => shortest(time)).join(', '),
    beta: shortest(given.loadTime),
    batch: '1',
  };
  const rule = fields.rule(given.rule);
  const slots = fields.slots(given.slots, null);
  // What nobody typed keeps all its digits: the preset's own numbers, not those that are shown.
  const alpha = fields.times('alpha', given.computeTimes);
  const loadTime = fields.number('beta', given.loadTime, positive);
  const batch = fields.number('batch', 1, positive);
  const complete = slots !== null && alpha !== null && loadTime !== null && batch !== null;
  const machine = complete ? { computeTimes: alpha.map((time) => time * batch), loadTime, slots, rule } : null;
  return {
    ...{ kind: 'times', unit, rule, suggested, slots, hardware: null, bytesPerExpert: null },
    machine: machine && fields.checked('alpha', machine),
  };
}

function readHardware(fields: Fields, given: Hardware): Read {
  const suggested = {
    rule: given.rule,
    slots: String(given.slots),
    experts: String(given.experts),
    layers: String(given.layers),
    tokens: String(given.tokens),
    imbalance: String(given.imbalance),
    parameters: shortest(given.expertParameters / 1e6),
    bits: String(given.bits),
    compute: shortest(given.flops / 1e12),
    device: given.deviceBandwidth === null ? '' : shortest(given.deviceBandwidth / 1e9),
    link: shortest(given.linkBandwidth / 1e9),
    disk: given.disk === null ? '' : shortest(given.disk.bandwidth / 1e9),
    held: given.disk === null ? '' : String(given.disk.memoryExperts),
  };
  const rule = fields.rule(given.rule);
  const experts = fields.number('experts', given.experts, whole(1, mostExperts));
  const layers = fields.number('layers', given.layers, whole(1, 1000));
  const tokens = fields.number('tokens', given.tokens, whole(1, 100_000_000));
  const imbalance = fields.number('imbalance', given.imbalance, between(0, 1));
  const parameters = fields.number('parameters', given.expertParameters / 1e6, positive);
  const bits = fields.number('bits', given.bits, whole(1, 32));
  const compute = fields.number('compute', given.flops / 1e12, positive);
  const device = fields.optional('device', given.deviceBandwidth === null ? null : given.deviceBandwidth / 1e9);
  const link = fields.number('link', given.linkBandwidth / 1e9, positive);
  const disk = fields.optional('disk', given.disk === null ? null : given.disk.bandwidth / 1e9);
  // A disk without a word about the memory: half of a layer's experts are in it.
  const held = fields.number('held', given.disk?.memoryExperts ?? Math.ceil((experts ?? 2) / 2), whole(1, mostExperts));
  const size = parameters !== null && bits !== null ? { expertParameters: parameters * 1e6, bits } : null;
  const bytes = size && expertBytes(size);
  const slots = fields.slots(given.slots, bytes);
  const base = { kind: 'hardware', unit: 'ms', rule, suggested, slots, bytesPerExpert: bytes } as const;
  if (experts === null || layers === null || tokens === null || imbalance === null || compute === null)
    return { ...base, machine: null, hardware: null };
  if (link === null || size === null || slots === null || device === undefined || disk === undefined || held === null)
    return { ...base, machine: null, hardware: null };
  const hardware: Hardware = {
    ...{ experts, layers, tokens, imbalance, ...size, slots, rule },
    flops: compute * 1e12,
    deviceBandwidth: device === null ? null : device * 1e9,
    linkBandwidth: link * 1e9,
    disk: disk === null ? null : { bandwidth: disk * 1e9, memoryExperts: held },
  };
  return { ...base, hardware, machine: fields.checked('tokens', machineOf(hardware)) };
}

function readLayer(fields: Fields): Read & Pick<OffloadReading, 'layer' | 'printed'> {
  const { experts: E, width: C, ffnWidth: F, tokens: T } = largestLayer;
  const suggested = {
    rule: 'strict',
    slots: String(typedLayer.slots),
    experts: String(typedLayer.experts),
    tokens: String(typedLayer.tokens),
    imbalance: String(typedLayer.imbalance),
    width: String(typedLayer.width),
    ffn: String(typedLayer.ffnWidth),
  };
  const experts = fields.number('experts', typedLayer.experts, whole(2, E));
  const width = fields.number('width', typedLayer.width, multipleOf(8, C));
  const ffnWidth = fields.number('ffn', typedLayer.ffnWidth, multipleOf(8, F));
  const tokens = fields.number('tokens', typedLayer.tokens, whole(1, T));
  const imbalance = fields.number('imbalance', typedLayer.imbalance, between(0, 1));
  // Random weights of 32 bits: gate, up and down.
  const bytes = width !== null && ffnWidth !== null ? 4 * 3 * width * ffnWidth : null;
  const slots = fields.slots(typedLayer.slots, bytes);
  const complete = experts !== null && width !== null && ffnWidth !== null && tokens !== null && imbalance !== null;
  return {
    ...{ kind: 'device', unit: 'ms', rule: fields.rule('strict'), suggested, slots, bytesPerExpert: bytes },
    ...{ machine: null, hardware: null, printed: null },
    layer: complete ? { experts, width, ffnWidth, tokens, imbalance, seed: 1 } : null,
  };
}

/** What the live part asks for; null where K or the budget cannot be used. The model says how large an expert is. */
export interface LiveReading {
  readonly setup: Omit<OffloadSetup, 'backend'> | null;
  readonly policy: OffloadPolicyId;
  readonly tier: StoreTier;
  readonly problems: readonly OffloadProblem[];
}

export function readLive(
  changes: Readonly<Record<string, string>>,
  model: { readonly bytesPerExpert: number; readonly experts: number; readonly layers: readonly number[] } | null,
): LiveReading {
  const texts = offloadTexts(changes);
  const fields = new Fields(texts);
  const policy = offloadPolicyIds.find((known) => known === texts.livePolicy) ?? 'lru';
  const tier = storeTiers.find((known) => known === texts.tier) ?? 'memory';
  const all = model ? model.experts * model.layers.length : mostExperts * 1000;
  const typed = fields.number('liveSlots', 8, slotCount(all));
  const budget = fields.budget('liveBudget', model?.bytesPerExpert ?? null);
  // A policy that moves nothing needs all of them.
  const slots = policy === 'resident' ? all : typed;
  const usable = (policy === 'resident' || typed !== null) && budget !== undefined;
  return {
    setup:
      usable && slots !== null ? { policy, slots, budgetBytes: policy === 'resident' ? null : budget, tier } : null,
    ...{ policy, tier, problems: fields.problems },
  };
}

/** A check of a number: the sentence about it where it cannot be used. */
type Check = (value: number) => string | null;

const words = offloadText.form;
const positive: Check = (value) => (value > 0 && value < Infinity ? null : words.positive);
const between =
  (least: number, most: number): Check =>
  (value) =>
    value >= least && value <= most ? null : words.between(least, most);
const whole =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && value >= least && value <= most ? null : words.whole(least, most);
const multipleOf =
  (step: number, most: number): Check =>
  (value) =>
    Number.isInteger(value / step) && value >= step && value <= most ? null : words.multiple(step, most);
const slotCount =
  (most: number): Check =>
  (value) =>
    value === 0 ? words.noSlot(most) : whole(1, most)(value);

/** Reads fields one by one and gathers the sentences. */
class Fields {
  readonly problems: OffloadProblem[] = [];

  constructor(private readonly texts: OffloadTexts) {}

  /** The suggested value where nothing is typed; null where it cannot be used. */
  number(key: OffloadKey, suggested: number, check: Check): number | null {
    const text = this.texts[key];
    if (text.trim() === '') return suggested;
    const value = numberOf(text);
    return this.#problem(key, Number.isNaN(value) ? words.noNumber(text) : check(value)) ? null : value;
  }

  /** A word for "none" where there may be none; undefined where it cannot be used. */
  optional(key: OffloadKey, suggested: number | null): number | null | undefined {
    const text = this.texts[key].trim();
    if (text === '') return suggested;
    if (/^(-|–|0|none)$/i.test(text)) return null;
    return this.number(key, 0, positive) ?? undefined;
  }

  times(key: OffloadKey, suggested: readonly number[]): readonly number[] | null {
    const text = this.texts[key].trim();
    if (text === '') return suggested;
    const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
    const wrong = parts.find((part) => !(Number(part) >= 0 && Number(part) < Infinity));
    const sentence =
      wrong !== undefined
        ? words.noTime(wrong)
        : parts.length > mostExperts
          ? words.manyTimes(parts.length, mostExperts)
          : parts.every((part) => Number(part) === 0)
            ? words.noTimes
            : null;
    return this.#problem(key, sentence) ? null : parts.map(Number);
  }

  rule(suggested: SlotRule): SlotRule {
    return slotRules.find((known) => known === this.texts.rule) ?? suggested;
  }

  /** K as typed, or what the budget holds. */
  slots(suggested: number, bytes: number | null): number | null {
    const { slots, budget } = this.texts;
    if (slots.trim() !== '' || budget.trim() === '' || bytes === null)
      return this.number('slots', suggested, slotCount(mostExperts));
    const bound = this.budget('budget', bytes);
    return bound === undefined || bound === null ? null : Math.min(mostExperts, Math.floor(bound / bytes));
  }

  /** Bytes of a field of MiB; null where none is given, undefined where it cannot be used or holds no expert. */
  budget(key: 'budget' | 'liveBudget', bytesPerExpert: number | null): number | null | undefined {
    if (this.texts[key].trim() === '') return null;
    const value = this.number(key, 0, positive);
    if (value === null) return undefined;
    const small = bytesPerExpert !== null && value * mebibyte < bytesPerExpert;
    if (small) this.#problem(key, words.small(bytesPerExpert, value * mebibyte));
    return small ? undefined : value * mebibyte;
  }

  /** The machine, or a sentence about it under the field. */
  checked(key: OffloadKey, machine: Machine): Machine | null {
    try {
      return parseMachine(machine);
    } catch (error) {
      this.#problem(key, error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  #problem(key: OffloadKey, sentence: string | null): boolean {
    if (sentence !== null) this.problems.push({ key, sentence });
    return sentence !== null;
  }
}

/** 20480, 20,480 or 20 480, and 0.5; not a number where it is none. */
function numberOf(text: string): number {
  const digits = text.replaceAll(/[,\s]/g, '');
  return digits === '' ? Number.NaN : Number(digits);
}

/** At most five digits: for what is shown in a field, and a link. */
export function shortest(value: number): string {
  return String(Number(value.toPrecision(5)));
}

/** Bytes of K slots, in MiB, as a field shows them. */
export function budgetText(slots: number, bytesPerExpert: number): string {
  return shortest((slots * bytesPerExpert) / mebibyte);
}

/** A little more than it takes, so that rounding does not break again what is mended. */
const generous = 1.0005;

/** The fields that change when an order's constraints are mended in this way. */
export function mendedTexts(mend: Mend, { machine, hardware, slots, texts }: OffloadReading): Partial<OffloadTexts> {
  const more: Partial<OffloadTexts> = mend.slots > (slots ?? 0) ? { slots: String(mend.slots), budget: '' } : {};
  if (mend.kind === 'more slots' || !machine) return more;
  const factor = mend.factor * generous;
  const larger = mend.kind === 'larger batch';
  if (hardware) {
    const change = larger
      ? { tokens: String(Math.ceil(hardware.tokens * factor)) }
      : { link: shortest((hardware.linkBandwidth / 1e9) * factor) };
    return { ...more, ...change };
  }
  const batch = texts.batch.trim() === '' ? 1 : numberOf(texts.batch);
  return { ...more, ...(larger ? { batch: shortest(batch * factor) } : { beta: shortest(machine.loadTime / factor) }) };
}
