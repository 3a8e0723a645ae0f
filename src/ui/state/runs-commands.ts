/** What a person can do with runs, each as one function: rename, delete and undo, files, and the way to other panels. */
import { mergeRuns, readRunFile, writeRunFile } from '../../lab/run-file';
import type { RunRecord } from '../../lab/run-record';
import { csv } from '../charts/csv';
import { downloadText } from '../charts/download';
import { text } from '../i18n/catalogue';
import { textsOf } from './recipe-form';
import { type RunEntry, useRuns } from './runs';
import { curveTable } from './runs-curves';
import { forgetRuns, rememberRun } from './runs-session';
import { selectedEntries, useRunsView } from './runs-view';
import { useSettings } from './settings';
import { runStore } from './stored-runs';
import { isLive, useTraining } from './training';
import { openModel, replaceForm, resumeRun } from './training-commands';

/** Whether the person may delete or rename it: recorded runs come with the page, and live ones are a worker's. */
export function isOwn({ place }: RunEntry): boolean {
  return place !== 'recorded';
}

export function canDelete(entry: RunEntry): boolean {
  return isOwn(entry) && !isLive(entry.run);
}

/** An empty name is made from what differs. */
export async function renameRun({ run, place }: RunEntry, name: string): Promise<void> {
  const given = name.trim() === '' ? null : name.trim();
  if (place === 'session') rememberRun({ ...run, name: given });
  else await attempt(async () => (await runStore()).rename(run.id, given));
}

/** Takes runs out of the list until they are had back or the page is closed. */
export async function deleteRuns(entries: readonly RunEntry[]): Promise<void> {
  const own = entries.filter(canDelete);
  if (own.length === 0) return;
  const ids = own.map(({ run }) => run.id);
  await attempt(async () => {
    const selected = selectedEntries(useRuns.getState().entries, useRunsView.getState().selected);
    const stored = own.some(({ place }) => place === 'stored');
    if (stored) await (await runStore()).remove(ids);
    const loose = forgetRuns(ids);
    useRunsView.setState(({ open }) => ({
      deleted: { ids, names: own.map(({ name }) => name), loose, stored },
      notice: null,
      selected: selected.map(({ run }) => run.id).filter((id) => !ids.includes(id)),
      open: open !== null && ids.includes(open) ? null : open,
    }));
  });
}

export async function undoDelete(): Promise<void> {
  const { deleted } = useRunsView.getState();
  if (!deleted) return;
  await attempt(async () => {
    for (const run of deleted.loose) rememberRun(run);
    if (deleted.stored) await (await runStore()).restore(deleted.ids);
    useRunsView.setState({ deleted: null });
  });
}

/** Larger files were not exported here; reading one would hold the page up. */
const largestFile = 200_000_000;

/** Takes the runs of files. A file that is none is refused with a sentence, and the others are taken all the same. */
export async function importRuns(files: readonly File[]): Promise<void> {
  for (const file of files) {
    await attempt(async () => {
      if (file.size > largestFile) throw new Error(text.runs.files.large(file.name, largestFile / 1e6));
      await take(readRunFile(await file.text(), file.name));
    });
  }
}

async function take(incoming: readonly RunRecord[]): Promise<void> {
  const before = useRuns.getState().entries;
  const { taken, known } = mergeRuns(
    before.map(({ run }) => run),
    incoming.map(atHand),
  );
  const kept = await keep(taken);
  const { imported, notKept } = text.runs.files;
  const notice = kept ? imported(taken.length, known) : `${imported(taken.length, known)} ${notKept}`;
  const selected = selectedEntries(before, useRunsView.getState().selected).map(({ run }) => run.id);
  const added = taken.map(({ id }) => id).filter((id) => !selected.includes(id));
  useRunsView.setState({ notice, deleted: null, selected: [...selected, ...added] });
}

/** A file brings no snapshot, so nothing of it can go on here, and nothing of it comes with the page. */
function atHand(run: RunRecord): RunRecord {
  if (run.state === 'interrupted') return { ...run, state: 'cancelled' };
  return run.state === 'recorded' ? { ...run, state: 'done' } : run;
}

/** Whether storage took them. A run that had been deleted comes back. */
async function keep(runs: readonly RunRecord[]): Promise<boolean> {
  try {
    const store = await runStore();
    for (const run of runs) await store.put(run);
    if (runs.length > 0) await store.restore(runs.map(({ id }) => id));
    return true;
  } catch {
    for (const run of runs) rememberRun(run);
    return false;
  }
}

export function exportRuns(entries: readonly RunEntry[]): void {
  const [only] = entries;
  const name = entries.length === 1 && only ? `${only.run.id}.json` : 'runs.json';
  downloadText(name, 'application/json', writeRunFile(entries.map(({ run }) => run)));
}

/** Every step of these runs as CSV. */
export function saveCurves(entries: readonly RunEntry[]): void {
  downloadText('curves.csv', 'text/csv', csv(curveTable(entries)));
}

/** Puts the recipe into the form of the Train panel and draws the run there, to be run again and checked. */
export function openInTrain(run: RunRecord): void {
  replaceForm(textsOf(run.recipe));
  useTraining.setState(({ shown }) => ({ reference: run, ...(!isLive(shown) && { shown: run }) }));
  useSettings.getState().set({ panel: 'train' });
}

/** Goes on from the last snapshot, in the Train panel; a run that diverged waits there for a lower learning rate. */
export function goOn(run: RunRecord): void {
  if (run.state === 'diverged') useTraining.setState({ shown: run });
  else resumeRun(run.id);
  useSettings.getState().set({ panel: 'train' });
}

export function openInGenerate({ run, name }: RunEntry): void {
  openModel(run, name);
}

/** Whether a snapshot of the run is here: to go on from, and to write text with. */
export async function hasSnapshot(id: string): Promise<boolean> {
  try {
    return await (await runStore()).hasSnapshot(id);
  } catch {
    return false;
  }
}

/** Shows what went wrong as a sentence. */
async function attempt(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    useRunsView.setState({ problem: error instanceof Error ? error.message : String(error) });
  }
}
