/** The presets of the Architecture panel, in the order in which they are shown. Their words are under their ids in src/ui/i18n/architecture.ts. */
import { deepnorm, queryLayer } from './other-papers';
import { tokensPerParameter } from './ours';
import { pairSeries, parts, series, shortcut } from './pangu-pi';
import { batchRate, gqa, heads, initialisation, weightDecay } from './pangu-pi-pro-details';
import { depthWidth, expansion, random } from './pangu-pi-pro-sizes';
import { prunedVocabulary, vocabulary } from './pangu-pi-pro-vocabulary';

export const presets = [
  depthWidth,
  expansion,
  random,
  vocabulary,
  prunedVocabulary,
  initialisation,
  heads,
  gqa,
  weightDecay,
  batchRate,
  series,
  shortcut,
  parts,
  pairSeries,
  queryLayer,
  deepnorm,
  tokensPerParameter,
] as const;

export type PresetId = (typeof presets)[number]['id'];
