/**
 * Names of runs, made from what differs among the runs they stand beside: `learningRate 0.003 · norm layer`. A name that
 * the user gave is kept.
 */
import { corpusText, type DifferingField, differingFields, type FieldValue } from './recipe-differences';
import type { RunRecord } from './run-record';

/** Longer names say how many more fields differ. */
const fieldsNamed = 3;

/** Fields that change what is shown while a run goes, not the run. */
const watching: ReadonlySet<string> = new Set([
  'evaluateEvery',
  'heldOutTokens',
  'probeEvery',
  'probeCount',
  'sampleEvery',
  'sampleTokens',
  'samplePrompt',
  'snapshotEvery',
]);

type Named = Pick<RunRecord, 'id' | 'name' | 'recipe' | 'created'>;

/** The name of each run, by id. Equal names are numbered in the order in which the runs were made. */
export function runNames(runs: readonly Named[]): ReadonlyMap<string, string> {
  const fields = differingFields(runs.map((run) => run.recipe)).filter(({ key }) => !watching.has(key));
  const byAge = runs.map((run, index) => ({ run, index })).sort((a, b) => (a.run.created < b.run.created ? -1 : 1));
  const usual = fields.map(({ values }) => mostCommon(byAge.map(({ index }) => values[index] ?? null)));
  const wanted = runs.map((run, index) => run.name ?? (nameFrom(fields, usual, index) || plainName(run)));
  const used = new Map<string, number>();
  const names = new Map<string, string>();
  for (const { run, index } of byAge) {
    const name = wanted[index] ?? '';
    const before = used.get(name) ?? 0;
    used.set(name, before + 1);
    names.set(run.id, before === 0 ? name : `${name} (${before + 1})`);
  }
  return names;
}

/** What a run is when nothing tells it from others: `StoryWorld, English · 4 × 128`. */
function plainName({ recipe }: Named): string {
  return `${corpusText(recipe.corpus)} · ${recipe.model.num_hidden_layers} × ${recipe.model.hidden_size}`;
}

/**
 * Where more fields differ than a name holds, it says in what a run departs from most; a run that does not is plain. The
 * vaguest fields last: a seed alone says little beside another optimiser.
 */
function nameFrom(fields: readonly DifferingField[], usual: readonly FieldValue[], index: number): string {
  const telling = fields.filter(({ values }, field) => fields.length <= fieldsNamed || values[index] !== usual[field]);
  const ordered = telling.toSorted((a, b) => Number(a.key === 'seed') - Number(b.key === 'seed'));
  const parts = ordered.slice(0, fieldsNamed).map(({ key, values }) => fieldText(key, values[index] ?? null));
  const more = ordered.length - fieldsNamed;
  return [...parts, ...(more > 0 ? [`+${more}`] : [])].join(' · ');
}

/** Of two that are equally common, the first. */
function mostCommon(values: readonly FieldValue[]): FieldValue {
  const counts = new Map<FieldValue, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0] ?? null;
}

function fieldText(key: string, value: FieldValue): string {
  if (key === 'corpus') return String(value).replace(/ \([0-9a-f]+\)$/, '');
  const name = key.replace(/^model\./, '');
  if (typeof value === 'boolean') return `${name} ${value ? 'on' : 'off'}`;
  return `${name} ${value === null ? 'none' : value}`;
}
