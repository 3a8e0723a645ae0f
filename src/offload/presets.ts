/**
 * Machines with numbers from the papers. What a paper prints is in `printed`; what it leaves open, and was chosen here so
 * that its numbers come out, says `about`.
 */
import { type Hardware, machineOf } from './hardware';
import type { Machine } from './machine';
import type { PolicyId } from './policies';
import { type HardwarePreset, hardwarePresets } from './presets-hardware';

export interface OffloadPreset {
  readonly name: string;
  readonly source: string;
  readonly about: string;
  readonly unit: 'β' | 's' | 'ms';
  readonly machine: Machine;
  /** What the machine follows from; absent where a paper gives the times themselves. */
  readonly hardware?: Hardware;
  /** Makespans as printed or read off a plot, in the unit, and how many digits can be trusted. */
  readonly printed: Readonly<Partial<Record<PolicyId, number>>>;
  readonly digits: number;
}

/** The machine of a preset of hardware; nothing is printed to compare it with. */
function onHardware<P extends HardwarePreset>(preset: P) {
  return { ...preset, unit: 'ms', machine: machineOf(preset.hardware), printed: {}, digits: 0 } as const;
}

export const presets = {
  'figure-4': {
    name: 'CPM-2, Figure 4',
    source: 'CPM-2 (2106.10715), Figure 4; bar lengths measured on the drawing',
    about: 'Four experts, in index order and in the order 4-1-3-2. K is not printed: 2, as in the public code.',
    unit: 'β',
    machine: { computeTimes: [0.32, 0.51, 0.87, 1.94], loadTime: 1, slots: 2, rule: 'paper' },
    printed: { ring: 5.94, infmoe: 4.64 },
    digits: 2,
  },
  'figure-5': {
    name: 'CPM-2, Figure 5',
    source: 'CPM-2 (2106.10715), Figure 5, read off the plot',
    about:
      '32 experts, compute 0.77 s and loads 0.80 s in all. The paper gives neither the load of each expert nor K: here six experts at the end of the index get 0.685 s, the others share the rest, and K is 5, chosen so that both printed times come out.',
    unit: 's',
    machine: {
      computeTimes: Array.from({ length: 32 }, (_, expert) => (expert < 26 ? (0.77 - 0.685) / 26 : 0.685 / 6)),
      loadTime: 0.8 / 32,
      slots: 5,
      rule: 'strict',
    },
    printed: { ring: 1.36, infmoe: 0.89 },
    digits: 2,
  },
  'glm-130b': {
    name: 'GLM-130B, 13 layers streamed',
    source: 'GLM-130B (2210.02414), BMInf on eight V100: 13 of 70 layers a pass, 75 ms each at 6.19 GB/s',
    about:
      'A dense model, layer by layer, for one token. A step computes a streamed layer and its share of the resident ones (70/13 layers), each as long as reading its 0.464 GB at the 900 GB/s of a V100: derived, not printed. K is 2.',
    unit: 'ms',
    machine: {
      computeTimes: Array.from({ length: 13 }, () => ((70 / 13) * 75 * 6.19) / 900),
      loadTime: 75,
      slots: 2,
      rule: 'strict',
    },
    printed: {},
    digits: 0,
  },
  'cpm-2-v100': onHardware(hardwarePresets['cpm-2-v100']),
  'cpm-2-consumer': onHardware(hardwarePresets['cpm-2-consumer']),
  phone: onHardware(hardwarePresets.phone),
} as const satisfies Record<string, OffloadPreset>;

export type OffloadPresetId = keyof typeof presets;
export const presetIds = Object.keys(presets) as OffloadPresetId[];

export function parsePreset(id: unknown): OffloadPresetId {
  const known = presetIds.find((candidate) => candidate === id);
  if (!known) throw new RangeError(`There is no preset ${JSON.stringify(id)}: choose ${presetIds.join(', ')}.`);
  return known;
}
