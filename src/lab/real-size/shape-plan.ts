/**
 * What a model takes in memory to decode, and how large a copy of it fits where the model itself does not.
 *
 * A smaller copy has every width (C, D, F, V, R) multiplied by one factor and keeps its layers and heads, so that depth
 * against width is what it was. Factors are those that leave heads of a multiple of four (of two where they are not a multiple
 * of four to begin with): kernels read vectors of four.
 */
import { costOf } from '../../graph/cost';
import { type BytesPerWeight, bytesOf } from '../../graph/tensor';
import { completeConfig, headSize, type ModelConfig } from '../../model/config';
import { tokenGraph } from '../../model/graphs';
import { bytesText } from '../../model/memory-fit';

export interface ShapePlan {
  readonly config: ModelConfig;
  /** 1 is the model itself. */
  readonly factor: number;
  readonly parameters: number;
  /** Norms and biases are f32 in any case. */
  readonly weightBytes: number;
  /** The KV cache, and a few words of state. */
  readonly cacheBytes: number;
  readonly activationBytes: number;
  /** The largest weight: it lies in memory a second time while it is made. */
  readonly largestBytes: number;
  readonly totalBytes: number;
}

export interface ShapeLimits {
  /** All together. */
  readonly totalBytes: number;
  /** One weight: a GPU binds no larger buffer. */
  readonly bufferBytes?: number;
}

/** Of a model on WebAssembly: its 4 GiB, less what threads and commands take. */
export const mostCpuBytes = 2 ** 32 - 2 ** 27;

/** `bytesPerWeight` as `costOf` takes it: 2 where matrices are kept as f16. */
export function shapePlan(config: ModelConfig, bytesPerWeight: BytesPerWeight, factor = 1): ShapePlan {
  const { graph } = tokenGraph(config);
  const { parameters, weightBytes, stateBytes, activationBytes } = costOf(graph, bytesPerWeight);
  const largestBytes = Math.max(...graph.parameters.map((tensor) => bytesOf(tensor, bytesPerWeight)));
  const totalBytes = weightBytes + stateBytes + activationBytes + largestBytes;
  return { config, factor, parameters, weightBytes, cacheBytes: stateBytes, activationBytes, largestBytes, totalBytes };
}

/**
 * The configs at one factor, the largest at which each of them fits, so that they can be compared. Throws RangeError with
 * a sentence when the smallest copy does not fit.
 */
export function largestPlans(
  configs: readonly ModelConfig[],
  bytesPerWeight: BytesPerWeight,
  limits: ShapeLimits,
): readonly ShapePlan[] {
  let smallest: readonly ShapePlan[] = [];
  for (const factor of factorsOf(configs)) {
    smallest = configs.map((config) => shapePlan(scaledConfig(config, factor), bytesPerWeight, factor));
    if (smallest.every((plan) => fits(plan, limits))) return smallest;
  }
  const needed = Math.max(...smallest.map(({ totalBytes }) => totalBytes));
  throw new RangeError(
    `Even the smallest copy needs ${bytesText(needed, Math.ceil)}, ${bytesText(limits.totalBytes, Math.floor)} are allowed: allow more, or choose fewer layers or a shorter context.`,
  );
}

/** All widths times `factor`, which leaves whole heads (see above); layers, heads and context stay. */
export function scaledConfig(config: ModelConfig, factor: number): ModelConfig {
  if (factor === 1) return config;
  const scaled = (size: number) => Math.max(1, Math.round(size * factor));
  const head = scaled(headSize(config));
  const vocabulary = scaled(config.vocab_size);
  const token = (id: number | null) => (id !== null && id < vocabulary ? id : null);
  return completeConfig(
    {
      ...config,
      vocab_size: vocabulary,
      hidden_size: config.head_dim === null ? head * config.num_attention_heads : scaled(config.hidden_size),
      head_dim: config.head_dim === null ? null : head,
      intermediate_size: scaled(config.intermediate_size),
      shortcut_size: config.shortcut_size === 0 ? 0 : scaled(config.shortcut_size),
      bos_token_id: token(config.bos_token_id),
      eos_token_id: token(config.eos_token_id),
    },
    `the config at a factor of ${factor}`,
  );
}

/** Largest first. Heads of all configs stay whole: the steps are those of the smallest head. */
function factorsOf(configs: readonly ModelConfig[]): readonly number[] {
  const sizes = configs.map(headSize);
  const step = sizes.every((size) => size % 4 === 0) ? 4 : 2;
  const steps = sizes.map((size) => size / step).reduce(greatestCommonDivisor);
  return Array.from({ length: steps }, (_, index) => (steps - index) / steps);
}

function fits({ totalBytes, largestBytes }: ShapePlan, limits: ShapeLimits): boolean {
  return totalBytes <= limits.totalBytes && largestBytes <= (limits.bufferBytes ?? Number.POSITIVE_INFINITY);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
