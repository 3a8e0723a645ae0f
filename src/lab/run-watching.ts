/**
 * What is looked at while a run goes: the held-out loss, StoryWorld's probes, a sample of text. What is due at a step and not
 * among the curves yet is looked at, so a run that was cut off while looking looks again, and one that passes a step twice
 * does not.
 */
import type { Curves } from '../train/curves';
import type { Recipe } from '../train/recipe';
import type { Trainer, TrainerBackend } from '../train/trainer';
import { heldOutLoss } from './held-out-loss';
import type { PreparedRun } from './prepared-run';
import { probeRound } from './probe-round';
import type { RunCurves } from './run-curves';
import { writeSample } from './run-sample';
import { trainedRuntime } from './trained-runtime';

type Kind = 'evaluations' | 'probes' | 'samples';

/** A fresh model is evaluated and no more: it answers by chance and writes noise. */
export function dueAt(recipe: Recipe, curves: Pick<RunCurves, 'has'>, step: number): Kind[] {
  const every = { evaluations: recipe.evaluateEvery, probes: recipe.probeEvery, samples: recipe.sampleEvery };
  const kinds: Kind[] =
    recipe.corpus.kind === 'storyworld' ? ['evaluations', 'probes', 'samples'] : ['evaluations', 'samples'];
  return kinds.filter((kind) => {
    const steps = every[kind];
    if (steps === 0 || (step === 0 && kind !== 'evaluations')) return false;
    return (step % steps === 0 || step === recipe.steps) && !curves.has(kind, step);
  });
}

export interface Watched {
  readonly prepared: PreparedRun;
  readonly trainer: Trainer;
  readonly backend: TrainerBackend;
  readonly curves: RunCurves;
  /** Rows of a batch now. */
  readonly rows: number;
  readonly step: number;
  /** Leaves what is being looked at; asked often. */
  stopped(): boolean;
  onPoints(points: Partial<Curves>): void;
  onProgress(done: number, total: number): void;
}

/** Looks at all that is due, the held-out loss first. */
export async function watch(watched: Watched): Promise<void> {
  const { prepared, trainer, curves, rows, step, stopped } = watched;
  const due = dueAt(prepared.recipe, curves, step);
  if (due.includes('evaluations')) {
    const point = await heldOutLoss(trainer, prepared.windows, rows, step, stopped, watched.onProgress);
    if (point && curves.addEvaluation(point)) watched.onPoints({ evaluations: [point] });
  }
  if (due.includes('probes') && !stopped()) await ask(watched);
  if (!due.includes('samples') || stopped()) return;
  const runtime = await trainedRuntime(watched.backend, prepared.config, await trainer.weights());
  try {
    await sample(watched, runtime);
  } finally {
    runtime.destroy();
  }
}

type Runtime = Awaited<ReturnType<typeof trainedRuntime>>;

async function sample({ prepared, curves, step, stopped, onPoints }: Watched, runtime: Runtime): Promise<void> {
  const { recipe, data } = prepared;
  const options = { prompt: recipe.samplePrompt, firstId: data.heldOut.ids[0] ?? 0, length: recipe.sampleTokens };
  const text = await writeSample(runtime, data.tokenizer, options, stopped);
  // A sample that was cut short would not compare with the others.
  if (stopped()) return;
  const point = { step, text };
  if (curves.addSample(point)) onPoints({ samples: [point] });
}

async function ask({ prepared, trainer, curves, rows, step, stopped, onPoints }: Watched): Promise<void> {
  const { corpus, probeCount, context } = prepared.recipe;
  if (corpus.kind !== 'storyworld') return;
  const options = { zhShare: corpus.zhShare, count: probeCount, step, rows, context };
  const probes = await probeRound(trainer, prepared.data.tokenizer, options, stopped);
  if (probes && curves.addProbes(probes)) onPoints({ probes });
}
