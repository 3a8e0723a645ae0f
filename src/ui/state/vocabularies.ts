/** The large vocabularies that come with the page, public/tokenizers/manifest.json. */
import { create } from 'zustand';

export interface VocabularyEntry {
  readonly id: string;
  readonly title: string;
  /** Pieces. */
  readonly size: number;
  /** Of its file. */
  readonly bytes: number;
  readonly package: string;
  readonly version: string;
  readonly licence: string;
}

export const useVocabularies = create<{ readonly entries: readonly VocabularyEntry[]; readonly failed: boolean }>()(
  () => ({ entries: [], failed: false }),
);

let asked = false;

/** Fetches the list once. */
export async function fetchVocabularies(): Promise<void> {
  if (asked) return;
  asked = true;
  try {
    const response = await fetch(new URL('tokenizers/manifest.json', document.baseURI));
    if (!response.ok) throw new Error(String(response.status));
    const { vocabularies }: { readonly vocabularies: readonly VocabularyEntry[] } = await response.json();
    useVocabularies.setState({ entries: vocabularies });
  } catch {
    useVocabularies.setState({ failed: true });
  }
}
