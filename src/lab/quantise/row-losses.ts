/**
 * The loss of documents, each read as rows of one run instead of token by token: a few times as fast on WebAssembly, for measurements
 * that ask only for losses. What is read is what src/lab/evaluation.ts reads, to the rounding of f32.
 */
import { characterCount } from '../../data/corpus/documents';
import { breather } from '../../graph/breather';
import type { Executor, ExecutorProgram } from '../../graph/executor';
import type { ModelConfig } from '../../model/config';
import { type ScoreGraph, scoreGraph } from '../../model/graphs';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { DocumentLoss, ExamControl } from '../evaluation';
import { documentIds, type HeldOutDocument } from '../held-out-documents';
import { surprise } from '../score';

/** Where rows past the end are cheap, a program serves documents of up to so many lengths. */
const rowStep = 64;
/** Milliseconds without giving way to a wish to stop. */
const longestTurn = 20;

interface Scorer {
  readonly graph: ScoreGraph;
  readonly program: ExecutorProgram;
}

/** The documents must fit the context; `executor` holds the model's weights. Null when stopped. */
export async function rowLosses(
  config: ModelConfig,
  tokenizer: Tokenizer,
  executor: Executor,
  documents: readonly HeldOutDocument[],
  { onDone, shouldStop }: ExamControl = {},
): Promise<DocumentLoss[] | null> {
  const breathe = breather(longestTurn);
  const scorers = new Map<number, Scorer>();
  const losses: DocumentLoss[] = [];
  try {
    for (const document of documents) {
      await breathe();
      if (shouldStop?.()) return null;
      const ids = documentIds(tokenizer, document);
      const nats = lossOf(config, scorerFor(config, executor, scorers, ids.length), executor, ids);
      const { text, language } = document;
      losses.push({ nats, tokens: ids.length - 1, characters: characterCount(text), language });
      onDone?.();
    }
    return losses;
  } finally {
    for (const { program } of scorers.values()) program.destroy();
  }
}

function scorerFor(config: ModelConfig, executor: Executor, known: Map<number, Scorer>, length: number): Scorer {
  const rows = executor.prefersRows
    ? Math.min(Math.ceil(length / rowStep) * rowStep, config.max_position_embeddings)
    : length;
  const found = known.get(rows);
  if (found) return found;
  const graph = scoreGraph(config, rows);
  const scorer = { graph, program: executor.compile(graph.graph) };
  known.set(rows, scorer);
  return scorer;
}

/** Nats of all ids behind the first. */
function lossOf(config: ModelConfig, { graph, program }: Scorer, executor: Executor, ids: Uint32Array): number {
  const padded = new Uint32Array(graph.ids.shape[0] ?? 0);
  padded.set(ids);
  executor.numbers(graph.ids).set(padded);
  // A text that is measured has no prompt: its first token alone is seen by all.
  const prefix = config.attention_mask === 'prefix' ? 1 : 0;
  executor.numbers(graph.cursor).set([0, ids.length, prefix, 0]);
  program.run();
  const logits = program.read(graph.logits);
  let nats = 0;
  for (let position = 1; position < ids.length; position++) {
    const row = logits.subarray((position - 1) * config.vocab_size, position * config.vocab_size);
    nats += surprise(Float32Array.from(row), ids[position] ?? 0);
  }
  return nats;
}
