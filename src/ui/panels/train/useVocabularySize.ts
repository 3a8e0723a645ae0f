/** How many tokens a vocabulary has, as far as that is known before the text was read; null when only counting tells. */
import { useEffect, useState } from 'react';
import type { VocabularyChoice } from '../../../train/recipe';

/** 256 bytes, and the tokens that begin, end and pad a document. */
const byteVocabulary = 259;

export function useVocabularySize(vocabulary: VocabularyChoice): number | null {
  const [shipped, setShipped] = useState<{ readonly id: string; readonly size: number } | null>(null);
  const id = vocabulary.kind === 'shipped' ? vocabulary.id : null;
  useEffect(() => {
    if (id === null) return;
    let current = true;
    fetchSize(id).then(
      (size) => current && setShipped({ id, size }),
      () => current && setShipped(null),
    );
    return () => {
      current = false;
    };
  }, [id]);
  switch (vocabulary.kind) {
    case 'bpe':
      return vocabulary.size;
    case 'bytes':
      return byteVocabulary;
    case 'shipped':
      return shipped?.id === id ? shipped.size : null;
    default:
      return null;
  }
}

async function fetchSize(id: string): Promise<number> {
  const response = await fetch(new URL(`models/${id}/config.json`, document.baseURI));
  if (!response.ok) throw new Error(String(response.status));
  const config: { readonly vocab_size: number } = await response.json();
  return config.vocab_size;
}
