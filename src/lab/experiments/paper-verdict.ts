/** A paper's table held against what was measured: its arms' scores, the verdict on them, and what must be said beside it. */
import { armId } from './arm-id';
import type { Caveat } from './caveats';
import { keysOf } from './design-problems';
import type { ExperimentRecord } from './experiment';
import type { MetricKey } from './metrics';
import type { Paper, PaperTable } from './presets/preset';
import { correlatedAxes } from './results';
import { correlationVerdict, type Outcome, orderVerdict } from './verdict';

export interface PaperVerdict {
  readonly outcome: Outcome;
  /** Pairs, or signs, by what came out. */
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly of: 'pairs' | 'signs';
  readonly caveats: readonly Caveat[];
}

/** Null where the paper claims nothing that figures could answer. */
export function paperVerdict(record: ExperimentRecord, metric: MetricKey, paper: Paper): PaperVerdict | null {
  const { claim, table, setting } = paper;
  if (!claim || !table) return null;
  if (claim.kind === 'scores') {
    const scores = paperScores(record, paper);
    const { outcome, counts, caveats } = orderVerdict(record, metric, { scores, better: 'higher', ...setting });
    return { outcome, counts, of: 'pairs', caveats };
  }
  if (claim.kind !== 'signs') return null;
  const column = table.columns.indexOf(claim.metric);
  const found = table.rows.flatMap(({ cells }) => {
    const axis = correlatedAxes.find((known) => known === cells[0]);
    const coefficient = cells[column];
    if (!axis || typeof coefficient !== 'number') return [];
    return [correlationVerdict(record, metric, axis, { coefficient, ...setting })];
  });
  const count = (outcome: Outcome) => found.filter((verdict) => verdict.outcome === outcome).length;
  const counts = { agrees: count('agrees'), disagrees: count('disagrees'), cannotTell: count('cannotTell') };
  const outcome = counts.disagrees > 0 ? 'disagrees' : counts.agrees === found.length ? 'agrees' : 'cannotTell';
  return { outcome, counts, of: 'signs', caveats: found[0]?.caveats ?? [] };
}

/** The arm that stands for each row, by its id. */
export function armsOfRow(record: ExperimentRecord, { rows }: PaperTable, row: number): readonly string[] {
  const keys = keysOf(record.experiment.arms);
  return (rows[row]?.arms ?? []).map((values) => armId(keys, values));
}

/** The paper's scores by the id of the arm that stands for the row; none where the paper claims no scores. */
export function paperScores(record: ExperimentRecord, { table, claim }: Paper): Readonly<Record<string, number>> {
  if (!table || claim?.kind !== 'scores') return {};
  const column = table.columns.indexOf(claim.metric);
  const entries = table.rows.flatMap(({ cells }, row) => {
    const score = cells[column];
    return typeof score === 'number' ? armsOfRow(record, table, row).map((arm) => [arm, score] as const) : [];
  });
  return Object.fromEntries(entries);
}
