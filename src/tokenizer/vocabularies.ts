/**
 * Vocabularies that need no training, as a tokenizer.json without merges: the characters of a text, or the 256 bytes.
 *
 * Characters stand in the order of their code points. Marked documents take three more ids (begin, end, pad). A character
 * that the text lacks is the unknown token where `unknown` is set, one id for all of them, and is left out otherwise: so
 * without marks and without unknown a vocabulary has exactly the characters of the text, as nanoGPT's character recipes have.
 */

import { defaultSpecialTokens, makeTokenizerJson, type TokenizerJson } from './tokenizerJson';

export interface VocabularyOptions {
  /** Begin, end and pad tokens, which mark where documents begin and end. */
  readonly documentTokens: boolean;
}

export function charactersTokenizerJson(
  characters: Iterable<string>,
  { documentTokens, unknown }: VocabularyOptions & { readonly unknown: boolean },
): TokenizerJson {
  const sorted = [...characters].sort((a, b) => (a.codePointAt(0) as number) - (b.codePointAt(0) as number));
  return makeTokenizerJson({
    special: documentTokens ? defaultSpecialTokens : null,
    fallback: unknown ? 'unknown' : 'none',
    characters: sorted,
    merges: [],
  });
}

export function bytesTokenizerJson({ documentTokens }: VocabularyOptions): TokenizerJson {
  const special = documentTokens ? defaultSpecialTokens : null;
  return makeTokenizerJson({ special, fallback: 'bytes', characters: [], merges: [] });
}
