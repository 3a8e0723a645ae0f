/** The strings of the Tokenizer panel in the language of the page, fetched with the panel. */
import { tokenizer } from './tokenizer';
import { tokenizerResults } from './tokenizer-results';

export const tokenizerText = {
  ...tokenizer,
  ...tokenizerResults,
  view: { ...tokenizer.view, ...tokenizerResults.view },
};
