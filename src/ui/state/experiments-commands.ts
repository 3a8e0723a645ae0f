/**
 * What a person can do with experiments, each as one function: the only place that posts requests to their worker. The worker is
 * a third instance of the engine's script, started when the panel is first opened, so that a queue goes on while text is written.
 */
import type { Arm, Experiment, ExperimentRecord } from '../../lab/experiments/experiment';
import { readExperimentFile, writeExperimentFile } from '../../lab/experiments/parse';
import { type Client, startClient } from '../../worker/client';
import type { ExperimentAction } from '../../worker/experiment-protocol';
import type { Event, Request } from '../../worker/protocol';
import { csv } from '../charts/csv';
import { downloadText } from '../charts/download';
import { architectureText } from '../i18n/architecture-text';
import type { ExperimentTexts } from './experiment-form';
import { jobTable } from './experiment-table';
import { experimentsEvent, type InsideQuestion, isAsked, useExperiments } from './experiments';
import { measuredOn } from './runner';
import { useSettings } from './settings';
import { chosenThreads, useThreads } from './threads';

let client: Client | null = null;
/** Experiments whose plan is not answered yet, oldest first. */
const asked: Experiment[] = [];

/** Starts the worker and reads what is kept, once. */
export function openExperiments(): void {
  if (client) return;
  client = startClient(new URL('models/', document.baseURI).href);
  client.subscribe(hear);
  openBackend();
  useSettings.subscribe((now, before) => now.backend !== before.backend && openBackend());
  useThreads.subscribe(openBackend);
  post({ type: 'openExperiments' });
}

/** Changes fields of the form; a text that is the preset's own leaves the address. */
export function setExperiment(values: Partial<ExperimentTexts>, start: ExperimentTexts): void {
  const { experiment, set } = useSettings.getState();
  const own: Readonly<Record<string, string>> = { ...start };
  const changed = Object.entries({ ...experiment, ...values }).filter(([key, value]) => value !== own[key]);
  set({ experiment: Object.fromEntries(changed) });
}

/** Puts another question in the place of the form; null: one of the person's own. */
export function choosePreset(id: string | null): void {
  useExperiments.setState({ selected: null, planned: null });
  useSettings.getState().set({ experiment: id === null ? { preset: 'own' } : { preset: id } });
}

/** The score that results are shown by; a link carries it too. */
export function setMetric(metric: string): void {
  const { experiment, set } = useSettings.getState();
  set({ experiment: { ...experiment, metric } });
}

/** Asks what the experiment comes to on this device. */
export function planExperiment(experiment: Experiment): void {
  asked.push(experiment);
  post({ type: 'planExperiment', experiment });
}

/** Puts it at the end of the queue; a large one only with `force`. A second click while the first is on its way does nothing. */
export function addExperiment(experiment: Experiment, prediction: string | null, force: boolean): void {
  if (isAsked('addExperiment')) return;
  useExperiments.setState({ problem: null });
  post({ type: 'addExperiment', experiment, name: null, prediction, force });
}

export function changeExperiment(id: string, action: Exclude<ExperimentAction, 'remove'>): void {
  post({ type: 'changeExperiment', id, action });
}

export function cancelExperiments(): void {
  if (!isAsked('cancelExperiments')) post({ type: 'cancelExperiments' });
}

/** An empty name is made from the axes. */
export function nameExperiment(id: string, name: string): void {
  post({ type: 'nameExperiment', id, name: name.trim() === '' ? null : name.trim() });
}

export function repeatExperiment(id: string, seeds: number): void {
  if (!isAsked('repeatExperiment')) post({ type: 'repeatExperiment', id, seeds });
}

/** Takes it out of the list until it is had back or the page is closed. */
export function removeExperiment(record: ExperimentRecord): void {
  useExperiments.setState(({ selected }) => ({
    removed: record,
    notice: null,
    selected: selected === record.id ? null : selected,
  }));
  post({ type: 'changeExperiment', id: record.id, action: 'remove' });
}

export function undoRemove(): void {
  const { removed } = useExperiments.getState();
  if (!removed) return;
  post({ type: 'importExperiment', record: removed });
  useExperiments.setState({ removed: null, selected: removed.id });
}

/** Larger files were not exported here, nor written by `lab sweep`. */
const largestFile = 50_000_000;

/** Takes the experiments of files; a file that is none is refused with a sentence, and the others are taken all the same. */
export async function importExperiments(files: readonly File[]): Promise<void> {
  const words = architectureText.files;
  let taken = 0;
  for (const file of files) {
    try {
      if (file.size > largestFile) throw new Error(words.large(file.name, largestFile / 1e6));
      const record = readExperimentFile(await file.text(), file.name);
      post({ type: 'importExperiment', record });
      useExperiments.setState({ selected: record.id });
      taken += 1;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      useExperiments.setState({ problem: { request: 'importExperiment', message } });
    }
  }
  if (taken > 0) useExperiments.setState({ notice: words.imported(taken), removed: null });
}

/** The whole record with its results: what can be dropped here, or given to `lab sweep`. */
export function saveExperiment(record: ExperimentRecord): void {
  downloadText(`${record.id}.json`, 'application/json', writeExperimentFile(record));
}

/** Every run of it, one a row. */
export function saveJobs(record: ExperimentRecord): void {
  downloadText(`${record.id}.csv`, 'text/csv', csv(jobTable(record)));
}

/** The recipe of an arm, as the Train panel reads it. */
export function saveArm(arm: Arm): void {
  downloadText('recipe.json', 'application/json', JSON.stringify(arm.recipe, null, 2));
}

/** Measures the layers of the model as it is, and once more without the parts. */
export function lookInside(question: InsideQuestion, tokens: number): void {
  if (isAsked('lookInside')) return;
  useExperiments.setState({ inside: { question, looks: [] }, problem: null });
  const { model, text: words, without } = question;
  post({ type: 'lookInside', model, text: words, tokens, without: 'nothing' });
  if (without !== 'nothing') post({ type: 'lookInside', model, text: words, tokens, without });
}

/** Bytes that a copy of a large shape may take. */
const shapeBytes = 1.5 * 2 ** 30;

export function timeShapes(): void {
  if (isAsked('timeShapes')) return;
  useExperiments.setState({ problem: null });
  post({ type: 'timeShapes', limitBytes: shapeBytes });
}

export function showExperiment(id: string | null): void {
  useExperiments.setState({ selected: id });
}

export function dismissExperimentProblem(): void {
  useExperiments.setState({ problem: null });
}

function openBackend(): void {
  post({ type: 'open', backend: useSettings.getState().backend, threads: chosenThreads() });
}

function hear(event: Event): void {
  const before = useExperiments.getState();
  experimentsEvent(event, answered(event), measuredOn(before.device));
  // What was just added is what the person wants to see.
  if (event.type !== 'experiments' || before.records === null) return;
  const known = new Set(before.records.map(({ id }) => id));
  const added = event.records.filter(({ id }) => !known.has(id)).at(-1);
  if (added) useExperiments.setState({ selected: added.id });
}

/** The experiment of the question that an event answers. */
function answered(event: Event): Experiment | null {
  const ends = event.type === 'experimentPlan' || (event.type === 'error' && event.request === 'planExperiment');
  return ends ? (asked.shift() ?? null) : null;
}

function post(request: Request): void {
  useExperiments.setState((state) => ({ pending: [...state.pending, request.type] }));
  client?.send(request);
}
