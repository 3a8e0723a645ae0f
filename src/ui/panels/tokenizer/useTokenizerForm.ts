/** The form of the panel as components read it, and the questions that follow from it by themselves. */
import { useEffect } from 'react';
import type { TokenizerReport } from '../../../worker/tokenizer-protocol';
import { useSettings } from '../../state/settings';
import { useTokenizer } from '../../state/tokenizer';
import { listPieces, openVocabulary, prune, readText } from '../../state/tokenizer-commands';
import { readTokenizerForm, type TokenizerKey, type TokenizerReading } from '../../state/tokenizer-form';

/** Every field asks for the same reading: it is made once. */
let last: {
  readonly changes: object;
  readonly tokenizer: TokenizerReport | null;
  readonly reading: TokenizerReading;
} | null = null;

export function useTokenizerForm(): TokenizerReading {
  const changes = useSettings((state) => state.tokenizer);
  const tokenizer = useTokenizer((state) => state.tokenizer);
  if (last?.changes === changes && last.tokenizer === tokenizer) return last.reading;
  const reading = readTokenizerForm(changes, tokenizer);
  last = { changes, tokenizer, reading };
  return reading;
}

/** The sentences about a field. */
export function useSentences(key: TokenizerKey): readonly string[] {
  return useTokenizerForm()
    .problems.filter((problem) => problem.key === key)
    .map(({ sentence }) => sentence);
}

/** Whether the pruning on the page goes by the count on the page. */
export function useIsPruned(): boolean {
  return useTokenizer(({ count, pruned }) => pruned !== null && pruned.of === count);
}

/** Opens the vocabulary of the address, prunes as the form says, and reads and lists with what came of it. */
export function useFollow(): void {
  const { texts, pruning, filter } = useTokenizerForm();
  const tokenizer = useTokenizer((state) => state.tokenizer);
  const count = useTokenizer((state) => state.count);
  const pruned = useTokenizer((state) => state.pruned);
  const isPruned = useIsPruned();
  useEffect(() => openVocabulary(texts.vocabulary), [texts.vocabulary]);
  const wanted = pruning && JSON.stringify(pruning);
  const here = isPruned && pruned ? JSON.stringify(pruned.pruning) : null;
  useEffect(() => {
    if (!count || wanted === null || wanted === here) return;
    prune(JSON.parse(wanted));
  }, [count, wanted, here]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another count or pruning reads the same text anew.
  useEffect(() => {
    if (tokenizer) readText(texts.view);
  }, [tokenizer, count, pruned, texts.view]);
  const listed = JSON.stringify(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another pruning makes another list.
  useEffect(() => {
    if (isPruned) listPieces(JSON.parse(listed));
  }, [isPruned, pruned, listed]);
}
