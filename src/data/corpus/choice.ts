/** What a run learns from and how its text becomes tokens: plain data that stands in a recipe. */

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
  | { readonly kind: 'bpe'; readonly size: number };

/**
 * How held-out text is chosen. `hash`: a share of the documents, by a hash of their text. `tail`: the last tenth; of a file
 * its last characters, the text unchanged and unmarked, as in nanoGPT's recipes.
 */
export type Split = 'hash' | 'tail';
