/** The three files of shipped models, and ways to spoil story-nano's: what a person might drop. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { writeCheckpoint } from '../src/model/checkpoint';
import { configJson, parseConfig } from '../src/model/config-file';
import { tensorTable } from '../src/model/names';

export interface ModelFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

type Names = 'config.json' | 'model.safetensors' | 'tokenizer.json';
export type Contents = Partial<Record<Names, Buffer>>;

const root = path.join(import.meta.dirname, '..', 'public', 'models');

export const storyNano = (): Required<Contents> => shipped('story-nano');
export const storyMoe = (): Required<Contents> => shipped('story-moe');

function shipped(id: string): Required<Contents> {
  const read = (name: Names) => readFileSync(path.join(root, id, name));
  return {
    'config.json': read('config.json'),
    'model.safetensors': read('model.safetensors'),
    'tokenizer.json': read('tokenizer.json'),
  };
}

export function tokenizerOf(id: string): Buffer {
  return readFileSync(path.join(root, id, 'tokenizer.json'));
}

/** The config with some of its values replaced. */
export function withConfig(changes: Readonly<Record<string, unknown>>): Contents {
  const files = storyNano();
  const config = JSON.parse(files['config.json'].toString());
  return { ...files, 'config.json': Buffer.from(JSON.stringify({ ...config, ...changes })) };
}

/** A right model, all zeros, whose keys alone take more than 1 GiB a layer: wide heads and a context of a million. */
export function tooLarge(): Contents {
  const files = storyNano();
  const given = { ...JSON.parse(files['config.json'].toString()), head_dim: 96, max_position_embeddings: 1_048_576 };
  const config = parseConfig(given, 'config.json');
  const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
  const zeros = new Map(tensorTable(config).map(({ name, shape }) => [name, new Float32Array(count(shape))]));
  return {
    ...files,
    'config.json': Buffer.from(JSON.stringify(configJson(config))),
    'model.safetensors': Buffer.from(writeCheckpoint(config, zeros, 'F16')),
  };
}

/** The weights with a text of their header replaced by one of the same length. */
export function withHeader(from: string, to: string): Contents {
  if (from.length !== to.length) throw new Error(`"${from}" and "${to}" differ in length.`);
  const files = storyNano();
  const weights = Buffer.from(files['model.safetensors']);
  const at = weights.indexOf(from);
  if (at < 0) throw new Error(`The header of story-nano does not hold "${from}".`);
  weights.write(to, at);
  return { ...files, 'model.safetensors': weights };
}

export function asFiles(contents: Contents): ModelFile[] {
  return Object.entries(contents).map(([name, buffer]) => ({ name, mimeType: 'application/octet-stream', buffer }));
}
