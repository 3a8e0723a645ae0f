/** The files of a dense model made into one with experts (src/model/upcycle.ts), from the files of the model. */
import { writeStoredCheckpoint } from '../model/checkpoint';
import type { ModelConfig } from '../model/config';
import { configJson } from '../model/config-file';
import { type ModelFiles, readModelWeights } from '../model/folder';
import { activeParameterCount, parameterCount } from '../model/names';
import { readSafetensors, writeSafetensors } from '../model/safetensors';
import { upcycle } from '../model/upcycle';
import { weightBytes } from './pruned-files';

export interface UpcycledFiles {
  /** Of the model and its experts, for a folder. */
  readonly name: string;
  readonly config: ModelConfig;
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

/** `files`: the three files of a model that `readModelFolder` accepts. Throws as `upcycle` and `readModelWeights`. */
export function upcycleFiles(id: string, files: ModelFiles, choice: { experts: number; seed: number }): UpcycledFiles {
  const dense = readModelWeights(files, id);
  const { config, weights } = upcycle(dense.config, dense.weights, choice);
  const { file, quantisation } = writeStoredCheckpoint(config, weights);
  const { metadata } = readSafetensors(contentOf(files, 'model.safetensors'), id);
  const { tensors } = readSafetensors(file, id);
  const written = {
    'config.json': new TextEncoder().encode(`${JSON.stringify(configJson(config, quantisation), null, 2)}\n`),
    'model.safetensors': writeSafetensors(tensors, { ...metadata, upcycledFrom: id }),
    'tokenizer.json': new Uint8Array(contentOf(files, 'tokenizer.json')),
  };
  const card = cardOf(id, choice, [dense.config, config], [weightBytes(files, id), weightBytes(written, id)]);
  const name = `${id}-${choice.experts}x`;
  return { name, config, files: { ...written, 'card.md': new TextEncoder().encode(card) } };
}

type BeforeAndAfter<T> = readonly [before: T, after: T];

function cardOf(
  id: string,
  { experts, seed }: { readonly experts: number; readonly seed: number },
  configs: BeforeAndAfter<ModelConfig>,
  bytes: BeforeAndAfter<number>,
): string {
  const row = (what: string, values: readonly number[]) =>
    `| ${what} | ${values.map((value) => value.toLocaleString('en')).join(' | ')} |`;
  return `# ${id} with ${experts} experts

${id} with ${experts} copies of each feed-forward network, and CPM-2's gate: random rows at right angles, of the seed ${seed},
that are never trained. All copies are alike, so its logits are those of ${id}; they become experts by being trained.

| | ${id} | here |
|---|---|---|
${row('parameters', configs.map(parameterCount))}
${row('that one token meets', configs.map(activeParameterCount))}
${row('bytes of weights', bytes)}

Sources, licences and recipe are those of ${id}: see its card.
`;
}

function contentOf(files: ModelFiles, name: string): ArrayBuffer | Uint8Array {
  const content = files[name];
  if (!content) throw new Error(`${name} is missing: a model is its three files together.`);
  return content;
}
