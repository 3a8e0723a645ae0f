/**
 * The weights of a model, read from and written to model.safetensors and held against what its config asks for.
 *
 * A matrix that a file stores as f16 is kept as f16 bits, so that it can be uploaded packed without a round trip through
 * f32, and a quantised matrix as it is; everything else becomes f32. f32 weights share memory with the file they were read from.
 */
import type { QuantisedMatrix } from '../graph/quantised';
import { elements, shapeText } from '../graph/tensor';
import { floatsOf, type StoredWeight, type Weights } from '../graph/weights';
import type { ModelConfig } from './config';
import { expertOf, type TensorRow, tensorTable } from './names';
import { isFloat, numberFormats, shortsOf } from './number-format';
import { commonQuantisation, type QuantisationConfig } from './quantisation-config';
import { quantisedNames, quantisedTensors, readQuantised } from './quantised-tensors';
import { type FloatDType, readSafetensors, type StoredTensor, writeSafetensors } from './safetensors';

/** A checkpoint that does not fit its config, or weights that cannot be written. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

const headName = 'lm_head.weight';
const embeddingName = 'model.embed_tokens.weight';

/** Every weight as f32. Throws SafetensorsError when the file is damaged, CheckpointError when it does not fit the config. */
export function readCheckpoint(
  config: ModelConfig,
  file: ArrayBuffer | Uint8Array,
  source: string,
): Map<string, Float32Array> {
  return floatWeights(readStoredCheckpoint(config, file, source));
}

/**
 * Every weight as stored: matrices of an F16 file keep their bits, those that `quantisation` names their integers. Throws as
 * `readCheckpoint`.
 */
export function readStoredCheckpoint(
  config: ModelConfig,
  file: ArrayBuffer | Uint8Array,
  source: string,
  quantisation: QuantisationConfig | null = null,
): Map<string, StoredWeight> {
  const { tensors } = readSafetensors(file, source);
  const table = tensorTable(config);
  const quantised = quantisedRows(table, quantisation, source);
  const wanted = table.flatMap(({ name }) =>
    quantisation && quantised.has(name) ? quantisedNames(name, quantisation) : [name],
  );
  checkSurplus(config, new Set(wanted), tensors, source);
  return new Map(
    table.map((row): [string, StoredWeight] => {
      if (!quantisation || !quantised.has(row.name)) return [row.name, readWeight(config, row, tensors, source)];
      const matrix = readQuantised(row.name, row.shape, quantisation, tensors);
      if (typeof matrix === 'string') throw new CheckpointError(`${source}: ${matrix}`);
      return [row.name, { quantised: matrix }];
    }),
  );
}

/** The same weights as f32; f16 bits and quantised matrices are decoded into new arrays, f32 values are shared. */
export function floatWeights(weights: ReadonlyMap<string, StoredWeight>): Map<string, Float32Array> {
  return new Map([...weights].map(([name, weight]) => [name, floatsOf(weight)]));
}

/**
 * The weights as a model.safetensors, every tensor in `dtype`. Throws CheckpointError when a tensor of the config is
 * missing, has the wrong number of elements, or holds a number that `dtype` cannot hold.
 */
export function writeCheckpoint(
  config: ModelConfig,
  weights: ReadonlyMap<string, Float32Array>,
  dtype: FloatDType,
): Uint8Array<ArrayBuffer> {
  const rows = tensorTable(config).map((row) => plainTensor(row, weights.get(row.name), dtype));
  return writeSafetensors(new Map(rows), metadata);
}

/**
 * The weights as they are stored, quantised matrices with the entry of config.json that belongs to them; null without any.
 * Throws as `writeCheckpoint`, and when matrices are quantised in different layouts.
 */
export function writeStoredCheckpoint(
  config: ModelConfig,
  weights: Weights,
): { readonly file: Uint8Array<ArrayBuffer>; readonly quantisation: QuantisationConfig | null } {
  const matrices = new Map<string, QuantisedMatrix>();
  const tensors = tensorTable(config).flatMap((row): [string, StoredTensor][] => {
    const weight = weights.get(row.name);
    if (!weight || !('quantised' in weight)) {
      return [plainTensor(row, weight && floatsOf(weight), weight && 'half' in weight ? 'F16' : 'F32')];
    }
    matrices.set(row.name, weight.quantised);
    return quantisedTensors(row.name, weight.quantised);
  });
  const quantisation = commonQuantisation(matrices);
  if (!quantisation && matrices.size > 0) {
    throw new CheckpointError(
      'Matrices are quantised with different bits, blocks or zero points: a file holds one layout, quantise all in the same way.',
    );
  }
  return { file: writeSafetensors(new Map(tensors), metadata), quantisation };
}

/** Without this entry `transformers` refuses the file. */
const metadata = { format: 'pt' };

function plainTensor(
  { name, shape }: TensorRow,
  values: Float32Array | undefined,
  dtype: FloatDType,
): [string, StoredTensor] {
  if (!values) throw new CheckpointError(`Weight ${name} is missing: the config asks for ${shapeText(shape)}.`);
  if (values.length !== elements(shape)) {
    throw new CheckpointError(
      `Weight ${name} has ${values.length} numbers, the config asks for ${shapeText(shape)}, ${elements(shape)} numbers.`,
    );
  }
  const data = numberFormats[dtype].encode(values);
  const wrong = firstNonFinite(numberFormats[dtype].decode(data));
  if (wrong >= 0) throw new CheckpointError(unwritable(name, wrong, values[wrong] ?? Number.NaN, dtype));
  return [name, { dtype, shape, data }];
}

