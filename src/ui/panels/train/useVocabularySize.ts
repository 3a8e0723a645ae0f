/** How many tokens a vocabulary has: as counted, or as far as that is known before; null when only counting tells. */
import { useEffect, useState } from 'react';
import type { Recipe } from '../../../train/recipe';
import { useTraining } from '../../state/training';

/** 256 bytes, and the tokens that begin, end and pad a document. */
const byteVocabulary = 259;

export function useVocabularySize({ vocabulary, corpus }: Recipe): number | null {
  const counted = useTraining(({ prepared, shown }) => {
    const same = [prepared, shown].find((entry) => entry && sameData(entry.recipe, { vocabulary, corpus }));
    return same?.facts.vocabulary ?? null;
  });
  const shipped = useShippedSize(vocabulary.kind === 'shipped' ? vocabulary.id : null);
  if (counted !== null) return counted;
  switch (vocabulary.kind) {
    case 'bpe':
    case 'pruned':
      return vocabulary.size;
    case 'bytes':
      return byteVocabulary;
    case 'shipped':
      return shipped;
    default:
      return null;
  }
}

/** Tokens of a shipped model's vocabulary; null until it is read, and for no model. */
export function useShippedSize(id: string | null): number | null {
  const [shipped, setShipped] = useState<{ readonly id: string; readonly size: number } | null>(null);
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
  return shipped !== null && shipped.id === id ? shipped.size : null;
}

function sameData(a: Pick<Recipe, 'vocabulary' | 'corpus'>, b: Pick<Recipe, 'vocabulary' | 'corpus'>): boolean {
  return JSON.stringify([a.vocabulary, a.corpus]) === JSON.stringify([b.vocabulary, b.corpus]);
}

async function fetchSize(id: string): Promise<number> {
  const response = await fetch(new URL(`models/${id}/config.json`, document.baseURI));
  if (!response.ok) throw new Error(String(response.status));
  const config: { readonly vocab_size: number } = await response.json();
  return config.vocab_size;
}
