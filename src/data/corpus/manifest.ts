/**
 * public/corpora/manifest.json: the texts that are there to learn from, and those that a script can fetch. It is written by
 * tools/corpus/assets.mjs. A text is a file of documents parted by U+001E, a character that no document holds.
 */

export const documentSeparator = '\u001e';

interface CorpusEntryBase {
  readonly id: string;
  readonly language: 'en' | 'zh';
  readonly title: string;
  /** What it holds, as a phrase. */
  readonly content: string;
  readonly licence: string;
  /** Copyright notice that the licence asks to be kept with the text. */
  readonly notice?: string;
  /** npm package and version the text comes from. */
  readonly package: string;
  readonly version: string;
}

export type CorpusEntry =
  | (CorpusEntryBase & {
      /** Beside the manifest. */
      readonly file: string;
      /** The licence's text, beside the manifest. */
      readonly licenceFile: string;
      readonly documents: number;
      /** Code points, separators left out. */
      readonly characters: number;
      /** Of the file. */
      readonly bytes: number;
    })
  /** Not there; `missing` is the command that gets it, `download` the size of a heavy package ("85 MB"). */
  | (CorpusEntryBase & { readonly missing: string; readonly download?: string });

export interface CorpusManifest {
  readonly version: 1;
  readonly corpora: readonly CorpusEntry[];
}

/** Checks a parsed manifest; `source` names it in the error. */
export function readCorpusManifest(json: unknown, source: string): CorpusManifest {
  const { version, corpora } = (json ?? {}) as Partial<CorpusManifest>;
  if (version !== 1 || !Array.isArray(corpora)) {
    throw new Error(`${source} is not a list of texts of version 1: make it with "node tools/corpus/assets.mjs".`);
  }
  return { version, corpora };
}

/** The entry of a text that is there. Throws a sentence with the next step when it is not. */
export function presentEntry(manifest: CorpusManifest, id: string): CorpusEntry & { readonly file: string } {
  const entry = manifest.corpora.find((candidate) => candidate.id === id);
  if (!entry) {
    const known = manifest.corpora.map((candidate) => candidate.id).join(', ');
    throw new Error(`There is no text "${id}": choose one of ${known}.`);
  }
  if ('missing' in entry) {
    throw new Error(
      `${entry.title} is not among the files of this page: fetch it once with "${entry.missing}", then reload.`,
    );
  }
  return entry;
}
