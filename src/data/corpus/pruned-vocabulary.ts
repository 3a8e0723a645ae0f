/**
 * The tokenizer of a shipped model, cut down to some of its pieces for a run: the text is counted as the whole tokenizer
 * writes it, and the pieces that stay are the first of an order of src/tokenizer/prune. Nothing is learned anew.
 */
import { alwaysKept, formationsOf, orderOf } from '../../tokenizer/prune/order';
import { keptIds } from '../../tokenizer/prune/pruned';
import { pruneTokenizerJson } from '../../tokenizer/prune/pruned-json';
import { tokenCounts, WordCounter } from '../../tokenizer/prune/word-counts';
import { Tokenizer } from '../../tokenizer/tokenizer';
import type { VocabularyChoice } from './choice';

type PrunedChoice = Extract<VocabularyChoice, { kind: 'pruned' }>;

/**
 * The tokenizer.json of the choice. `whole`: that of the model which it names; `documents`: the text to learn from. Yields
 * UTF-16 units counted. Throws a sentence for a size that this tokenizer cannot be cut to.
 */
export function* prunedTokenizerJson(
  { from, size, method }: PrunedChoice,
  whole: unknown,
  documents: readonly { readonly text: string }[],
): Generator<{ readonly done: number; readonly total: number }, unknown, void> {
  const tokenizer = Tokenizer.parse(whole, `the tokenizer of ${from}`);
  const { tables, vocabularySize } = tokenizer;
  const always = alwaysKept(tables).reduce((sum, kept) => sum + kept, 0);
  if (size < always) {
    throw new Error(
      `${always} pieces of the tokenizer of ${from} always stay, ${size} are wanted: choose at least ${always}.`,
    );
  }
  if (size > vocabularySize) {
    throw new Error(
      `The tokenizer of ${from} has ${vocabularySize} pieces, ${size} are wanted: choose at most ${vocabularySize}.`,
    );
  }
  const counter = new WordCounter(tokenizer);
  const total = documents.reduce((sum, { text }) => sum + text.length, 0);
  let done = 0;
  for (const { text } of documents) {
    for (const counted of counter.add(text)) {
      done += counted;
      yield { done, total };
    }
  }
  const counts = tokenCounts(counter.take(), vocabularySize).all;
  const order = orderOf(tables, formationsOf(tokenizer), { method, counts, zhShare: 0 });
  return pruneTokenizerJson(whole, keptIds(tables, order, size));
}
