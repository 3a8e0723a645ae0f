/**
 * What a model takes in memory to decode, as GLM-130B counts it: 16 bits a weight, or the matrices that are quantised as integers
 * with their scales and everything else in 16 bits; and keys and values of every text that is under way.
 *
 * Sizes are bytes, and follow from the config's tensor table alone: no model is needed, and none of this size is ever made. Not
 * counted: activations and what a runtime takes for itself, for which `fits` leaves room.
 *
 * Weights and cache are spread evenly over a machine's cards, and a tenth of each card is left free: with it, GLM-130B at its full
 * context fits where its paper says that it runs, and with wider weights it does not.
 */
import { blocksOfRow, paddedColumns } from '../../graph/quantised';
import { elements } from '../../graph/tensor';
import { headSize, kvHeads, type ModelConfig } from '../../model/config';
import { type TensorRow, tensorTable } from '../../model/names';
import { blockOf, type Scheme } from '../../quant/schemes';
import { kindOf, type SelectionId, selections } from '../../quant/which-matrices';

/** A config of which only sizes and switches that add weights count. `configProblems` says what is wrong with a person's. */
export type MemoryShape = ModelConfig;

export type WeightFormat = 'fp16' | 'int8' | 'int4';

export const weightFormats: readonly WeightFormat[] = ['fp16', 'int8', 'int4'];

export interface MemoryOptions {
  readonly weights: WeightFormat;
  /** Tokens of each text. */
  readonly context: number;
  /** Texts at a time. */
  readonly batch: number;
  /** How integers share scales: one for each row (GLM-130B) unless given. */
  readonly block?: Scheme['block'];
  /** Whether each block has a zero point of a byte. Off unless given. */
  readonly zeroPoint?: boolean;
  /** Which matrices are integers: GLM-130B's, without embedding and head, unless given. */
  readonly selection?: SelectionId;
  /** Of a key's or value's number: 16 unless given. This page's own cache has 32. */
  readonly cacheBits?: 16 | 32;
}

export interface MemorySum {
  readonly parameters: number;
  /** Integers alone; 0 at FP16. */
  readonly integerBytes: number;
  /** Scales and zero points; 0 at FP16. */
  readonly scaleBytes: number;
  /** Weights that stay in 16 bits. */
  readonly keptBytes: number;
  /** The three before together. */
  readonly weightBytes: number;
  readonly cacheBytes: number;
  readonly totalBytes: number;
}

/** As src/graph/quantised.ts keeps them. */
const bytesPerScale = 4;
const bytesPerHalf = 2;
/** GLM-130B writes in a context of 2048 tokens, the most it was trained on. */
export const paperContext = 2048;

export function memoryOf(shape: MemoryShape, options: MemoryOptions): MemorySum {
  const { weights, block = 'row', zeroPoint = false, selection = 'glm' } = options;
  const scheme: Scheme | null =
    weights === 'fp16' ? null : { bits: weights === 'int8' ? 8 : 4, block, zeroPoint, source: '' };
  let [parameters, integerBytes, scaleBytes, keptBytes] = [0, 0, 0, 0];
  for (const row of tensorTable(shape)) {
    parameters += elements(row.shape);
    if (!scheme || !isSelected(row, selection)) {
      keptBytes += bytesPerHalf * elements(row.shape);
      continue;
    }
    const [N = 0, K = 0] = row.shape;
    const layout = { K, block: blockOf(scheme, K) };
    integerBytes += (N * paddedColumns(layout) * scheme.bits) / 8;
    scaleBytes += N * blocksOfRow(layout) * (bytesPerScale + (zeroPoint ? 1 : 0));
  }
  const weightBytes = integerBytes + scaleBytes + keptBytes;
  const cacheBytes = cacheBytesOf(shape, options);
  return {
    parameters,
    integerBytes,
    scaleBytes,
    keptBytes,
    weightBytes,
    cacheBytes,
    totalBytes: weightBytes + cacheBytes,
  };
}

function isSelected({ name }: TensorRow, selection: SelectionId): boolean {
  const kind = kindOf(name);
  const kinds: readonly string[] = selections[selection];
  return kind !== undefined && kinds.includes(kind);
}

/** A key and a value of each KV head in each layer, for every token of every text. */
function cacheBytesOf(shape: MemoryShape, { context, batch, cacheBits = 16 }: MemoryOptions): number {
  return (2 * shape.num_hidden_layers * kvHeads(shape) * headSize(shape) * context * batch * cacheBits) / 8;
}

export interface Cards {
  readonly id: string;
  readonly name: string;
  readonly count: number;
  /** Of one card. */
  readonly gibibytes: number;
  /**
   * The widest weights with which GLM-130B runs here and all of them stay on the cards, by its table of hardware; null for a machine that
   * the table does not name.
   */
  readonly paper: WeightFormat | null;
}

/** Share of a card that weights and cache may take. */
export const usableShare = 0.9;

export const cards: readonly Cards[] = [
  { id: '8xa100-40', name: '8 × A100 40 GB', count: 8, gibibytes: 40, paper: 'fp16' },
  { id: '4xa100-80', name: '4 × A100 80 GB', count: 4, gibibytes: 80, paper: null },
  { id: '8xv100-32', name: '8 × V100 32 GB', count: 8, gibibytes: 32, paper: 'int8' },
  { id: '4xv100-32', name: '4 × V100 32 GB', count: 4, gibibytes: 32, paper: null },
  { id: '8x3090-24', name: '8 × RTX 3090 24 GB', count: 8, gibibytes: 24, paper: 'int8' },
  { id: '4x3090-24', name: '4 × RTX 3090 24 GB', count: 4, gibibytes: 24, paper: 'int4' },
  { id: '8x2080ti-11', name: '8 × RTX 2080 Ti 11 GB', count: 8, gibibytes: 11, paper: 'int4' },
  { id: '1xa100-80', name: '1 × A100 80 GB', count: 1, gibibytes: 80, paper: null },
  { id: '1x4090-24', name: '1 × RTX 4090 24 GB', count: 1, gibibytes: 24, paper: null },
  { id: '1x8', name: '1 × 8 GB', count: 1, gibibytes: 8, paper: null },
];

/** Bytes of a machine that weights and cache may take. */
export function usableBytes({ count, gibibytes }: Cards): number {
  return count * gibibytes * 2 ** 30 * usableShare;
}

export function fits({ totalBytes }: Pick<MemorySum, 'totalBytes'>, machine: Cards): boolean {
  return totalBytes <= usableBytes(machine);
}
