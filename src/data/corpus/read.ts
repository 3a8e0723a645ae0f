/**
 * From a choice of text to documents, split. StoryWorld is not read here: it has no end, see story-source.ts.
 * Where the bytes come from (fetch, disk, a dropped file) is the caller's: `TextFiles`.
 */

import type { CorpusChoice, Split } from './choice';
import type { Document, SplitDocuments } from './documents';
import { type CorpusManifest, documentSeparator, presentEntry } from './manifest';
import { readPlainText } from './plain-text';
import { cutTail, fileDocuments, splitByHash, splitTail } from './split';

export interface TextFiles {
  /** Parsed and checked public/corpora/manifest.json. */
  manifest(): Promise<CorpusManifest>;
  /** Content of a file of public/corpora. */
  corpus(file: string): Promise<string>;
  /** Bytes of the file a person gave, by its name. */
  given(name: string): Promise<Uint8Array>;
}

/** Share of the documents that is held out by hash: of the large texts little is enough. */
const corpusShare = 0.02;
const fileShare = 0.1;

/** Throws sentences: a text that is missing, a file that is no text. */
export async function readDocuments(
  choice: Exclude<CorpusChoice, { kind: 'storyworld' }>,
  split: Split,
  files: TextFiles,
): Promise<SplitDocuments> {
  if (choice.kind === 'file') {
    const text = readPlainText(await files.given(choice.name), choice.name);
    if (split === 'hash') return splitByHash(fileDocuments(text), fileShare);
    const { head, tail } = cutTail(text);
    return { train: [{ text: head, language: null }], heldOut: [{ text: tail, language: null }] };
  }
  const manifest = await files.manifest();
  const documents: Document[] = [];
  for (const id of choice.ids) {
    const { file, language } = presentEntry(manifest, id);
    const content = await files.corpus(file);
    for (const text of content.split(documentSeparator)) documents.push({ text, language });
  }
  return split === 'hash' ? splitByHash(documents, corpusShare) : splitTail(documents);
}
