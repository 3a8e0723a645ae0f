/**
 * Two runs side by side: how far one stands from a baseline at the last step both reached, and how far two curves that
 * should be the same ever part ("run again and check").
 */
import type { Curves, EvaluationPoint } from '../train/curves';
import { vocabularyText } from './recipe-differences';
import type { RunRecord } from './run-record';

/** Run minus baseline, at the last step that both have; null where they have none in common. Losses in nats a token. */
export interface Difference {
  readonly heldOutStep: number | null;
  readonly heldOutLoss: number | null;
  readonly bitsPerCharacter: number | null;
  readonly lossStep: number | null;
  /** Mean over the last `smoothing` steps up to `lossStep`, since one batch says little. */
  readonly loss: number | null;
  readonly parameters: number;
  /** Median tokens a second of the run over the baseline's: 2 is twice as fast. */
  readonly speed: number | null;
}

/** Steps that a training loss is averaged over before two are compared. */
const smoothing = 20;

export function differenceTo(baseline: RunRecord, run: RunRecord): Difference {
  const evaluations = lastCommon(baseline.curves.evaluations, run.curves.evaluations);
  const [a, b] = evaluations ?? [];
  // Nats a token of two vocabularies measure different things; bits a character of two texts do too.
  const sameVocabulary = vocabularyName(baseline) === vocabularyName(run);
  const step = lastCommon(baseline.curves.steps, run.curves.steps)?.[0].step ?? null;
  const speeds = [medianSpeed(run.curves), medianSpeed(baseline.curves)] as const;
  return {
    heldOutStep: a?.step ?? null,
    heldOutLoss: a && b && sameVocabulary ? b.heldOutLoss - a.heldOutLoss : null,
    bitsPerCharacter: a && b ? b.bitsPerCharacter - a.bitsPerCharacter : null,
    lossStep: step,
    loss: step !== null && sameVocabulary ? meanLoss(run.curves, step) - meanLoss(baseline.curves, step) : null,
    parameters: run.facts.parameters - baseline.facts.parameters,
    speed: speeds[0] !== null && speeds[1] !== null ? speeds[0] / speeds[1] : null,
  };
}

/** Equal for runs with the same tokens. Their number alone does not say: one tokenizer is pruned to one size in several ways. */
export function vocabularyName({ recipe, facts }: Pick<RunRecord, 'recipe' | 'facts'>): string {
  return `${vocabularyText(recipe.vocabulary)} (${facts.vocabulary})`;
}

/** Where two curves are farthest apart, over every step that both have. */
export interface Deviation {
  /** |a − b|, in nats a token. 0: the same bits. */
  readonly largest: number;
  readonly step: number;
  readonly curve: 'loss' | 'heldOutLoss';
  /** Points compared; 0 when the curves have no step in common, and `largest` then says nothing. */
  readonly points: number;
}

export function largestDeviation(a: Curves, b: Curves): Deviation {
  const loss = deviationOf('loss', a.steps, b.steps, (point) => point.loss);
  const heldOut = deviationOf(
    'heldOutLoss',
    a.evaluations,
    b.evaluations,
    (point: EvaluationPoint) => point.heldOutLoss,
  );
  const larger = heldOut.largest > loss.largest || loss.points === 0 ? heldOut : loss;
  return { ...larger, points: loss.points + heldOut.points };
}

function deviationOf<T extends { readonly step: number }>(
  curve: Deviation['curve'],
  a: readonly T[],
  b: readonly T[],
  value: (point: T) => number,
): Deviation {
  const known = new Map(b.map((point) => [point.step, value(point)]));
  let found: Deviation = { largest: 0, step: 0, curve, points: 0 };
  for (const point of a) {
    const other = known.get(point.step);
    if (other === undefined) continue;
    const distance = Math.abs(value(point) - other);
    const farther = distance > found.largest;
    found = { ...found, ...(farther && { largest: distance, step: point.step }), points: found.points + 1 };
  }
  return found;
}

/** The last two points of one step. */
function lastCommon<T extends { readonly step: number }>(a: readonly T[], b: readonly T[]): readonly [T, T] | null {
  const known = new Map(b.map((point) => [point.step, point]));
  for (const point of a.toReversed()) {
    const other = known.get(point.step);
    if (other) return [point, other];
  }
  return null;
}

/** Mean training loss over the last `smoothing` steps up to `until`. */
export function meanLoss({ steps }: Curves, until: number): number {
  const last = steps.filter(({ step }) => step <= until).slice(-smoothing);
  return last.reduce((sum, { loss }) => sum + loss, 0) / last.length;
}

/** The first steps compile and warm up, so the median says more than the mean. */
export function medianSpeed({ steps }: Curves): number | null {
  const speeds = steps.map((point) => point.tokensPerSecond).sort((a, b) => a - b);
  return speeds[Math.floor(speeds.length / 2)] ?? null;
}
