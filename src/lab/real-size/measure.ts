/**
 * How fast a model of a given size decodes, measured as PanGu-π Pro does (2402.02791): random weights, a prefix of 2 tokens,
 * then many more, one text at a time. The paper's batch is 20, so only the ratio between shapes compares with its numbers.
 */
import { type Cost, costOf } from '../../graph/cost';
import type { BytesPerWeight } from '../../graph/tensor';
import type { Weights } from '../../graph/weights';
import type { ModelConfig } from '../../model/config';
import { tokenGraph } from '../../model/graphs';
import type { Runtime } from '../../model/runtime';
import { randomWeights } from './random-weights';
import type { ShapePlan } from './shape-plan';

export interface SpeedOptions {
  /** Tokens written after the prefix, a run. */
  readonly tokens: number;
  /** Runs that count; one more warms up. */
  readonly runs: number;
  readonly seed: number;
  /** Matrices are made as f16, for a runtime that keeps them so. */
  readonly half: boolean;
  /** Asked before each token: true ends the measurement, which then counts the runs that are complete. */
  readonly stopped?: () => boolean;
}

export interface ShapeSpeed {
  readonly tokensPerSecond: { readonly median: number; readonly lowest: number; readonly highest: number };
  /** Tokens a second of each run, from reading the prefix to the last token. */
  readonly runs: readonly number[];
  readonly prefix: number;
  readonly tokens: number;
  /** Bytes that a token moves at least, derived from the shapes, over a cache that is as full as it is on average. */
  readonly bytesPerToken: number;
  readonly flopsPerToken: number;
  /** What the median comes to. */
  readonly gigaflops: number;
  readonly gigabytesPerSecond: number;
}

const prefix = [1, 2] as const;
const warmTokens = 8;

/** Opens the plan's model with random weights, measures and closes it. Null when stopped before a run was complete. */
export async function measureShape(
  { config }: Pick<ShapePlan, 'config'>,
  open: (config: ModelConfig, weights: Weights) => Promise<Runtime>,
  options: SpeedOptions,
): Promise<ShapeSpeed | null> {
  const weights = randomWeights(config, options.seed, options.half);
  return measureWeights({ config, weights, bytesPerWeight: options.half ? 2 : 4 }, open, options);
}

/** Opens a model with the weights given, measures and closes it. `bytesPerWeight` as `costOf` takes it. Null as above. */
export async function measureWeights(
  model: { readonly config: ModelConfig; readonly weights: Weights; readonly bytesPerWeight: BytesPerWeight },
  open: (config: ModelConfig, weights: Weights) => Promise<Runtime>,
  options: Omit<SpeedOptions, 'seed' | 'half'>,
): Promise<ShapeSpeed | null> {
  const runtime = await open(model.config, model.weights);
  try {
    return await decodingSpeed(runtime, model.bytesPerWeight, options);
  } finally {
    runtime.destroy();
  }
}

/** Throws RangeError when the context does not hold prefix and tokens. */
async function decodingSpeed(
  runtime: Runtime,
  bytesPerWeight: BytesPerWeight,
  { tokens, runs, stopped = () => false }: Omit<SpeedOptions, 'seed' | 'half'>,
): Promise<ShapeSpeed | null> {
  const room = runtime.config.max_position_embeddings - prefix.length;
  if (tokens > room)
    throw new RangeError(`${tokens} tokens do not fit the context behind the prefix: choose 1 to ${room}.`);
  if ((await decode(runtime, Math.min(tokens, warmTokens), stopped)) === null) return null;
  const speeds: number[] = [];
  while (speeds.length < runs) {
    const seconds = await decode(runtime, tokens, stopped);
    if (seconds === null) break;
    speeds.push(tokens / seconds);
  }
  if (speeds.length === 0) return null;
  const sorted = speeds.toSorted((a, b) => a - b);
  const median = medianOf(sorted);
  const { flops, bytesRead, bytesWritten } = meanCost(runtime.config, tokens, bytesPerWeight);
  const bytesPerToken = bytesRead + bytesWritten;
  return {
    tokensPerSecond: { median, lowest: sorted[0] as number, highest: sorted.at(-1) as number },
    runs: speeds,
    prefix: prefix.length,
    tokens,
    bytesPerToken,
    flopsPerToken: flops,
    gigaflops: (flops * median) / 1e9,
    gigabytesPerSecond: (bytesPerToken * median) / 1e9,
  };
}

/** Seconds that the prefix and `tokens` tokens take; null when stopped. */
async function decode(runtime: Runtime, tokens: number, stopped: () => boolean): Promise<number | null> {
  const vocabulary = runtime.config.vocab_size;
  const begun = performance.now();
  await runtime.start(prefix.map((id) => Math.min(id, vocabulary - 1)));
  for await (const _ of runtime.tokens(tokens, { temperature: 0, topK: 0, topP: 1, seed: 0 })) {
    if (stopped()) return null;
  }
  return (performance.now() - begun) / 1000;
}

/** Of a token in the middle of the text: what attention costs grows evenly with the keys that it sees. */
function meanCost(config: ModelConfig, tokens: number, bytesPerWeight: BytesPerWeight): Cost {
  const keys = Math.ceil((prefix.length + tokens) / 2);
  return costOf(tokenGraph({ ...config, max_position_embeddings: keys }).graph, bytesPerWeight);
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}
