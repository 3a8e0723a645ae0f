/**
 * A model from its three files: used for shipped models, for files that a person drops, and on the command line.
 *
 * The tokenizer stands above this folder, so its reader is handed in and only its size is looked at.
 */
import type { Weights } from '../graph/weights';
import { readStoredCheckpoint } from './checkpoint';
import type { ModelConfig } from './config';
import { parseConfig } from './config-file';
import { quantisationOf } from './quantisation-config';

/** Contents of files by name; others than the three are allowed and only mentioned in errors. */
export type ModelFiles = Readonly<Record<string, ArrayBuffer | Uint8Array>>;

interface Vocabulary {
  readonly vocabularySize: number;
}

export interface ModelFolder<T extends Vocabulary> {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizer: T;
  /** What a person should know although the model can be used, as sentences. */
  readonly notes: readonly string[];
}

/** Files that are missing, unreadable or do not belong together. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

export const modelFileNames = ['config.json', 'model.safetensors', 'tokenizer.json'] as const;
type ModelFileName = (typeof modelFileNames)[number];

/**
 * Reads and checks a model. `source` is the folder's name or address, for errors; `readTokenizer` turns the content of
 * tokenizer.json into a tokenizer or throws a sentence. Throws FolderError, ConfigError, SafetensorsError or
 * CheckpointError, each with a sentence that names the file.
 */
export function readModelFolder<T extends Vocabulary>(
  files: ModelFiles,
  readTokenizer: (json: unknown, source: string) => T,
  source: string,
): ModelFolder<T> {
  const { config, weights } = readModelWeights(files, source, modelFileNames);
  const tokenizerPath = pathOf(source, 'tokenizer.json');
  const tokenizer = readTokenizer(parseJson(contentOf(files, 'tokenizer.json'), tokenizerPath), tokenizerPath);
  return { config, weights, tokenizer, notes: vocabularyNotes(config, tokenizer.vocabularySize, tokenizerPath) };
}

/** Config and weights alone, for work on ids that needs no tokenizer. Throws as `readModelFolder`. */
export function readModelWeights(
  files: ModelFiles,
  source: string,
  needed: readonly ModelFileName[] = ['config.json', 'model.safetensors'],
): { config: ModelConfig; weights: Weights } {
  if (needed.some((name) => !Object.hasOwn(files, name))) throw new FolderError(missingText(files, source));
  const configPath = pathOf(source, 'config.json');
  const json = parseJson(contentOf(files, 'config.json'), configPath);
  const config = parseConfig(json, configPath);
  const file = contentOf(files, 'model.safetensors');
  const path = pathOf(source, 'model.safetensors');
  return { config, weights: readStoredCheckpoint(config, file, path, quantisationOf(json)) };
}

function contentOf(files: ModelFiles, name: ModelFileName): ArrayBuffer | Uint8Array {
  return files[name] as ArrayBuffer | Uint8Array;
}

function pathOf(source: string, name: ModelFileName): string {
  return source === '' ? name : `${source}/${name}`;
}

/** `story: model.safetensors is missing (found config.json, pytorch_model.bin): a model is …`. */
function missingText(files: ModelFiles, source: string): string {
  const found = Object.keys(files);
  const missing = modelFileNames.filter((name) => !found.includes(name));
  const shown = found.slice(0, 5).join(', ') + (found.length > 5 ? ` and ${found.length - 5} more` : '');
  const where = source === '' ? '' : `${source}: `;
  return `${where}${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing (found ${shown || 'nothing'}): ${nextStep(found)}`;
}

function nextStep(found: readonly string[]): string {
  if (found.some((name) => /^model-\d+-of-\d+\.safetensors$/.test(name))) {
    return 'the weights are split over several files, save them as one model.safetensors.';
  }
  if (found.includes('pytorch_model.bin')) return 'save the weights of pytorch_model.bin as model.safetensors.';
  if (found.includes('tokenizer.model')) return 'convert tokenizer.model to tokenizer.json.';
  return `a model is the three files ${modelFileNames.join(', ')} together.`;
}

function parseJson(file: ArrayBuffer | Uint8Array, source: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file));
  } catch (error) {
    throw new FolderError(`${source} is not JSON: ${error instanceof Error ? error.message : error}.`);
  }
}

/** Ids past the embedding cannot be read; rows of the embedding without an id are only never used. */
function vocabularyNotes(config: ModelConfig, vocabularySize: number, source: string): string[] {
  const rows = config.vocab_size;
  if (vocabularySize > rows) {
    throw new FolderError(
      `${source}: the tokenizer has ${vocabularySize} tokens, but vocab_size in config.json is ${rows}: these files belong to two models.`,
    );
  }
  if (vocabularySize === rows) return [];
  return [
    `The tokenizer has ${vocabularySize} tokens and the model ${rows}: the last ${rows - vocabularySize} ids have no text.`,
  ];
}