/**
 * Names of the tensors that are quantised: any matrix but a table of positions, whose rows are added to others, and those of
 * experts, which no kernel reads as integers.
 */
function quantisedRows(
  table: readonly TensorRow[],
  quantisation: QuantisationConfig | null,
  source: string,
): ReadonlySet<string> {
  const matrices = new Set(
    table
      .filter(({ matrix, name }) => matrix && !name.includes('position_embeddings') && expertOf(name) === null)
      .map(({ name }) => name),
  );
  const names = (quantisation?.modules ?? []).map((module) => `${module}.weight`);
  const strange = names.find((name) => !matrices.has(name));
  if (strange === undefined) return new Set(names);
  throw new CheckpointError(
    `${source}: quantization_config names ${strange.replace(/\.weight$/, '')}, which is no matrix of the model of this config that can be quantised.`,
  );
}

function unwritable(name: string, index: number, value: number, dtype: FloatDType): string {
  const which = `Weight ${name} holds ${value} at element ${index}`;
  return Number.isFinite(value)
    ? `${which}, too large for ${dtype}: write BF16 or F32.`
    : `${which}: weights must be finite.`;
}

function readWeight(
  config: ModelConfig,
  { name, shape, matrix }: TensorRow,
  tensors: ReadonlyMap<string, StoredTensor>,
  source: string,
): StoredWeight {
  const tensor = tensors.get(name);
  if (!tensor) {
    const untied = name === headName && !config.tie_word_embeddings && tensors.has(embeddingName);
    const hint = untied ? ' Set tie_word_embeddings to true if the head is the embedding table.' : '';
    throw new CheckpointError(`${source}: tensor ${name} is missing, the config asks for ${shapeText(shape)}.${hint}`);
  }
  if (isFloat(tensor.dtype) && shapeText(tensor.shape) !== shapeText(shape)) {
    throw new CheckpointError(
      `${source}: tensor ${name} has shape ${shapeText(tensor.shape)}, the config says ${shapeText(shape)}.`,
    );
  }
  const { dtype } = tensor;
  if (!isFloat(dtype)) {
    throw new CheckpointError(
      `${source}: tensor ${name} is ${dtype}, and quantization_config in config.json does not name it: only F32, F16 and BF16 can be read there.`,
    );
  }
  const half = matrix && dtype === 'F16' ? shortsOf(tensor.data) : null;
  const values = half ? null : numberFormats[dtype].decode(tensor.data);
  const wrong = half
    ? half.findIndex((bits) => (bits & 0x7c00) === 0x7c00)
    : firstNonFinite(values ?? new Float32Array());
  if (wrong >= 0) {
    const value = numberFormats[dtype].decode(tensor.data)[wrong];
    throw new CheckpointError(`${source}: tensor ${name} holds ${value} at element ${wrong}: weights must be finite.`);
  }
  return half ? { half } : { values: values ?? new Float32Array() };
}

/**
 * Refuses tensors that the config has no place for. Two kinds do no harm: the tables of angles that older LLaMA exports
 * carry, and a second copy of a tied head.
 */
function checkSurplus(
  config: ModelConfig,
  wanted: ReadonlySet<string>,
  tensors: ReadonlyMap<string, StoredTensor>,
  source: string,
): void {
  const surplus = [...tensors.keys()].filter((name) => !wanted.has(name) && !name.endsWith('rotary_emb.inv_freq'));
  if (config.tie_word_embeddings && surplus.includes(headName)) {
    if (!sameNumbers(tensors.get(headName), tensors.get(embeddingName))) {
      throw new CheckpointError(
        `${source}: tensor ${headName} differs from ${embeddingName}, but the config ties them: set tie_word_embeddings to false.`,
      );
    }
    surplus.splice(surplus.indexOf(headName), 1);
  }
  if (surplus.length === 0) return;
  const named = surplus.slice(0, 5).join(', ') + (surplus.length > 5 ? ` and ${surplus.length - 5} more` : '');
  const which = surplus.length === 1 ? `tensor ${named} has` : `tensors ${named} have`;
  if (surplus.every((name) => /\.(scales|zeros)$/.test(name))) {
    throw new CheckpointError(
      `${source}: ${which} no place: the weights are quantised, but quantization_config in config.json does not say so.`,
    );
  }
  throw new CheckpointError(`${source}: ${which} no place in the model of this config: check its switches.`);
}

function sameNumbers(a: StoredTensor | undefined, b: StoredTensor | undefined): boolean {
  if (!a || !b || !isFloat(a.dtype) || !isFloat(b.dtype) || shapeText(a.shape) !== shapeText(b.shape)) return false;
  const valuesA = numberFormats[a.dtype].decode(a.data);
  const valuesB = numberFormats[b.dtype].decode(b.data);
  return valuesA.every((value, i) => value === valuesB[i]);
}

/** Index of the first infinity or NaN, or −1. */
function firstNonFinite(values: Float32Array): number {
  return values.findIndex((value) => !Number.isFinite(value));
}
