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
import { completeConfig, headSize, kvHeads, type ModelConfig } from '../../model/config';
import { type TensorRow, tensorTable } from '../../model/names';
import { blockOf, type Scheme } from '../../quant/schemes';
import { kindOf, type SelectionId, selections } from '../../quant/which-matrices';
import { paperConfig, paperShapes, paperVocabulary } from '../real-size/paper-shapes';

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

export interface MemoryPreset {
  readonly id: string;
  /** A name, the same in every language. */
  readonly name: string;
  readonly shape: MemoryShape;
  /** Where the sizes are from. */
  readonly source: string;
}

/** Its vocabulary is the 150,000 pieces of icetk, padded. */
const glm130b = completeConfig(
  {
    vocab_size: 150_528,
    hidden_size: 12_288,
    num_hidden_layers: 70,
    num_attention_heads: 96,
    intermediate_size: 32_768,
    max_position_embeddings: 2048,
    tie_word_embeddings: true,
    hidden_act: 'gelu_pytorch_tanh',
    attention_bias: true,
    mlp_bias: true,
    attention_mask: 'prefix',
    norm: 'layer',
    norm_placement: 'deepnorm',
  },
  'GLM-130B',
);

/** What all models of this page have in common. */
const shipped: Partial<ModelConfig> = {
  max_position_embeddings: 256,
  tie_word_embeddings: true,
  series_branches: 2,
};

function shippedPreset(id: string, name: string, values: Partial<ModelConfig>): MemoryPreset {
  return { id, name, shape: completeConfig({ ...shipped, ...values }, name), source: 'this page' };
}

const ofDepth20 = paperShapes.filter(({ depth }) => depth === 20);

export const memoryPresets: readonly MemoryPreset[] = [
  { id: 'glm-130b', name: 'GLM-130B', shape: glm130b, source: 'arXiv:2210.02414' },
  ...ofDepth20.map((shape) => ({
    id: 'pangu-pi-1b-pro',
    name: 'PanGu-π-1B Pro',
    shape: paperConfig(shape, paperVocabulary),
    source: 'arXiv:2402.02791',
  })),
  shippedPreset('text-mini', 'Text mini', {
    vocab_size: 6144,
    hidden_size: 256,
    num_hidden_layers: 7,
    num_attention_heads: 8,
    intermediate_size: 688,
    shortcut_size: 64,
  }),
  shippedPreset('story-micro', 'Story micro', {
    vocab_size: 2048,
    hidden_size: 192,
    num_hidden_layers: 6,
    num_attention_heads: 6,
    intermediate_size: 512,
    shortcut_size: 48,
  }),
  shippedPreset('story-nano', 'Story nano', {
    vocab_size: 1536,
    hidden_size: 96,
    num_hidden_layers: 4,
    num_attention_heads: 3,
    intermediate_size: 176,
    shortcut_size: 16,
  }),
];
