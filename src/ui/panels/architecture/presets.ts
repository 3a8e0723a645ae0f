/** The questions that the panel offers, in the order of its list. */
import { presets } from '../../../lab/experiments/presets';
import type { Preset } from '../../../lab/experiments/presets/preset';

export const presetList: readonly Preset[] = presets;
