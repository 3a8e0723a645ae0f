/** `lab offload simulate`: in which order experts are loaded and computed, how long that takes, and what waits for what. */
import { readFileSync } from 'node:fs';
import { type ConstraintCheck, checkConstraints, type Mend } from '../../offload/constraints';
import { type Machine, parseMachine, parseRule } from '../../offload/machine';
import { type PolicyId, parsePolicy, policies, policyIds, policyMachine, runPolicy } from '../../offload/policies';
import { type OffloadPreset, parsePreset, presetIds, presets } from '../../offload/presets';
import type { Timeline } from '../../offload/simulate';
import { type Command, type Options, print, UsageError } from '../command';

export const offloadSimulateCommand: Command = {
  summary: 'simulates experts that are loaded while others compute, under any policy',
  options: {
    config: {
      value: '<file>',
      about: 'JSON: computeTimes, loadTime, slots; rule, resident, tiers, overlap, policy if wanted',
    },
    preset: { value: presetIds.join('|'), about: 'a machine from the papers instead' },
    policy: { value: `all|${policyIds.join('|')}`, about: 'which order; all, or what the config says' },
    rule: { value: 'paper|strict', about: 'when a load may start; what the config says' },
    slots: { value: '<n>', about: 'experts that the device holds; what the config says' },
    json: { value: '', about: 'a JSON line a policy, experts counted from 0 (in the text from 1, as in the paper)' },
  },
  async run(options) {
    const { machine, policy, unit } = settingsOf(options);
    const json = options.flag('json');
    if (!json) process.stdout.write(`${machineLine(machine, unit)}\n`);
    for (const id of policy === 'all' ? policyIds : [policy]) {
      const { name, source } = policies[id];
      const head = { policy: id, name, source, rule: machine.rule, slots: machine.slots, unit };
      const outcome = outcomeOf(machine, id, policy === 'all');
      if ('refused' in outcome) {
        print(json, { ...head, ...outcome }, () => `\n${id}: ${outcome.refused}`);
        continue;
      }
      const { timeline, constraints } = outcome;
      const { order, makespan, bound, waits, peakResidency, residency, reads, loads, computes } = timeline;
      const lanes = { reads, loads, computes };
      print(
        json,
        { ...head, order, makespan, bound, waits, constraints, peakResidency, timeline: { ...lanes, residency } },
        () => `\n${lines(id, timeline, constraints, unit)}`,
      );
    }
  },
};

interface Settings {
  readonly machine: Machine;
  readonly policy: PolicyId | 'all';
  readonly unit: string;
}

/** Whatever is wrong with an option or the file is an error of use. */
function settingsOf(options: Options): Settings {
  try {
    const { machine, policy, unit } = source(options);
    const chosen = options.optional('policy') ?? policy ?? 'all';
    const rule = options.optional('rule');
    const slots = options.optional('slots') === undefined ? undefined : options.integer('slots', 1, 1_000_000);
    return {
      machine: parseMachine({ ...machine, ...(rule && { rule: parseRule(rule) }), ...(slots && { slots }) }),
      policy: chosen === 'all' ? 'all' : parsePolicy(chosen),
      unit,
    };
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

function source(options: Options): { machine: object; policy?: unknown; unit: string } {
  const file = options.optional('config');
  const preset = options.optional('preset');
  if ((file === undefined) === (preset === undefined)) {
    throw new UsageError(`Give either --config FILE or --preset, one of ${presetIds.join(', ')}.`);
  }
  if (file === undefined) {
    const { machine, unit }: OffloadPreset = presets[parsePreset(preset)];
    return { machine, unit };
  }
  const config: unknown = readConfig(file);
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new UsageError(`${file} holds no JSON object: give one with computeTimes, loadTime and slots.`);
  }
  const { policy, ...machine } = config as { policy?: unknown };
  return { machine, policy, unit: '' };
}

function readConfig(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is no JSON: ${error instanceof Error ? error.message : error}.`);
  }
}

type Outcome = { timeline: Timeline; constraints: ConstraintCheck } | { refused: string };

/** Among all policies, one that refuses (the search beyond its limit) is a line like the others. */
function outcomeOf(machine: Machine, id: PolicyId, among: boolean): Outcome {
  try {
    const timeline = runPolicy(machine, id);
    return { timeline, constraints: checkConstraints(policyMachine(machine, id), timeline.order) };
  } catch (error) {
    if (among && error instanceof RangeError) return { refused: error.message };
    throw error;
  }
}

const number = (value: number): string => String(Number(value.toPrecision(6)));

function machineLine({ computeTimes, loadTime, slots, rule, tiers }: Machine, unit: string): string {
  const time = (value: number) => `${number(value)} ${unit}`.trim();
  const disk = tiers ? `, ${time(tiers.diskTime)} from disk, ${tiers.memoryExperts} in memory` : '';
  return `${computeTimes.length} experts, ${time(loadTime)} a load, ${slots} slots, ${rule} rule${disk}`;
}

function lines(id: PolicyId, timeline: Timeline, constraints: ConstraintCheck, unit: string): string {
  const { order, makespan, bound, waits, peakResidency } = timeline;
  const waited = waits.filter(({ lane }) => lane === 'compute').reduce((sum, { start, end }) => sum + end - start, 0);
  const broken = [
    ...(constraints.uncovered.length > 0 ? [`(i) broken at t = ${ranges(constraints.uncovered)}`] : []),
    ...(constraints.overfull.length > 0 ? [`(ii) broken at t = ${ranges(constraints.overfull)}`] : []),
    ...constraints.mends.map((mend) => `would mend it: ${mendText(mend)}`),
  ];
  return [
    `${id} (${policies[id].source}): ${`${number(makespan)} ${unit}`.trim()}, at best ${number(bound)}`,
    `  order ${order.map((expert) => expert + 1).join('-') || 'empty'}`,
    `  compute waits ${number(waited)}, at most ${peakResidency} experts on the device`,
    ...broken.map((line) => `  ${line}`),
  ].join('\n');
}

/** "2–4, 7" for 2, 3, 4, 7. */
function ranges(places: readonly number[]): string {
  const starts = places.filter((place) => !places.includes(place - 1));
  const ends = places.filter((place) => !places.includes(place + 1));
  return starts.map((start, index) => (start === ends[index] ? `${start}` : `${start}–${ends[index]}`)).join(', ');
}

function mendText(mend: Mend): string {
  const slots = `${mend.slots} ${mend.slots === 1 ? 'slot' : 'slots'}`;
  return mend.kind === 'more slots' ? slots : `${mend.kind} by ${number(mend.factor)}, with ${slots}`;
}
