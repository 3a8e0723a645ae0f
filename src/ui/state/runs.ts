/**
 * Every run that the page knows, from its four places: those this browser keeps, those of this visit that storage did not
 * take, the one under way, and the recorded ones. Each has its name and its line in charts, which stays while others come
 * and go.
 */
import { create } from 'zustand';
import { runNames } from '../../lab/run-names';
import type { RunRecord } from '../../lab/run-record';
import { type SeriesStyle, seriesStyles } from '../charts/series';
import { fetchRecordedRuns, useRecordedRuns } from './recorded-runs';
import { useSessionRuns } from './runs-session';
import { useStoredRuns, watchStoredRuns } from './stored-runs';
import { isLive, useTraining } from './training';

export type RunPlace = 'stored' | 'session' | 'recorded';

export interface RunEntry {
  readonly run: RunRecord;
  readonly name: string;
  readonly style: SeriesStyle;
  readonly place: RunPlace;
}

interface Runs {
  /** Newest first. */
  readonly entries: readonly RunEntry[];
  /** Whether every place has answered. */
  readonly ready: boolean;
}

export const useRuns = create<Runs>()(() => ({ entries: [], ready: false }));

/** A live run is taken in again after this long, in milliseconds: its curves grow faster than anyone reads a table. */
const liveEvery = 1000;

let watching = false;

/** Reads every place, and follows them from then on. */
export function watchRuns(): void {
  if (watching) return;
  watching = true;
  let waiting = false;
  let fetched = false;
  const now = () => gather(fetched);
  const soon = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      now();
    }, liveEvery);
  };
  useStoredRuns.subscribe(now);
  useSessionRuns.subscribe(now);
  useRecordedRuns.subscribe(now);
  useTraining.subscribe(({ shown }, before) => {
    if (isLive(shown) && shown !== before.shown) soon();
  });
  void watchStoredRuns();
  void fetchRecordedRuns().then(() => {
    fetched = true;
    now();
  });
}

function gather(fetched: boolean): void {
  const { runs: stored, problem } = useStoredRuns.getState();
  const { shown } = useTraining.getState();
  const found = new Map<string, Pick<RunEntry, 'run' | 'place'>>();
  for (const run of useRecordedRuns.getState().runs) found.set(run.id, { run, place: 'recorded' });
  for (const run of useSessionRuns.getState().runs) found.set(run.id, { run, place: 'session' });
  for (const run of stored ?? []) found.set(run.id, { run: further(run, found.get(run.id)?.run), place: 'stored' });
  const live = shown && isLive(shown) ? found.get(shown.id) : undefined;
  if (shown && live) found.set(shown.id, { ...live, run: { ...shown, name: live.run.name } });
  const all = [...found.values()].sort((a, b) => (a.run.created < b.run.created ? 1 : -1));
  const names = runNames(all.map(({ run }) => run));
  const styles = stylesFor(all.map(({ run }) => run.id).toReversed());
  useRuns.setState({
    entries: all.map((entry) => ({
      ...entry,
      name: names.get(entry.run.id) ?? entry.run.id,
      style: styles.get(entry.run.id) ?? runStyle(0),
    })),
    ready: fetched && (stored !== null || problem !== null),
  });
}

/** The stored run with its name, and the curves of whichever went further: storage may have been full since. */
function further(stored: RunRecord, seen: RunRecord | undefined): RunRecord {
  const reach = (run: RunRecord) => run.curves.steps.at(-1)?.step ?? 0;
  return seen && reach(seen) > reach(stored) ? { ...seen, name: stored.name } : stored;
}

let places: ReadonlyMap<string, number> = new Map();

/** A run keeps its line; a new one takes the first that is free. */
function stylesFor(oldestFirst: readonly string[]): ReadonlyMap<string, SeriesStyle> {
  const next = new Map<string, number>();
  for (const id of oldestFirst) {
    const known = places.get(id);
    if (known !== undefined) next.set(id, known);
  }
  const used = new Set(next.values());
  for (const id of oldestFirst) {
    if (next.has(id)) continue;
    let place = 0;
    while (used.has(place)) place += 1;
    used.add(place);
    next.set(id, place);
  }
  places = next;
  return new Map([...next].map(([id, place]) => [id, runStyle(place)]));
}

/** Colours come around again after the sixth, each time with the next dash: 36 lines that can be told apart. */
function runStyle(place: number): SeriesStyle {
  const count = seriesStyles.length;
  const colour = seriesStyles[place % count] as SeriesStyle;
  const dash = seriesStyles[(place + Math.floor(place / count)) % count] as SeriesStyle;
  return { colour: colour.colour, dash: dash.dash };
}
