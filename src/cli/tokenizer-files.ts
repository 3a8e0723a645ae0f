/** Which vocabulary and which text the tokenizer commands work on. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inSlices } from '../data/corpus/slices';
import { openTokenizerJson, openVocabulary, presentVocabulary, readVocabularyManifest } from '../lab/tokenizers/files';
import type { VocabularySession } from '../lab/tokenizers/session';
import { type CountedSource, type TextEncoding, textsToCount } from '../lab/tokenizers/texts';
import type { PruneMethod, Pruning } from '../tokenizer/prune/report';
import { type OptionRow, type Options, UsageError } from './command';
import { filesOf } from './training-files';

export const vocabularyOptions = {
  tokenizer: {
    value: '<name>',
    about: 'internlm2, cl100k, a shipped model, or a tokenizer.json',
    default: 'internlm2',
  },
  text: { value: '<file>', about: 'the text whose tokens are counted; without it --corpora or StoryWorld' },
  encoding: { value: '<name>', about: 'of the file: utf-8, gb18030, windows-1252', default: 'utf-8' },
  corpora: { value: '<ids>', about: 'texts of public/corpora, parted by commas' },
  characters: { value: '<n>', about: 'of StoryWorld', default: '2000000' },
  'zh-share': { value: '<share>', about: 'of StoryWorld’s documents that are Chinese', default: '0.5' },
} as const satisfies Readonly<Record<string, OptionRow>>;

export const pruningOptions = {
  keep: { value: '<n>', about: 'pieces to keep' },
  'minimum-count': { value: '<n>', about: 'in place of --keep: all pieces that occur so often' },
  method: {
    value: '<name>',
    about: 'frequency (PanGu-π Pro’s), or ours: closed, quota, closedQuota',
    default: 'frequency',
  },
  quota: { value: '<share>', about: 'of the places that are Chinese, for quotas', default: '0.5' },
} as const satisfies Readonly<Record<string, OptionRow>>;

const encodings: readonly TextEncoding[] = ['utf-8', 'gb18030', 'windows-1252'];
const methods: readonly PruneMethod[] = ['frequency', 'closed', 'quota', 'closedQuota'];

export interface OpenVocabulary {
  readonly name: string;
  readonly session: VocabularySession;
}

/** Throws a sentence when there is no such vocabulary. */
export async function openTokenizer(options: Options): Promise<OpenVocabulary> {
  const name = options.text('tokenizer');
  if (name.endsWith('.json')) {
    if (!existsSync(name)) throw new UsageError(`--tokenizer is "${name}": there is no such file.`);
    return { name, session: openTokenizerJson(JSON.parse(readFileSync(name, 'utf8')), name) };
  }
  const shipped = path.join('public', 'models', name, 'tokenizer.json');
  if (existsSync(shipped)) {
    return { name, session: openTokenizerJson(JSON.parse(readFileSync(shipped, 'utf8')), shipped) };
  }
  const folder = path.join('public', 'tokenizers');
  const manifest = path.join(folder, 'manifest.json');
  if (!existsSync(manifest))
    throw new Error(`${manifest} is missing: make it with "node tools/tokenizers/assets.mjs".`);
  const entries = readVocabularyManifest(JSON.parse(readFileSync(manifest, 'utf8')), manifest);
  const { file } = presentVocabulary(entries, name);
  return { name, session: await openVocabulary(new Uint8Array(readFileSync(path.join(folder, file))), file) };
}

export interface TextToCount {
  readonly name: string;
  readonly documents: readonly string[];
}

export async function textToCount(options: Options): Promise<TextToCount> {
  const source = sourceOf(options);
  const documents = await textsToCount(source, filesOf(null), inSlices);
  const name =
    source.kind === 'storyworld'
      ? `StoryWorld, ${source.characters} characters, Chinese share ${source.zhShare}`
      : source.kind === 'texts'
        ? source.ids.join(', ')
        : source.name;
  return { name, documents };
}

function sourceOf(options: Options): CountedSource {
  const file = options.optional('text');
  if (file !== undefined) {
    if (!existsSync(file)) throw new UsageError(`--text is "${file}": there is no such file.`);
    const encoding = options.choice('encoding', encodings);
    return { kind: 'file', name: path.basename(file), bytes: readFileSync(file), encoding };
  }
  const ids = options.optional('corpora');
  if (ids !== undefined) return { kind: 'texts', ids: ids.split(',') };
  return {
    kind: 'storyworld',
    characters: options.integer('characters', 1, 100_000_000),
    zhShare: options.number('zh-share', 0, 1),
  };
}

export function pruningOf(options: Options): Pruning {
  const method = options.choice('method', methods);
  const zhShare = options.number('quota', 0, 1);
  if (options.optional('minimum-count') !== undefined) {
    if (options.optional('keep') !== undefined) throw new UsageError('Give --keep or --minimum-count, not both.');
    return { method, zhShare, size: { kind: 'minimumCount', count: options.integer('minimum-count', 1, 1e12) } };
  }
  return { method, zhShare, size: { kind: 'keep', pieces: options.integer('keep', 1, 10_000_000) } };
}
