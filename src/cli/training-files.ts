/** Where a run of the command line finds its text and tokenizers: the project's folders, or a file that was given. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type DataFiles, readCorpusManifest } from '../data/corpus';
import { readPlainText } from '../data/corpus/plain-text';
import { UsageError } from './command';

export interface GivenText {
  readonly name: string;
  readonly hash: string;
  readonly content: string;
}

/** Throws a sentence when there is no such file, or it is no text. */
export function textOf(file: string | undefined): GivenText | null {
  if (file === undefined) return null;
  if (!existsSync(file)) throw new UsageError(`--text is "${file}": there is no such file.`);
  const bytes = readFileSync(file);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return { name: path.basename(file), hash, content: readPlainText(bytes, file) };
}

export function filesOf(text: GivenText | null): DataFiles {
  const corpora = path.join('public', 'corpora');
  return {
    manifest: async () => {
      const file = path.join(corpora, 'manifest.json');
      if (!existsSync(file)) throw new Error(`${file} is missing: make it with "node tools/corpus/assets.mjs".`);
      return readCorpusManifest(JSON.parse(await readFile(file, 'utf8')), file);
    },
    corpus: (file) => readFile(path.join(corpora, file), 'utf8'),
    given: async (name) => {
      if (!text) throw new Error(`The recipe trains on the file ${name}: give it with --text.`);
      return new TextEncoder().encode(text.content);
    },
    tokenizer: async (id) => {
      const file = path.join('public', 'models', id, 'tokenizer.json');
      if (!existsSync(file))
        throw new Error(`The vocabulary is that of ${id}, but there is no ${file}: choose another.`);
      return JSON.parse(await readFile(file, 'utf8'));
    },
  };
}
