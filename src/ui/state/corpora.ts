/** The texts that can be trained on, public/corpora/manifest.json: which are here, and the command that gets the others. */
import { create } from 'zustand';
import { type CorpusEntry, readCorpusManifest } from '../../data/corpus/manifest';

export const useCorpora = create<{ readonly texts: readonly CorpusEntry[]; readonly failed: boolean }>()(() => ({
  texts: [],
  failed: false,
}));

let asked = false;

/** Fetches the list once. */
export async function fetchCorpora(): Promise<void> {
  if (asked) return;
  asked = true;
  try {
    const response = await fetch(new URL('corpora/manifest.json', document.baseURI));
    if (!response.ok) throw new Error(String(response.status));
    const { corpora } = readCorpusManifest(await response.json(), 'corpora/manifest.json');
    useCorpora.setState({ texts: corpora });
  } catch {
    useCorpora.setState({ failed: true });
  }
}
