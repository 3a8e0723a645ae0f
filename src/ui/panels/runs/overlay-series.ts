/** The curves of several runs as lines of one chart, and the values of each run at a step. */
import { vocabularyName } from '../../../lab/compare';
import type { RunRecord } from '../../../lab/run-record';
import type { EvaluationPoint, StepPoint } from '../../../train/curves';
import { decimate, type Point } from '../../charts/decimate';
import type { Series } from '../../charts/series';
import type { RunEntry } from '../../state/runs';

export type Unit = 'nats' | 'bits';

/** More lines cannot be told apart. */
export const mostDrawn = 12;
/** Newest runs that are never faded. */
const freshRuns = 4;
/** Points of all lines of a chart together stay near this, so that a dozen lines draw as fast as a few. */
const pointsOfChart = 1536;
const pointsOfLine = 256;

/** Newest first; older ones are not drawn. */
export function drawnOf(entries: readonly RunEntry[]): readonly RunEntry[] {
  return entries.slice(0, mostDrawn);
}

/** One line for each run that has points, the newest last and so on top. */
export function overlaySeries(
  entries: readonly RunEntry[],
  points: (run: RunRecord) => readonly Point[],
  fade: { readonly older: boolean; readonly except: string | null },
): readonly Series[] {
  const limit = Math.min(pointsOfLine, Math.floor(pointsOfChart / Math.max(1, entries.length)));
  return entries
    .map(({ run, name, style }, age) => ({
      name,
      style,
      points: decimate(points(run), limit),
      faded: fade.older && age >= freshRuns && run.id !== fade.except,
    }))
    .filter((series) => series.points.length > 0)
    .toReversed();
}

export function trainingPoints({ curves }: RunRecord): readonly Point[] {
  return curves.steps.map(({ step, loss }) => ({ x: step, y: loss }));
}

export function heldOutPoints({ curves }: RunRecord, unit: Unit): readonly Point[] {
  return curves.evaluations.map((point) => ({ x: point.step, y: lossIn(point, unit) }));
}

export function lossIn(point: EvaluationPoint, unit: Unit): number {
  return unit === 'bits' ? point.bitsPerCharacter : point.heldOutLoss;
}

/** Nats a token of two vocabularies measure different things. */
export function sameVocabulary(entries: readonly RunEntry[]): boolean {
  return new Set(entries.map(({ run }) => vocabularyName(run))).size <= 1;
}

/** The floor that all of them share; null when one has none, or another. */
export function sharedFloor(entries: readonly RunEntry[], unit: Unit): number | null {
  const floors = entries.map(({ run }) =>
    unit === 'bits' ? (run.facts.floor?.bitsPerCharacter ?? null) : (run.facts.floor?.nats ?? null),
  );
  const [first = null] = floors;
  return first !== null && floors.every((floor) => floor === first) ? first : null;
}

export function lastStep(entries: readonly RunEntry[]): number {
  return Math.max(0, ...entries.map(({ run }) => run.curves.steps.at(-1)?.step ?? 0));
}

/** What a run had reached at a step: its points there, or the last ones before. */
export function valuesAt(
  { curves }: RunRecord,
  step: number,
): { readonly trained: StepPoint | null; readonly scored: EvaluationPoint | null } {
  return { trained: lastUntil(curves.steps, step), scored: lastUntil(curves.evaluations, step) };
}

/** Points are in the order of their steps: halved until found, because this runs while a mouse moves. */
function lastUntil<T extends { readonly step: number }>(points: readonly T[], step: number): T | null {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] as T).step <= step) low = middle + 1;
    else high = middle;
  }
  return points[low - 1] ?? null;
}
