/**
 * What a person can do with training, each as one function: the only place that posts requests to the training worker.
 * The worker is a second instance of the engine's script, started when it is first needed, so that text can be written
 * with one model while another learns.
 */
import { writeRunFile } from '../../lab/run-file';
import type { RunRecord } from '../../lab/run-record';
import type { LiveKey } from '../../train/curves';
import type { Recipe } from '../../train/recipe';
import { type Client, startClient } from '../../worker/client';
import type { Event, Request } from '../../worker/protocol';
import { downloadBytes, downloadText } from '../charts/download';
import { text } from '../i18n/catalogue';
import { loadFiles } from './commands';
import { isPending } from './engine';
import { readOwnText, useOwnText } from './own-text';
import { type GivenRecipe, readRecipeFile } from './recipe-file';
import { changesOf, type FormChanges, type FormKey, readForm, textsOf } from './recipe-form';
import { fetchRecordedRuns } from './recorded-runs';
import { rememberRun } from './runs-session';
import { useSettings } from './settings';
import { chosenThreads } from './threads';
import { isLive, trainingEvent, useTraining } from './training';

let client: Client | null = null;
/** Recipes of the questions that are not answered yet, oldest first. */
const asked: Record<'planRun' | 'prepareRun', Recipe[]> = { planRun: [], prepareRun: [] };
/** The run that was started for a single step, until it can take it. */
let stepping: string | null = null;
/** What the model that was asked for is for, and what it is called. */
let wanted: { readonly purpose: 'try' | 'save'; readonly name: string | null } = { purpose: 'try', name: null };

/** Shows the first of the recorded runs while nothing was run here. */
export async function showRecorded(): Promise<void> {
  const [first] = await fetchRecordedRuns();
  if (first && useTraining.getState().shown === null) useTraining.setState({ shown: first });
}

export function setField(key: FormKey, value: string): void {
  setFields({ [key]: value });
}

export function setFields(values: Partial<Record<FormKey, string>>): void {
  const { recipe, set } = useSettings.getState();
  set({ recipe: changesOf({ ...recipe, ...values }) });
}

/** Puts these differences from the base recipe in the place of whatever the form holds. */
export function replaceForm(changes: FormChanges): void {
  useSettings.getState().set({ recipe: changesOf(changes) });
}

/** Starts a run from the form; with `paused` it takes one step and waits. Returns the key of a field that does not fit. */
export function startRun({ paused }: { readonly paused: boolean }): string | null {
  if (isLive(useTraining.getState().shown)) return null;
  const { recipe, problems } = readForm(useSettings.getState().recipe);
  const [problem] = problems;
  if (problem) return problem.key;
  const file = fileFor(recipe);
  if (file === undefined) return 'corpus';
  const id = `run-${Date.now().toString(36)}-${crypto.randomUUID().slice(0, 6)}`;
  stepping = paused ? id : null;
  send({ type: 'startRun', id, name: null, recipe, file, paused });
  return null;
}

/** Goes on from the last snapshot; with another learning rate where one is given. */
export function resumeRun(id: string, learningRate: number | null = null): void {
  send({ type: 'resumeRun', id, paused: false, learningRate });
}

export function pauseRun(): void {
  send({ type: 'pauseRun' });
}

export function continueRun(): void {
  send({ type: 'continueRun' });
}

export function stepRun(): void {
  send({ type: 'stepRun' });
}

export function cancelRun(): void {
  send({ type: 'cancelRun' });
}

export function changeRun(key: LiveKey, value: number): void {
  send({ type: 'changeRun', key, value });
}

/** Destroys the device under a run as a driver reset would; the run goes on with another. Does nothing without a run. */
export function loseTrainingDevice(): void {
  if (isLive(useTraining.getState().shown)) send({ type: 'loseDevice' });
}

export function profileRun(): void {
  if (!isPending(useTraining.getState().pending, 'profileRun')) send({ type: 'profileRun' });
}

/** Counts parameters, work and memory of the form's recipe exactly, without running it. */
export function prepareRun(): void {
  const { recipe, problems } = readForm(useSettings.getState().recipe);
  if (problems.length > 0) return;
  const file = fileFor(recipe);
  if (file === undefined) return;
  asked.prepareRun.push(recipe);
  send({ type: 'prepareRun', recipe, file });
}

/** Asks what a step costs on this device, and whether it fits, for a vocabulary of that size. */
export function planRun(recipe: Recipe, vocabulary: number): void {
  asked.planRun.push(recipe);
  send({ type: 'planRun', recipe, vocabulary });
}

/** Whether the worker was needed already. */
export function isStarted(): boolean {
  return client !== null;
}

/** Opens the model as it is now in the Generate panel; the run goes on. */
export function tryModel(): void {
  const { shown } = useTraining.getState();
  if (shown) takeModel('try', shown, shown.name);
}

