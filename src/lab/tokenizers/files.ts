/** Vocabularies from their files: one of public/tokenizers, unpacked, or a parsed tokenizer.json. */
import { readAnyTokenizerJson } from '../../tokenizer/foreign-json';
import { readVocabulary } from '../../tokenizer/vocabulary-asset';
import { VocabularySession } from './session';

export interface VocabularyEntry {
  readonly id: string;
  readonly title: string;
  readonly size: number;
  /** Beside the manifest, gzipped. */
  readonly file: string;
  readonly bytes: number;
  readonly package: string;
  readonly version: string;
  readonly licence: string;
}

/** The entries of public/tokenizers/manifest.json; throws a sentence when it is none. */
export function readVocabularyManifest(json: unknown, source: string): readonly VocabularyEntry[] {
  const { version, vocabularies } = (json ?? {}) as { version?: unknown; vocabularies?: unknown };
  if (version !== 1 || !Array.isArray(vocabularies)) {
    throw new Error(
      `${source} is not a list of vocabularies of version 1: make it with "node tools/tokenizers/assets.mjs".`,
    );
  }
  return vocabularies;
}

export function presentVocabulary(entries: readonly VocabularyEntry[], id: string): VocabularyEntry {
  const entry = entries.find((candidate) => candidate.id === id);
  if (entry) return entry;
  throw new Error(`There is no vocabulary "${id}": choose one of ${entries.map((known) => known.id).join(', ')}.`);
}

export async function openVocabulary(packed: Uint8Array<ArrayBuffer>, source: string): Promise<VocabularySession> {
  let bytes: Uint8Array;
  try {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new Error(`${source} cannot be unpacked: the page's files are incomplete, load it again.`);
  }
  return new VocabularySession(readVocabulary(bytes, source), null);
}

export function openTokenizerJson(json: unknown, source: string): VocabularySession {
  return new VocabularySession(readAnyTokenizerJson(json, source), json);
}
