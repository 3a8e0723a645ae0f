/**
 * The files of a model with quantised matrices, from the files of the model: read and checked as any other model's, so what is
 * measured here is what is written.
 */
import { writeStoredCheckpoint } from '../model/checkpoint';
import { hasExperts } from '../model/config';
import { type ModelFiles, readModelWeights } from '../model/folder';
import { quantisationJson } from '../model/quantisation-config';
import { readSafetensors, writeSafetensors } from '../model/safetensors';
import { quantiseWeights } from '../quant/quantise-weights';
import { type SchemeId, schemes } from '../quant/schemes';
import type { Selection } from '../quant/which-matrices';
import { weightBytes } from './pruned-files';

export interface QuantisedFiles {
  /** Of the model and its scheme, for a folder. */
  readonly name: string;
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

/**
 * `files`: the three files of a model that `readModelFolder` accepts. Matrices that are quantised already are quantised anew from
 * what they stand for. Throws QuantisationError when a weight is not finite, and as `readModelWeights`.
 */
export function quantiseFiles(id: string, files: ModelFiles, scheme: SchemeId, selection: Selection): QuantisedFiles {
  const { config, weights } = readModelWeights(files, id);
  const quantised = quantiseWeights(config, weights, schemes[scheme], selection);
  const { file, quantisation } = writeStoredCheckpoint(config, quantised);
  const { metadata } = readSafetensors(contentOf(files, 'model.safetensors'), id);
  const { tensors } = readSafetensors(file, id);
  const { quantization_config: _, ...given } = JSON.parse(new TextDecoder().decode(contentOf(files, 'config.json')));
  const configJson = { ...given, ...(quantisation && { quantization_config: quantisationJson(quantisation) }) };
  const written = {
    'config.json': new TextEncoder().encode(`${JSON.stringify(configJson, null, 2)}\n`),
    'model.safetensors': writeSafetensors(tensors, { ...metadata, quantisedFrom: id }),
    'tokenizer.json': Uint8Array.from(contentOf(files, 'tokenizer.json')),
  };
  const bytes = [weightBytes(files, id), weightBytes(written, id)] as const;
  const matrices = quantisation?.modules.length ?? 0;
  const card = new TextEncoder().encode(cardOf(id, scheme, { matrices, experts: hasExperts(config) }, bytes));
  return { name: `${id}-${scheme}`, files: { ...written, 'card.md': card } };
}

function cardOf(
  id: string,
  scheme: SchemeId,
  { matrices, experts }: { readonly matrices: number; readonly experts: boolean },
  [before, after]: readonly [number, number],
): string {
  const { bits, block, zeroPoint, source } = schemes[scheme];
  const group = block === 'row' ? 'a row of the matrix' : `${block} columns of a row`;
  return `# ${id}, quantised (${scheme})

${id} with ${matrices} matrices as integers of ${bits} bits, with a scale${zeroPoint ? ' and a zero point' : ''} for ${group} (${source}). Weights were rounded
to the nearest level; nothing was trained again and no data was looked at. Every other number is that of ${id}${experts ? ', those of its experts among them: no kernel reads experts as integers' : ''}.

| | ${id} | here |
|---|---|---|
| bytes of weights | ${before.toLocaleString('en')} | ${after.toLocaleString('en')} |

Which matrices, and in what layout: quantization_config in config.json.

Sources, licences and recipe are those of ${id}: see its card.
`;
}

function contentOf(files: ModelFiles, name: string): Uint8Array {
  const content = files[name];
  if (!content) throw new Error(`${name} is missing: a model is its three files together.`);
  return content instanceof Uint8Array ? content : new Uint8Array(content);
}
