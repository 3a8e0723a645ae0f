/**
 * The files of a model whose vocabulary is pruned, from the files of the model: read and checked as any other model's, so what is
 * measured here is what is written.
 */

import { parseConfig } from '../model/config-file';
import type { ModelFiles } from '../model/folder';
import { parameterCount } from '../model/names';
import { pruneCheckpoint } from '../model/prune-vocabulary';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../model/safetensors';
import { pruneTokenizerJson } from '../tokenizer/prune/pruned-json';

export interface PrunedFiles {
  /** Of the model and its new size, for a folder. */
  readonly name: string;
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

/**
 * `files`: the three files of a model that `readModelFolder` accepts. `kept`: ids that stay, ascending. `note`: how they were
 * chosen, as a sentence for the card. Throws as `pruneCheckpoint`.
 */
export function pruneFiles(id: string, files: ModelFiles, kept: ArrayLike<number>, note: string): PrunedFiles {
  const config = jsonOf(files, 'config.json') as Readonly<Record<string, unknown>>;
  const { tensors, metadata } = readSafetensors(contentOf(files, 'model.safetensors'), `${id}/model.safetensors`);
  const pruned = pruneCheckpoint({ config, tensors }, kept, id);
  const sizes = {
    pieces: [Number(config.vocab_size), kept.length],
    parameters: [parameterCount(parseConfig(config, id)), parameterCount(parseConfig(pruned.config, id))],
    bytes: [tensorBytes(tensors), tensorBytes(pruned.tensors)],
  } as const;
  const name = `${id}-${kept.length}`;
  return {
    name,
    files: {
      'config.json': jsonBytes(pruned.config),
      'model.safetensors': writeSafetensors(pruned.tensors, { ...metadata, prunedFrom: id }),
      'tokenizer.json': jsonBytes(pruneTokenizerJson(jsonOf(files, 'tokenizer.json'), kept)),
      'card.md': new TextEncoder().encode(cardOf(id, note, sizes)),
    },
  };
}

/** Bytes of a model's weights as its file stores them, the header left out. */
export function weightBytes(files: ModelFiles, source: string): number {
  return tensorBytes(readSafetensors(contentOf(files, 'model.safetensors'), source).tensors);
}

function tensorBytes(tensors: ReadonlyMap<string, StoredTensor>): number {
  return [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
}

type BeforeAndAfter = readonly [before: number, after: number];

function cardOf(
  id: string,
  note: string,
  { pieces, parameters, bytes }: Readonly<Record<'pieces' | 'parameters' | 'bytes', BeforeAndAfter>>,
): string {
  const row = (what: string, values: BeforeAndAfter) =>
    `| ${what} | ${values.map((value) => value.toLocaleString('en')).join(' | ')} |`;
  return `# ${id} with ${pieces[1].toLocaleString('en')} pieces

${id} with a smaller vocabulary. The rows of the pieces that were removed are gone from the embedding and the head; every
other number is that of ${id}, bit by bit, and nothing was trained again.

${note}

| | ${id} | here |
|---|---|---|
${row('pieces', pieces)}
${row('parameters', parameters)}
${row('bytes of weights', bytes)}

Sources, licences and recipe are those of ${id}: see its card.
`;
}

function contentOf(files: ModelFiles, name: string): ArrayBuffer | Uint8Array {
  const content = files[name];
  if (!content) throw new Error(`${name} is missing: a model is its three files together.`);
  return content;
}

function jsonOf(files: ModelFiles, name: string): unknown {
  return JSON.parse(new TextDecoder().decode(contentOf(files, name)));
}

function jsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
