/** Which runs a filter leaves: those in which every word of it stands somewhere. */
import { corpusText, vocabularyText } from '../../../lab/recipe-differences';
import { text } from '../../i18n/catalogue';
import type { RunEntry } from '../../state/runs';

export function filterEntries(entries: readonly RunEntry[], filter: string): readonly RunEntry[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0
    ? entries
    : entries.filter((entry) => {
        const said = saidOf(entry);
        return words.every((word) => said.includes(word));
      });
}

function saidOf({ run, name }: RunEntry): string {
  const { recipe } = run;
  return [
    name,
    text.runs.states[run.state],
    corpusText(recipe.corpus),
    vocabularyText(recipe.vocabulary),
    recipe.optimizer,
    `seed ${recipe.seed}`,
    run.adapter,
  ]
    .join(' ')
    .toLowerCase();
}
