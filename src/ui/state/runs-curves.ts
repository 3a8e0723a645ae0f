/** The curves of runs as one long table, every step with all its digits: what a notebook wants to read. */
import type { RunRecord } from '../../lab/run-record';
import type { Cell, Table } from '../charts/csv';
import { text } from '../i18n/catalogue';
import type { RunEntry } from './runs';

export function curveTable(entries: readonly Pick<RunEntry, 'run' | 'name'>[]): Table {
  return {
    columns: text.runs.csv.columns,
    rows: entries.flatMap(({ run, name }) => rowsOf(run).map((row) => [run.id, name, ...row])),
  };
}

/** One row for each step that was trained or scored; step 0 is the fresh model. */
function rowsOf({ curves }: RunRecord): readonly (readonly Cell[])[] {
  const trained = new Map(curves.steps.map((point) => [point.step, point]));
  const scored = new Map(curves.evaluations.map((point) => [point.step, point]));
  const steps = [...new Set([...trained.keys(), ...scored.keys()])].sort((a, b) => a - b);
  return steps.map((step) => {
    const point = trained.get(step);
    const score = scored.get(step);
    return [
      step,
      point?.loss ?? null,
      score?.heldOutLoss ?? null,
      score?.bitsPerCharacter ?? null,
      point?.learningRate ?? null,
      point?.gradientNorm ?? null,
      point?.tokensPerSecond ?? null,
    ];
  });
}
