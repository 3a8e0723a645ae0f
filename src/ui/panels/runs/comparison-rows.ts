/**
 * What the comparison says of several runs: the fields that are not all alike, what each run came to beside a baseline,
 * and how far chance alone goes, as far as runs of one recipe with several seeds tell.
 */
import { type Difference, differenceTo, meanLoss } from '../../../lab/compare';
import { differingFields, type FieldValue } from '../../../lab/recipe-differences';
import type { RunRecord } from '../../../lab/run-record';
import { text } from '../../i18n/catalogue';
import { figuresOf } from './columns';

export interface FieldRow {
  readonly key: string;
  /** In the order of the runs. */
  readonly values: readonly FieldValue[];
}

/** Fields of the recipe, then what they ran on and with. */
export function differingRows(runs: readonly RunRecord[]): readonly FieldRow[] {
  const around: readonly FieldRow[] = [
    { key: 'adapter', values: runs.map((run) => run.adapter) },
    { key: 'dataHash', values: runs.map((run) => run.facts.dataHash) },
    { key: 'kernelsHash', values: runs.map((run) => run.facts.kernelsHash) },
    { key: 'changes', values: runs.map(changesText) },
  ];
  return [
    ...differingFields(runs.map((run) => run.recipe)),
    ...around.filter(({ values }) => values.some((value) => value !== values[0])),
  ];
}

function changesText({ curves }: RunRecord): string | null {
  const changes = curves.changes.map(({ step, key, to }) => `${text.train.fields[key]} ${to} (${step})`);
  return changes.length > 0 ? changes.join(', ') : null;
}

export interface Measured {
  /** What the run came to; null when it has none. */
  readonly value: string | null;
  /** Run − baseline; null for the baseline itself, and where the two do not compare. */
  readonly difference: string | null;
  /** Where or how far it holds. */
  readonly note: string | null;
}

export interface MeasuredRow {
  readonly label: string;
  readonly cells: readonly Measured[];
}

const words = text.runs.comparison;

export function measuredRows(baseline: RunRecord, runs: readonly RunRecord[]): readonly MeasuredRow[] {
  const differences = runs.map((run) => (run === baseline ? null : differenceTo(baseline, run)));
  const row = (label: string, cell: (run: RunRecord, difference: Difference | null) => Measured): MeasuredRow => ({
    label,
    cells: runs.map((run, index) => cell(run, differences[index] ?? null)),
  });
  const { measures } = words;
  return [
    row(measures.heldOutLoss, (run, difference) => {
      const scored = scoredAt(run, difference?.heldOutStep ?? null);
      return {
        value: scored ? words.value(scored.heldOutLoss) : null,
        difference: signedOr(difference?.heldOutLoss),
        note: scored ? words.atStep(scored.step) : null,
      };
    }),
    row(measures.bitsPerCharacter, (run, difference) => {
      const scored = scoredAt(run, difference?.heldOutStep ?? null);
      return {
        value: scored ? words.value(scored.bitsPerCharacter) : null,
        difference: signedOr(difference?.bitsPerCharacter),
        note: scored ? words.atStep(scored.step) : null,
      };
    }),
    row(measures.loss, (run, difference) => {
      const step = difference ? difference.lossStep : (run.curves.steps.at(-1)?.step ?? null);
      return {
        value: step === null ? null : words.value(meanLoss(run.curves, step)),
        difference: signedOr(difference?.loss),
        note: step === null ? null : words.atStep(step),
      };
    }),
    row(measures.probes, (run) => probesCell(baseline, run)),
    row(measures.parameters, (run, difference) => ({
      value: words.count(run.facts.parameters),
      difference: difference ? words.countDifference(difference.parameters) : null,
      note: null,
    })),
    row(measures.speed, (run, difference) => {
      const { speed } = figuresOf(run);
      return {
        value: speed === null ? null : words.count(speed),
        difference: difference?.speed ? words.ratio(difference.speed) : null,
        note: null,
      };
    }),
  ].filter(({ cells }) => cells.some(({ value }) => value !== null));
}

function signedOr(value: number | null | undefined): string | null {
  return value === null || value === undefined ? null : words.difference(value);
}

/** The evaluation at a step, or the last one. */
function scoredAt({ curves }: RunRecord, step: number | null) {
  return step === null ? curves.evaluations.at(-1) : curves.evaluations.find((point) => point.step === step);
}

function probesCell(baseline: RunRecord, run: RunRecord): Measured {
  const [own, other] = [figuresOf(run).probes, figuresOf(baseline).probes];
  if (!own) return { value: null, difference: null, note: null };
  const value = words.share(own.share, ...own.interval);
  if (run === baseline || !other) return { value, difference: null, note: null };
  const overlap = own.interval[0] <= other.interval[1] && other.interval[0] <= own.interval[1];
  return {
    value,
    difference: words.points(own.share - other.share),
    note: overlap ? words.overlap : words.apart,
  };
}

/** How far whole runs of one recipe that differ in the seed alone lie apart; null when no recipe was run twice. */
export interface Spread {
  /** Largest distance of their last bits per character. */
  readonly bits: number;
  readonly count: number;
}

export function spreadOf(runs: readonly RunRecord[]): Spread | null {
  const groups = new Map<string, RunRecord[]>();
  for (const run of runs) {
    if (figuresOf(run).step < run.recipe.steps) continue;
    const recipe = JSON.stringify({ ...run.recipe, seed: 0 });
    groups.set(recipe, [...(groups.get(recipe) ?? []), run]);
  }
  const spreads = [...groups.values()].flatMap((group): Spread[] => {
    const seeds = new Set(group.map(({ recipe }) => recipe.seed));
    const bits = group.flatMap((run) => figuresOf(run).bits ?? []);
    return seeds.size > 1 && bits.length > 1
      ? [{ bits: Math.max(...bits) - Math.min(...bits), count: bits.length }]
      : [];
  });
  return spreads.reduce<Spread | null>(
    (largest, spread) => (largest && largest.bits >= spread.bits ? largest : spread),
    null,
  );
}
