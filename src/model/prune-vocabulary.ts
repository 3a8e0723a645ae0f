/**
 * A checkpoint without some pieces of its vocabulary: the rows of the embedding, and of a head that is not tied to it, go; every
 * other number stays bit by bit, in the format that it is stored in. Nothing is trained again.
 *
 * Tensors are taken as the file stores them and not as a runtime reads them, because only there bf16 is still bf16.
 */
import { elements, shapeText } from '../graph/tensor';
import { CheckpointError } from './checkpoint';
import type { ModelConfig } from './config';
import { parseConfig } from './config-file';
import { tensorTable } from './names';
import type { StoredTensor } from './safetensors';

export interface Checkpoint {
  /** Content of config.json, other programs' keys included. */
  readonly config: Readonly<Record<string, unknown>>;
  /** By the checkpoint's names. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** The tensors `[V, C]` with a row for each piece. A file may hold a copy of a tied head. */
const vocabularyTensors: ReadonlySet<string> = new Set(['model.embed_tokens.weight', 'lm_head.weight']);

/** Also the scales and zero points of a quantised table: all of them have a row for each piece. */
function isOfVocabulary(name: string): boolean {
  return vocabularyTensors.has(name.replace(/\.(scales|zeros)$/, ''));
}

/** Parameters of embedding and head together; a tied head counts once. */
export function vocabularyParameters(config: ModelConfig): number {
  const rows = tensorTable(config).filter(({ name }) => vocabularyTensors.has(name));
  return rows.reduce((sum, { shape }) => sum + elements(shape), 0);
}

/**
 * `kept`: ids that stay, ascending; the first becomes id 0. `source` names the model in errors. Throws ConfigError when the config
 * is wrong, CheckpointError when an id is outside the vocabulary or out of order, a token that the config names is not kept,
 * or a tensor does not have a row for each piece.
 */
export function pruneCheckpoint({ config, tensors }: Checkpoint, kept: ArrayLike<number>, source: string): Checkpoint {
  const { vocab_size: size } = parseConfig(config, `${source}/config.json`);
  checkKept(kept, size, source);
  const newIds = new Map(Array.from(kept, (id, index) => [id, index]));
  const entries = Object.entries(config).map(([key, value]) => [key, renamed(key, value, newIds, size, source)]);
  return {
    config: { ...Object.fromEntries(entries), vocab_size: kept.length },
    tensors: new Map(
      [...tensors].map(([name, tensor]) => [
        name,
        isOfVocabulary(name) ? keptRows(name, tensor, kept, size, source) : tensor,
      ]),
    ),
  };
}

function checkKept(kept: ArrayLike<number>, size: number, source: string): void {
  if (kept.length === 0) throw new CheckpointError(`${source}: no piece is kept: keep at least one.`);
  for (let index = 0, last = -1; index < kept.length; index++) {
    const id = kept[index] as number;
    if (!Number.isInteger(id) || id < 0 || id >= size) {
      throw new CheckpointError(
        `${source}: the id ${id} is to be kept, but the model has ${size} pieces: give ids from 0 to ${size - 1}.`,
      );
    }
    if (id <= last) {
      throw new CheckpointError(
        `${source}: the id ${id} follows ${last} in the list of what is kept: give each id once, in ascending order.`,
      );
    }
    last = id;
  }
}

/** The new value of a key of config.json: `bos_token_id` and all others of that form are ids, the rest says nothing about them. */
function renamed(key: string, value: unknown, newIds: ReadonlyMap<number, number>, size: number, source: string) {
  // What lies outside the vocabulary (older configs pad with -1) names no piece.
  if (!key.endsWith('_token_id') || typeof value !== 'number' || value < 0 || value >= size) return value;
  const id = newIds.get(value);
  if (id === undefined) {
    throw new CheckpointError(`${source}: ${key} is ${value}, which is not among the ids that are kept: keep it too.`);
  }
  return id;
}

function keptRows(
  name: string,
  { dtype, shape, data }: StoredTensor,
  kept: ArrayLike<number>,
  size: number,
  source: string,
): StoredTensor {
  if (shape[0] !== size) {
    throw new CheckpointError(
      `${source}: tensor ${name} has shape ${shapeText(shape)}, but the config says ${size} pieces: these files belong to two models.`,
    );
  }
  const row = data.length / size;
  const rows = new Uint8Array(kept.length * row);
  for (let index = 0; index < kept.length; index++) {
    const start = (kept[index] as number) * row;
    rows.set(data.subarray(start, start + row), index * row);
  }
  return { dtype, shape: [kept.length, ...shape.slice(1)], data: rows };
}
