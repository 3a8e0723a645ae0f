/** A caveat as a sentence. */
import type { Caveat } from '../../../lab/experiments/caveats';
import type { ExperimentRecord } from '../../../lab/experiments/experiment';
import { architectureText } from '../../i18n/architecture-text';
import { armName } from './names';

export function caveatText(caveat: Caveat, { arms, experiment }: ExperimentRecord): string {
  const words = architectureText.caveats;
  const names = (ids: readonly string[]) =>
    arms
      .filter(({ id }) => ids.includes(id))
      .map((arm) => armName(arm, experiment))
      .join(', ');
  switch (caveat.kind) {
    case 'tokensPerParameter':
      return words.tokensPerParameter(...caveat.here, caveat.paper);
    case 'sizeRatio':
      return words.sizeRatio(caveat.ratio);
    case 'noSearch':
      return words.noSearch;
    case 'edge':
      return words.edge(names(caveat.arms));
    case 'fewSeeds':
      return words.fewSeeds(caveat.n);
    case 'unfinished':
      return words.unfinished(caveat.runs);
    case 'diverged':
      return words.diverged(names(caveat.arms));
    case 'mismatch':
      return words.mismatch(caveat.largest);
    case 'unequalSizes':
      return words.unequalSizes(...caveat.parameters);
    case 'unequalTokens':
      return words.unequalTokens(...caveat.tokens);
    case 'comparisons':
      return words.comparisons(caveat.pairs);
    case 'adapters':
      return words.adapters(caveat.names.join(', '));
    default:
      return caveat satisfies never;
  }
}
