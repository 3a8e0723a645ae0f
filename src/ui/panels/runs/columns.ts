/** The columns of the table as values: what each sorts by and how it reads. A run without a value stands last, both ways. */
import { medianSpeed } from '../../../lab/compare';
import type { RunRecord } from '../../../lab/run-record';
import { type Proportion, proportion } from '../../../lab/statistics';
import { type Curves, summaryOf } from '../../../train/curves';
import { formatTime } from '../../format/dates';
import { text } from '../../i18n/catalogue';
import type { RunEntry } from '../../state/runs';
import type { ColumnKey } from '../../state/runs-view';

export interface Figures {
  readonly step: number;
  readonly best: number | null;
  readonly last: number | null;
  readonly bits: number | null;
  readonly probes: Proportion | null;
  readonly speed: number | null;
}

const known = new WeakMap<RunRecord, Figures>();

/** What a run came to. Records never change, so each is counted once. */
export function figuresOf(run: RunRecord): Figures {
  const before = known.get(run);
  if (before) return before;
  const { step, lastHeldOutLoss, bestHeldOutLoss, lastBitsPerCharacter } = summaryOf(run.curves);
  const figures = {
    step,
    best: bestHeldOutLoss,
    last: lastHeldOutLoss,
    bits: lastBitsPerCharacter,
    probes: lastProbes(run.curves),
    speed: medianSpeed(run.curves),
  };
  known.set(run, figures);
  return figures;
}

/** All kinds of the last round together. */
function lastProbes({ probes }: Curves): Proportion | null {
  const step = probes.at(-1)?.step;
  const round = probes.filter((point) => point.step === step);
  const n = round.reduce((sum, point) => sum + point.n, 0);
  const correct = round.reduce((sum, point) => sum + point.correct, 0);
  return n > 0 ? proportion(correct, n) : null;
}

type SortValue = string | number | null;

const sortValues: Readonly<Record<ColumnKey, (entry: RunEntry) => SortValue>> = {
  name: ({ name }) => name.toLowerCase(),
  state: ({ run }) => text.runs.states[run.state],
  best: ({ run }) => figuresOf(run).best,
  last: ({ run }) => figuresOf(run).last,
  bits: ({ run }) => figuresOf(run).bits,
  probes: ({ run }) => figuresOf(run).probes?.share ?? null,
  speed: ({ run }) => figuresOf(run).speed,
  parameters: ({ run }) => run.facts.parameters,
  seed: ({ run }) => run.recipe.seed,
  created: ({ run }) => run.created,
};

/** Columns whose first click puts the largest, or the newest, first. */
export const downFirst: ReadonlySet<ColumnKey> = new Set(['probes', 'speed', 'parameters', 'created']);

export function sortEntries(
  entries: readonly RunEntry[],
  { column, down }: { readonly column: ColumnKey; readonly down: boolean },
): readonly RunEntry[] {
  const value = sortValues[column];
  return [...entries].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    const order = typeof left === 'string' || typeof right === 'string' ? compareTexts(left, right) : left - right;
    return down ? -order : order;
  });
}

function compareTexts(a: string | number, b: string | number): number {
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

const words = text.runs.table;

/** Cells between state and date. */
export const numberCells: readonly { readonly key: ColumnKey; shown(run: RunRecord): string }[] = [
  { key: 'best', shown: (run) => or(figuresOf(run).best, words.loss) },
  { key: 'last', shown: (run) => or(figuresOf(run).last, words.loss) },
  { key: 'bits', shown: (run) => or(figuresOf(run).bits, words.loss) },
  { key: 'probes', shown: (run) => probesText(figuresOf(run).probes) },
  { key: 'speed', shown: (run) => or(figuresOf(run).speed, words.count) },
  { key: 'parameters', shown: (run) => words.count(run.facts.parameters) },
  { key: 'seed', shown: (run) => words.seed(run.recipe.seed) },
  { key: 'created', shown: (run) => formatTime(run.created) },
];

function or(value: number | null, format: (value: number) => string): string {
  return value === null ? words.none : format(value);
}

function probesText(probes: Proportion | null): string {
  return probes === null ? words.none : words.probes(probes.share, ...probes.interval);
}
