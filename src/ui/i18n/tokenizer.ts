/** The English strings of the Tokenizer panel: its controls and what it says while it works. Its results are in tokenizer-results.ts. */
import {
  formatBytes,
  formatCount,
  formatInteger,
  formatMilliseconds,
  formatPercent,
  formatQuantity,
} from '../format/numbers';
import { plural } from './locale';

export const pieceCount = (count: number) =>
  `${formatInteger(count)} ${plural(count, { one: 'piece', other: 'pieces' })}`;

const hexadecimal = (bytes: readonly number[]) =>
  bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');

export const tokenizer = {
  controls: 'Vocabulary, text and pruning',
  title: 'How large a vocabulary does a tiny model need?',
  lead: 'A piece is an entry of the vocabulary, a token is one use of it in a text. Count a text, cut the pieces it hardly uses, and see what falls apart, in which language, and what the freed parameters buy.',
  drop: 'Drop a tokenizer.json to prune it, or a text to count it',
  none: '–',
  vocabulary: {
    legend: 'Vocabulary',
    groups: { large: 'Large vocabularies', shipped: 'Shipped models', own: 'Yours' },
    entry: (title: string, size: number) => `${title} · ${pieceCount(size)}`,
    closed: 'None is open',
    notes: {
      internlm2: 'Chinese and English. It stands in for PanGu-π’s own 100k tokenizer.',
      cl100k: 'For contrast: it covers little Chinese.',
    } as Readonly<Record<string, string>>,
    shipped: 'The vocabulary that a shipped model speaks: it can be measured pruned, below.',
    own: 'Your own tokenizer.json.',
    choose: 'Choose a tokenizer.json',
    chooseHint: 'A BPE tokenizer of Hugging Face’s format, or drop one on the page. It stays on this machine.',
    gone: (name: string) => `${name} must be given again: the page does not keep files.`,
    failed: 'This page comes without large vocabularies. In the project’s folder, this command makes them:',
    command: 'node tools/tokenizers/assets.mjs',
    opening: 'Opening…',
    facts: 'What is in it',
    contents: (size: number, zh: number, alwaysKept: number, dead: number) =>
      `${pieceCount(size)}, ${formatInteger(zh)} with hanzi (${formatPercent(size === 0 ? 0 : zh / size)}). ${formatInteger(alwaysKept)} always stay, ${formatInteger(dead)} ${plural(dead, { one: 'is', other: 'are' })} dead before pruning.`,
    opened: (milliseconds: number) => `Opened in ${formatMilliseconds(milliseconds)}.`,
    deadHint:
      'Special pieces and single bytes always stay. No text ever forms a dead piece, because nothing merges into it.',
    about: 'About it',
    origin: (origin: string) => `Source: ${origin}.`,
    originOwn: 'Your file: its licence is yours to know.',
  },
  text: {
    legend: 'Text to count',
    label: 'Counted text',
    kinds: { storyworld: 'StoryWorld', texts: 'books', file: 'your file' },
    zhShare: 'Share of Chinese',
    zhShareHint: 'Stories from the project’s own generator.',
    zhShareValue: (share: number) =>
      share === 0 ? 'English only' : share === 1 ? 'Chinese only' : formatPercent(share),
    characters: 'Characters',
    charactersHint: 'As many stories as give this many.',
    noTexts: 'Choose at least one book.',
    noFile: 'Choose a file first.',
    choose: 'Choose a text',
    chooseHint: 'A text of up to 20 MB, or drop one on the page. It stays on this machine.',
    given: (name: string, bytes: number, encoding: string | null) =>
      `${name}, ${formatBytes(bytes)}${encoding === null ? '' : `, read as ${encoding}`}`,
    encodings: { 'utf-8': null, gb18030: 'GB18030', 'windows-1252': 'Latin-1' } as Readonly<
      Record<string, string | null>
    >,
    refused: {
      large: (name: string, bytes: number, largest: number) =>
        `${name} has ${formatQuantity(bytes, 'B')}: cut it, and give at most ${formatQuantity(largest, 'B')}.`,
      empty: (name: string) => `${name} is empty: give a file with text in it.`,
      binary: (name: string, offset: number) =>
        `${name} is no text: byte ${formatInteger(offset)} is 0, as in a picture, an archive or UTF-16. Save it as UTF-8 and give it again.`,
      encoding: (name: string, offset: number, bytes: readonly number[]) =>
        `${name} is not UTF-8: at byte ${formatInteger(offset)} stands ${hexadecimal(bytes)}, where no character can go on.`,
    },
    gb18030: 'Read as GB18030',
    latin: 'Read as Latin-1 (Windows-1252)',
    count: 'Count',
    again: 'Count again',
    counting: (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)} characters`,
    other: 'The text was changed since: count again to see it.',
    found: 'What was counted',
    foundText: (name: string, characters: number, tokens: number, distinct: number, milliseconds: number) =>
      `${name}: ${formatCount(characters)} characters are ${formatCount(tokens)} tokens of ${formatInteger(distinct)} distinct pieces, counted at ${formatQuantity((1000 * characters) / Math.max(1, milliseconds), 'char/s')}.`,
  },
  prune: {
    legend: 'Prune',
    method: 'Method',
    methods: {
      frequency: 'By frequency (the paper’s)',
      closed: 'Merge-closed (ours)',
      quota: 'Quota per language (ours)',
      closedQuota: 'Quota, merge-closed (ours)',
    },
    methodHints: {
      frequency: 'Special pieces, then the most frequent.',
      closed: 'A piece comes with all pieces it is merged from, so that none is kept in vain.',
      quota: 'A share of the places is Chinese; in each language the most frequent come first.',
      closedQuota: 'A share of the places is Chinese, and a piece comes with all it is merged from.',
    },
    quota: 'Chinese places',
    quotaHint: 'Of those behind the pieces that always stay.',
    by: 'What decides how many are kept',
    kinds: { keep: 'size', minimumCount: 'minimum count (ours)' },
    keep: 'Kept pieces',
    keepNumber: 'Kept pieces as a number',
    keepHint: (least: number, most: number) =>
      `From ${formatInteger(least)} to ${formatInteger(most)}, on a log scale.`,
    atLeast: (least: number) =>
      `The special pieces and the single bytes always stay: the least is ${formatInteger(least)}.`,
    presets: 'Sizes to start from',
    all: 'all',
    thousands: (size: number) => (size % 1000 === 0 ? `${size / 1000}k` : formatInteger(size)),
    keepOf: (size: number) => `Keep ${pieceCount(size)}`,
    minimumCount: 'Least occurrences',
    minimumCountHint: 'All pieces that occur at least so often in the counted text are kept.',
    closedFormat: 'Open a vocabulary first.',
    download: 'Download tokenizer.json',
    downloadHint: 'The pruned tokenizer. Dropped here it is a vocabulary like any other.',
    downloadWait: 'Count a text first: pruning goes by how often pieces occur.',
  },
  form: {
    whole: (least: number, most: number) =>
      `Give a whole number from ${formatInteger(least)} to ${formatInteger(most)}.`,
    share: 'Give a share from 0 to 1.',
    least: (least: number) =>
      `The special pieces and the 256 single bytes always stay: the least is ${formatInteger(least)}.`,
    most: (most: number) => `The vocabulary has ${pieceCount(most)}: no more can be kept.`,
  },
  view: {
    sample: 'The quick brown fox jumps over the lazy dog.\n盘古开天辟地，分开了天和地。',
  },
};
