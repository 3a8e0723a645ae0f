/** What a run learns from and how its text becomes tokens: plain data that stands in a recipe. */
import type { PruneMethod } from '../../tokenizer/prune/report';
import type { HeldOutUnit } from '../batches/held-out';

export type CorpusChoice =
  /** The project's own stories; the share of documents whose first language is Chinese, 0 to 1. */
  | { readonly kind: 'storyworld'; readonly zhShare: number }
  /** Texts of public/corpora, by id; the documents of several are mixed. */
  | { readonly kind: 'texts'; readonly ids: readonly string[] }
  /** A plain text file of the user's. */
  | { readonly kind: 'file'; readonly name: string };

export type VocabularyChoice =
  /** The tokenizer of a shipped model. */
  | { readonly kind: 'shipped'; readonly id: string }
  | { readonly kind: 'characters' }
  | { readonly kind: 'bytes' }
  /** Trained on the text before the run; `size` counts all pieces. */
  | { readonly kind: 'bpe'; readonly size: number }
  /** The tokenizer of the shipped model `from`, cut down to `size` pieces by their frequency in the text before the run. */
  | { readonly kind: 'pruned'; readonly from: string; readonly size: number; readonly method: PruningMethod };

/** `frequency`: the most frequent pieces stay. `closed`: a piece stays with all pieces that it is merged from. */
export const pruningMethods = ['frequency', 'closed'] as const satisfies readonly PruneMethod[];
export type PruningMethod = (typeof pruningMethods)[number];

/** Sizes that a pruned vocabulary may be asked to have; whether its tokenizer can be cut to them shows when it is read. */
const [least, most] = [256, 8192];

/** Null for a pruned vocabulary that some tokenizer may have, else a sentence; the values come from a file or a form. */
export function prunedProblem({ from, size, method }: Readonly<Record<string, unknown>>): string | null {
  if (typeof from !== 'string' || from === '') {
    return `vocabulary.from is ${JSON.stringify(from)}: name the shipped model whose tokenizer is pruned.`;
  }
  if (typeof size !== 'number' || !Number.isInteger(size) || size < least || size > most) {
    return `vocabulary.size is ${JSON.stringify(size)}: choose a whole number from ${least} to ${most}.`;
  }
  if (pruningMethods.some((known) => known === method)) return null;
  return `vocabulary.method is ${JSON.stringify(method)}: choose ${pruningMethods.join(' or ')}.`;
}

/**
 * What the limit of held-out text counts. Prunings of one tokenizer are compared with each other, and parts of a text differ by
 * more than they do: so all of them are scored on the same characters.
 */
export function heldOutUnit({ kind }: VocabularyChoice): HeldOutUnit {
  return kind === 'pruned' ? 'characters' : 'tokens';
}

/**
 * How held-out text is chosen. `hash`: a share of the documents, by a hash of their text. `tail`: the last tenth; of a file
 * its last characters, the text unchanged and unmarked, as in nanoGPT's recipes.
 */
export type Split = 'hash' | 'tail';
