/** The texts whose tokens are counted: the project's stories, the page's texts, or a person's file in one of three encodings. */
import type { DataFiles } from '../../data/corpus';
import { documentSeparator, presentEntry } from '../../data/corpus/manifest';
import { largestFile, readPlainText } from '../../data/corpus/plain-text';
import { storyDocument } from '../../data/storyworld';

export type TextEncoding = 'utf-8' | 'gb18030' | 'windows-1252';

export type CountedSource =
  | { readonly kind: 'storyworld'; readonly zhShare: number; readonly characters: number }
  | { readonly kind: 'texts'; readonly ids: readonly string[] }
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Uint8Array; readonly encoding: TextEncoding };

export interface TextProgress {
  readonly done: number;
  readonly total: number;
}

/** Documents of StoryWorld with together about so many characters; always the same ones. */
function* stories(zhShare: number, characters: number): Generator<TextProgress, string[], void> {
  const documents: string[] = [];
  let done = 0;
  for (let index = 0; done < characters; index += 1) {
    const { text } = storyDocument(1, index, { zh: zhShare });
    documents.push(text);
    done += text.length;
    yield { done: Math.min(done, characters), total: characters };
  }
  return documents;
}

/** Throws sentences: a text that is missing, a file that is no text in its encoding. */
export async function textsToCount(
  source: CountedSource,
  files: DataFiles,
  run: (work: Generator<TextProgress, string[], void>) => Promise<string[]>,
): Promise<readonly string[]> {
  switch (source.kind) {
    case 'storyworld':
      return run(stories(source.zhShare, source.characters));
    case 'texts': {
      if (source.ids.length === 0) throw new Error('No text is chosen: choose at least one to count.');
      const manifest = await files.manifest();
      const contents = await Promise.all(source.ids.map((id) => files.corpus(presentEntry(manifest, id).file)));
      return contents.flatMap((content) => content.split(documentSeparator));
    }
    case 'file':
      return [decode(source.name, source.bytes, source.encoding)];
    default:
      return source satisfies never;
  }
}

function decode(name: string, bytes: Uint8Array, encoding: TextEncoding): string {
  if (encoding === 'utf-8') return readPlainText(bytes, name);
  if (bytes.length > largestFile) {
    throw new Error(
      `${name} has ${(bytes.length / 1e6).toFixed(1)} MB; a text may have up to ${largestFile / 1e6} MB.`,
    );
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) throw new Error(`${name} is no text: byte ${nul} is 0, as in a binary file.`);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n');
  } catch {
    throw new Error(`${name} is not ${encodingNames[encoding]} text either: save it as UTF-8 and drop it again.`);
  }
}

const encodingNames: Readonly<Record<TextEncoding, string>> = {
  'utf-8': 'UTF-8',
  gb18030: 'GB18030',
  'windows-1252': 'Latin-1',
};
