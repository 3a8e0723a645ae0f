/**
 * The graph of a training step: a batch of B sequences of T tokens forward, the loss, and the whole reverse pass. The
 * blocks are those of every other graph; only the attention differs, which sees the rows of its own sequence and caches
 * nothing.
 *
 * Rows M = B·T, row r = b·T + t. Targets that do not count are `notCounted`.
 */
import { add } from '../gpu/kernels/add/add';
import { crossEntropy } from '../gpu/kernels/cross-entropy/cross-entropy';
import { orderName } from '../gpu/kernels/embed/order';
import { sumLosses } from '../gpu/kernels/gradient-norm/sum-losses';
import { type Graph, GraphBuilder } from '../graph/graph';
import { reverse } from '../graph/reverse';
import type { Tensor } from '../graph/tensor';
import { hasExperts, type ModelConfig } from './config';
import { isFrozenGate } from './names';
import type { Scope } from './scope';
import { embedding, head, stack } from './stack';

export interface TrainingOptions {
  /** B and T. */
  readonly batch: number;
  readonly context: number;
  /** Share of each sub-layer's output that is dropped; 0 is off. */
  readonly dropout?: number;
  /** P learned vectors that stand in for the first P tokens of every sequence; 0 is none. */
  readonly softPrompt?: number;
  /** Parameters that learn; all unless given, but for CPM-2's gate, which never does. */
  readonly trainable?: (parameter: Tensor) => boolean;
}

export interface TrainingGraph {
  readonly graph: Graph;
  /** u32[M]. */
  readonly ids: Tensor;
  /** u32[M]: rows sorted by id, ties by row; absent when the embedding does not learn. */
  readonly order: Tensor | undefined;
  /** u32[M]. */
  readonly targets: Tensor;
  /** f32[4]: 1 / counted targets of the whole step. */
  readonly lossWeight: Tensor;
  /** u32[4]: the third is the prefix length of a prefix mask. */
  readonly cursor: Tensor;
  /** u32[4]: the first is 1 while experts get equal shares of the rows; absent without CPM-2's gate. */
  readonly balance: Tensor | undefined;
  /** u32[4]: seed and step of the dropout; absent without. */
  readonly draw: Tensor | undefined;
  /** [M] in nats. */
  readonly losses: Tensor;
  /** f32[4]: the first collects Σ losses over batches until the optimiser resets it. */
  readonly lossSum: Tensor;
  /** Nodes of the forward pass, losses and their sum included. */
  readonly forwardNodes: number;
  /** Parameters that receive a gradient. */
  readonly learning: readonly Tensor[];
}

/** Name of the soft prompt's parameter, which no checkpoint of a plain model has. */
export const softPromptName = 'soft_prompt.weight';

/** Throws a sentence when the context is longer than the model's positions. */
export function trainingGraph(config: ModelConfig, options: TrainingOptions): TrainingGraph {
  const { batch, context, dropout = 0, softPrompt = 0 } = options;
  const positions = config.max_position_embeddings;
  if (context > positions) {
    throw new RangeError(`A context of ${context} tokens: the model has ${positions} positions, choose at most that.`);
  }
  const builder = new GraphBuilder();
  const rows = batch * context;
  const cursor = builder.state('cursor', [4], 'u32');
  const draw = dropout > 0 ? builder.state('draw', [4], 'u32') : undefined;
  // Named by their size: a batch of another size is another state beside it.
  const ids = builder.state(`ids.${rows}`, [rows], 'u32');
  const targets = builder.state(`targets.${rows}`, [rows], 'u32');
  const lossWeight = builder.state('lossWeight', [4]);
  const lossSum = builder.state('lossSum', [4]);
  const balanced = hasExperts(config) && config.expert_gate === 'cpm-2';
  const balance = balanced ? builder.state('balance', [4], 'u32') : undefined;
  let streams = 0;
  const scope: Scope = {
    builder,
    config,
    tokens: rows,
    context,
    cursor,
    training: {
      period: context,
      dropout: draw ? { rate: dropout, draw, nextStream: () => streams++ } : null,
      lossWeight,
      balance,
    },
  };
  const prompt = softPrompt > 0 ? builder.vector(softPromptName, [softPrompt, config.hidden_size]) : undefined;
  const logits = head(scope, stack(scope, embedding(scope, ids, prompt)).x);
  const { losses } = builder.add(crossEntropy, 'loss', { logits, targets, lossWeight }, {});
  builder.add(sumLosses, 'loss.sum', { losses: builder.result(losses), lossSum }, {});
  const forwardNodes = builder.nodes.length;
  const { trainable = () => true } = options;
  const learning = reverse(builder, losses, {
    sum: add,
    trainable: (parameter) => trainable(parameter) && !isFrozenGate(config, parameter.name),
  });
  const graph = builder.build();
  const order = graph.states.find(({ name }) => name === orderName(ids));
  return { graph, ids, order, targets, lossWeight, cursor, balance, draw, losses, lossSum, forwardNodes, learning };
}