/** Opens the model of a run's last snapshot in the Generate panel, under that name. */
export function openModel(run: RunRecord, name: string): void {
  takeModel('try', run, name);
}

/** Saves the model as it is now: config.json, model.safetensors and tokenizer.json. */
export function saveModel(): void {
  const { shown } = useTraining.getState();
  if (shown) takeModel('save', shown, shown.name);
}

export function saveRun(run: RunRecord): void {
  downloadText(`${run.id}.json`, 'application/json', writeRunFile([run]));
}

export function saveRecipe(): void {
  const { recipe } = readForm(useSettings.getState().recipe);
  downloadText('recipe.json', 'application/json', JSON.stringify(recipe, null, 2));
}

/** Takes a text to train on. A file that cannot be trained on is refused with a sentence; the one before it stays. */
export async function takeText(file: File): Promise<void> {
  await attempt(async () => {
    const own = await readOwnText(file);
    useOwnText.setState({ own, problem: null });
    setFields({ corpus: 'file', 'corpus.file': `${own.hash} ${file.name}` });
  });
}

/** Restores the form from a recipe, a run or a checkpoint; a run is drawn, and can be run again and checked. */
export async function takeRecipe(file: File): Promise<void> {
  await attempt(async () => restoreRecipe(await readRecipeFile(file)));
}

export function restoreRecipe({ recipe, record }: GivenRecipe): void {
  replaceForm(textsOf(recipe));
  if (!record) return;
  useTraining.setState((state) => ({
    reference: record,
    shown: isLive(state.shown) ? state.shown : { ...record, state: 'recorded' },
  }));
}

/** Runs the recipe of a file again, whatever the form holds now; the panel then says how far the curves part. */
export function runReference({ recipe }: RunRecord): void {
  replaceForm(textsOf(recipe));
  startRun({ paused: false });
}

export function forgetReference(): void {
  useTraining.setState({ reference: null });
}

/** A dropped file of no kind that this panel knows. */
export function refuseFile(name: string): void {
  useTraining.setState({ problem: { request: 'prepareRun', message: text.train.corpus.neither(name) } });
}

export function dismissTrainingProblem(): void {
  useTraining.setState({ problem: null });
}

export function dismissTrainingNotice(): void {
  useTraining.setState({ notice: null });
}

/** Undefined, with a sentence on the page, when the recipe needs a file that is not here. */
function fileFor({ corpus }: Recipe): File | null | undefined {
  if (corpus.kind !== 'file') return null;
  const { own } = useOwnText.getState();
  if (own?.hash === corpus.hash) return own.file;
  useOwnText.setState({ problem: text.train.corpus.again(corpus.name) });
  return undefined;
}

function takeModel(purpose: 'try' | 'save', run: RunRecord, name: string | null): void {
  if (isPending(useTraining.getState().pending, 'takeModel')) return;
  wanted = { purpose, name };
  send({ type: 'takeModel', id: isLive(run) ? null : run.id });
}

function hear(event: Event): void {
  trainingEvent(event, answered(event));
  if (event.type === 'run') {
    rememberRun(event.record);
    if (event.record.id === stepping && event.record.state === 'paused') {
      stepping = null;
      stepRun();
    }
  }
  if (event.type === 'trainedModel') giveModel(event);
}

/** The recipe of the question that an event answers. */
function answered(event: Event): Recipe | null {
  if (event.type === 'planned') return asked.planRun.shift() ?? null;
  if (event.type === 'prepared') return asked.prepareRun.shift() ?? null;
  if (event.type === 'error' && (event.request === 'planRun' || event.request === 'prepareRun')) {
    asked[event.request].shift();
  }
  return null;
}

function giveModel({ files, step }: Extract<Event, { type: 'trainedModel' }>): void {
  if (wanted.purpose === 'save') {
    for (const { name, bytes } of files) downloadBytes(name, bytes);
    return;
  }
  const name = text.train.tryName(wanted.name, step);
  loadFiles(
    files.map((file) => new File([file.bytes], file.name)),
    name,
  );
  useSettings.getState().set({ panel: 'generate' });
}

/** Shows what went wrong as a sentence. */
async function attempt(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    useTraining.setState({ problem: { request: 'prepareRun', message } });
  }
}

function send(request: Request): void {
  if (!client) {
    client = startClient(new URL('models/', document.baseURI).href);
    client.subscribe(hear);
    openBackend();
  }
  if (request.type !== 'planRun') useTraining.setState({ problem: null });
  post(request);
}

/** Lets the chosen backend and threads hold from the next run on. */
export function openBackend(): void {
  if (client) post({ type: 'open', backend: useSettings.getState().backend, threads: chosenThreads() });
}

function post(request: Request): void {
  useTraining.setState((state) => ({ pending: [...state.pending, request.type] }));
  client?.send(request);
}
