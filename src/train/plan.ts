/**
 * What a training step is made of, before anything runs: its two graphs, the layout of the flat buffers, and the cost
 * derived from them.
 */
import { costOf } from '../graph/cost';
import { type FlatLayout, flatLayout, flatNames } from '../graph/flat';
import type { ModelConfig } from '../model/config';
import { bytesText, type MemoryLimits, type MemoryNeed, memoryNeed } from '../model/memory-fit';
import { type TrainingGraph, trainingGraph } from '../model/training-graph';
import { groupIndex } from './groups';
import { type OptimiserGraph, optimiserGraph } from './optimiser';
import type { StepCost, TrainerOptions, TrainingValues } from './trainer';

export interface TrainingPlan {
  readonly training: TrainingGraph;
  readonly optimiser: OptimiserGraph;
  readonly layout: FlatLayout;
  readonly cost: StepCost;
}

type PlanOptions = Pick<TrainerOptions, 'softPrompt' | 'trainable'>;

/** Throws a sentence when recipe and config do not fit together. */
export function planTraining(config: ModelConfig, recipe: TrainingValues, options: PlanOptions = {}): TrainingPlan {
  const { batch, context, dropout, accumulation } = recipe;
  const training = trainingGraph(config, { batch, context, dropout, ...options });
  const layout = flatLayout(training.graph.parameters, groupIndex);
  const optimiser = optimiserGraph(layout, recipe.optimizer);
  const [step, update] = [costOf(training.graph), costOf(optimiser.graph)];
  const cost: StepCost = {
    flops: step.flops * accumulation + update.flops,
    dispatches: step.dispatches * accumulation + update.dispatches,
    submits: accumulation,
    weightBytes: layout.size * 4 * flatNames.length,
    activationBytes: step.activationBytes + update.activationBytes,
    tokens: batch * context * accumulation,
  };
  return { training, optimiser, layout, cost };
}

/**
 * Whether experts get equal shares of the rows at a step, for `TrainingGraph.balance`: while weights learn. Held-out text,
 * scored as step 0, goes where the argmax sends it, as in use.
 */
export function balanceAt(step: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.of(step > 0 ? 1 : 0, 0, 0, 0);
}

/** The forward pass of a plan on its own: nothing learns, nothing drops. */
export function scoringGraph(
  config: ModelConfig,
  { training }: TrainingPlan,
  { recipe: { context }, softPrompt }: Pick<TrainerOptions, 'recipe' | 'softPrompt'>,
): TrainingGraph {
  const batch = (training.ids.shape[0] ?? 0) / context;
  return trainingGraph(config, { batch, context, trainable: () => false, ...(softPrompt && { softPrompt }) });
}

/**
 * Null when the plan fits the adapter, else a sentence that follows the model's name: "needs 1.4 GiB in one buffer
 * (logits), this adapter allows 1 GiB: lower the batch to 8 or the vocabulary."
 */
export function trainingProblem(plan: TrainingPlan, recipe: TrainingValues, limits: MemoryLimits): string | null {
  const need = needOf(plan);
  const allowed = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  if (need.largest.bytes <= allowed) return null;
  const amount = `${bytesText(need.largest.bytes, Math.ceil)} in one buffer (${need.largest.name}), this adapter allows ${bytesText(allowed, Math.floor)}`;
  const rows = Math.floor((recipe.batch * allowed) / need.largest.bytes);
  if (need.largest.kind === 'activation' && rows >= 1) {
    return `needs ${amount}: lower the batch to ${rows}, or the vocabulary.`;
  }
  return `needs ${amount}: choose ${smallerModel(plan)}.`;
}

function smallerModel({ training }: TrainingPlan): string {
  const experts = training.graph.parameters.some(({ name }) => name.includes('.experts.'));
  return `a smaller vocabulary, a smaller width${experts ? ', fewer experts' : ''} or fewer layers`;
}

/** WebAssembly numbers the bytes of its memory with 32 bits. */
const wasmBytes = 2 ** 32;

/** The same for a plan on WebAssembly: "needs 5.8 GiB, WebAssembly has 4 GiB: lower the batch to 170, or the context." */
export function wasmProblem(plan: TrainingPlan, config: ModelConfig, recipe: TrainingValues): string | null {
  const { weightBytes, activationBytes } = plan.cost;
  // Held-out text is scored beside the step, with activations of its own.
  const rowBytes = activationBytes + costOf(scoringGraph(config, plan, { recipe }).graph).activationBytes;
  const bytes = weightBytes + rowBytes;
  if (bytes <= wasmBytes) return null;
  const amount = `${bytesText(bytes, Math.ceil)}, WebAssembly has ${bytesText(wasmBytes, Math.floor)}`;
  const rows = Math.floor((recipe.batch * (wasmBytes - weightBytes)) / rowBytes);
  if (rows >= 1) return `needs ${amount}: lower the batch to ${rows}, or the context.`;
  return `needs ${amount}: choose a shorter context, ${smallerModel(plan)}.`;
}

/** The flat buffers count once each; parameters and gradients are ranges of them. */
function needOf({ training, optimiser }: TrainingPlan): MemoryNeed {
  const activations = memoryNeed([{ ...training.graph, parameters: [], states: [] }], 4);
  const flat = memoryNeed([optimiser.graph], 4);
  return {
    largest: flat.largest.bytes > activations.largest.bytes ? flat.largest : activations.largest,
    totalBytes: flat.totalBytes + activations.totalBytes,
  };
}
