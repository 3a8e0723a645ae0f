/**
 * What a preset of the Architecture panel is: a question as an experiment, beside what a paper found. A preset holds data
 * alone; its words are in the catalogue under its id (src/ui/i18n/architecture.ts).
 *
 * A paper's table stands here as the paper prints it. What it claims is stated beside it, so that a test can hold the one
 * against the other, and the page can say whether the order is the same at our size.
 */
import { armId } from '../arm-id';
import type { AxisValue } from '../axis';
import { keysOf } from '../design-problems';
import { type Arms, type Experiment, experimentVersion } from '../experiment';

/** Columns of the papers' tables. Scores and speeds rise with what is better. */
export type PaperColumn =
  | 'depth'
  | 'width'
  | 'expansion'
  | 'vocabulary'
  | 'coverage'
  | 'tableShare'
  | 'initializer'
  | 'heads'
  | 'headSize'
  | 'attention'
  | 'weightDecay'
  | 'batchFrom'
  | 'batchTo'
  | 'finding'
  | 'branches'
  | 'bottleneck'
  | 'parts'
  | 'placement'
  | 'outcome'
  | 'quantity'
  | 'spearman'
  | 'speed'
  | 'milliseconds'
  | 'parameters'
  | 'arcEasy'
  | 'hellaSwag'
  | 'c3'
  | 'average'
  | 'cEval'
  | 'cmmlu'
  | 'mmlu'
  | 'agiEval';

/** A text is a key of the catalogue's `cells`; null: the paper does not say. */
export type Cell = string | number | null;

/** Values of one arm, in the order of the experiment's axes. */
export type ArmValues = readonly AxisValue[];

export interface PaperRow {
  /** In the order of the table's columns. */
  readonly cells: readonly Cell[];
  /** The arms that ask the same here; empty where none of ours does. */
  readonly arms: readonly ArmValues[];
  /** `value`: the arm has the row's value. `nearest`: the nearest one that our sizes allow. `place`: the same place in the order. */
  readonly match: 'value' | 'nearest' | 'place';
}

export interface PaperTable {
  readonly columns: readonly PaperColumn[];
  readonly rows: readonly PaperRow[];
}

export interface PaperSource {
  readonly paper: string;
  readonly arxiv: string;
  /** Where in the paper; null: in its text. */
  readonly table: string | null;
}

/** Of the models that the paper compares; null where it is not said. */
export interface PaperSetting {
  readonly parameters: number | null;
  readonly tokens: number | null;
}

export type Claim =
  /**
   * Which rows are best, and how the metric goes along a quantity: it never falls, it never rises, or its best lies inside.
   * Without an `along` the rows have no order.
   */
  | {
      readonly kind: 'scores';
      readonly metric: PaperColumn;
      readonly along: PaperColumn | null;
      readonly shape: 'rises' | 'falls' | 'peak' | null;
      readonly best: readonly number[];
    }
  /** The sign that the metric has in each row. */
  | { readonly kind: 'signs'; readonly metric: PaperColumn; readonly signs: readonly (1 | -1)[] }
  /** One row alone has the outcome. */
  | { readonly kind: 'only'; readonly metric: PaperColumn; readonly value: string; readonly row: number }
  /** A sentence in each row, and no number. */
  | { readonly kind: 'findings'; readonly metric: PaperColumn };

export interface Paper {
  readonly source: PaperSource;
  readonly setting: PaperSetting;
  /** Null: the paper has no ablation of this. */
  readonly table: PaperTable | null;
  /** Null with the table. */
  readonly claim: Claim | null;
}

export interface Preset<Id extends string = string> {
  readonly id: Id;
  readonly experiment: Experiment;
  /** Null: the question is ours. */
  readonly paper: Paper | null;
  /** Ids of the arms that one can bet on before the runs; none where the arms are drawn at random. */
  readonly predictions: readonly string[];
}

export function preset<const Id extends string>(
  id: Id,
  experiment: Omit<Experiment, 'schemaVersion' | 'preset'>,
  paper: Paper | null,
): Preset<Id> {
  return {
    id,
    experiment: { schemaVersion: experimentVersion, preset: id, ...experiment },
    paper,
    predictions: armIds(experiment.arms),
  };
}

/** Rows of the table from the highest score to the lowest, rows without one last; of two alike the first stays first. */
export function orderOf({ columns, rows }: PaperTable, metric: PaperColumn): readonly number[] {
  const column = columns.indexOf(metric);
  const score = (row: number) => {
    const cell = rows[row]?.cells[column];
    return typeof cell === 'number' ? cell : Number.NEGATIVE_INFINITY;
  };
  return rows.map((_, row) => row).toSorted((a, b) => (score(a) === score(b) ? 0 : score(b) - score(a)));
}

function armIds(arms: Arms): readonly string[] {
  if (arms.kind === 'random') return [];
  const [first, second] = arms.axes;
  const values = second
    ? first.values.flatMap((value) => second.values.map((other) => [value, other]))
    : first.values.map((value) => [value]);
  return values.map((each) => armId(keysOf(arms), each));
}
