/**
 * What a person can do, each as one function: the only place that posts requests to the worker.
 * Requests are carried out one after the other, so a run may be asked for while the model is still loading.
 */
import { type Client, startClient } from '../../worker/client';
import type { Alternative, GeneratedToken, ModelSource, Request, Sampling, Start } from '../../worker/protocol';
import { text } from '../i18n/catalogue';
import type { Shared } from './address';
import { chosenSource, engineEvent, isPending, useEngine } from './engine';
import { measuredOn } from './runner';
import { clearSelection, useSelection } from './selection';
import { useSettings } from './settings';
import { chosenThreads } from './threads';
import { beginWriting, isAlive, type RunNames, useWriting, writingEvent } from './writing';

let client: Client | null = null;
/** A stop that came before the worker had begun to write: it is said again when it has. */
let stopAsked = false;
/** Milliseconds. */
const quiet = 1000;
/** What the last run was made from, to know whether something was changed since. */
let lastRun = '';

/** Starts the worker, opens the device and loads the model of the address, before anyone asks for it. */
export function startEngine(): void {
  client = startClient(new URL('models/', document.baseURI).href);
  client.subscribe((event) => {
    engineEvent(event);
    writingEvent(event, runNames());
    if (event.type === 'inspection') useSelection.setState({ inspection: event.inspection });
    if (event.type === 'model') modelLoaded();
    if (event.type === 'error' && event.request === 'load') nameLoaded();
    if (event.type === 'prompt' && stopAsked) send({ type: 'stop' });
    if (event.type === 'done' || event.type === 'comparison') setTimeout(profileWhenQuiet, quiet);
  });
  open();
  loadShipped(useSettings.getState().model);
}

/** Lets the chosen backend and threads hold from the next model on. */
function open(): void {
  send({ type: 'open', backend: useSettings.getState().backend, threads: chosenThreads() });
}

/** Opens the chosen backend and loads the model on it again. */
export function changeBackend(): void {
  open();
  reload();
}

export function loadShipped(id: string): void {
  useSettings.getState().set({ model: id });
  load({ kind: 'shipped', id });
}

/** `name` is shown for the model; a dropped folder has one of its own. */
export function loadFiles(files: readonly File[], name?: string): void {
  const folder = files[0]?.webkitRelativePath.split('/')[0];
  load({ kind: 'files', name: name ?? (folder || 'own model'), files });
}

/** Loads the model again, with the options that were just chosen. */
export function reload(): void {
  const source = chosenSource(useEngine.getState());
  if (source) load(source);
}

/** The address was changed by hand or by going back: the engine follows where it must. */
export function followEngine(before: Shared, after: Shared): void {
  const differs = (...names: readonly (keyof Shared)[]) => names.some((name) => before[name] !== after[name]);
  if (differs('backend')) open();
  if (differs('model')) loadShipped(after.model);
  else if (differs('backend', 'weights', 'kernels')) reload();
}

/** Starts from the prompt. When nothing was changed since the last run it takes the next seed, to show another text. */
export function run(): void {
  const settings = useSettings.getState();
  if (lastRun === fingerprint()) settings.set({ seed: (settings.seed + 1) % 2 ** 32 });
  runAgain();
}

/** Starts from the prompt with the seed as it is. */
export function runAgain(): void {
  lastRun = fingerprint();
  clearSelection();
  generate({ kind: 'prompt', text: useSettings.getState().prompt }, { prompt: 0, tokens: 0 });
}

export function continueText(): void {
  const { prompt, tokens } = useWriting.getState();
  generate({ kind: 'continue' }, { prompt: prompt.length, tokens: tokens.length });
}

/** What the chosen token was chosen from. */
type Among = Pick<GeneratedToken, 'entropy' | 'alternatives'>;

/** Puts another token in the place of the selected one and goes on from there. */
export function chooseAlternative(position: number, alternative: Alternative, among: Among | null): void {
  const { prompt, tokens } = useWriting.getState();
  const kept = {
    prompt: Math.min(prompt.length, position),
    tokens: tokens.filter((token) => token.position < position).length,
  };
  clearSelection();
  generate({ kind: 'alternative', position, id: alternative.id }, kept);
  const chosen: GeneratedToken = {
    ...alternative,
    position,
    entropy: among?.entropy ?? 0,
    alternatives: among?.alternatives ?? [alternative],
  };
  useWriting.setState((state) => ({ tokens: [...state.tokens, chosen] }));
}

export function stop(): void {
  stopAsked = true;
  send({ type: 'stop' });
}

/** Selects a token and asks what the model did where it was chosen: one position before. */
export function select(position: number | null): void {
  useSelection.setState({ position, inspection: null });
  if (position === null || position === 0 || !isAlive(useWriting.getState())) return;
  send({ type: 'inspect', position: position - 1 });
}

/** Times the kernels once by itself, when a text is there and nobody waits for anything else. */
function profileWhenQuiet(): void {
  const { kernels, kernelsProblem, pending } = useEngine.getState();
  if (pending.length === 0 && kernels === null && kernelsProblem === null) profileKernels();
}

export function profileKernels(): void {
  if (!isPending(useEngine.getState().pending, 'profile')) send({ type: 'profile' });
}

export function calibrate(): void {
  send({ type: 'calibrate' });
}

/** Times GPU and CPU on the loaded model again. */
export function compare(): void {
  if (!isPending(useEngine.getState().pending, 'compare')) send({ type: 'compare' });
}

export function measure(): void {
  send({ type: 'measure' });
}

export function loseDevice(): void {
  send({ type: 'loseDevice' });
}

export function dismissProblem(): void {
  useEngine.setState({ problem: null });
}

export function dismissNotice(): void {
  useEngine.setState({ notice: null });
}

export function sampling(): Sampling {
  const { temperature, topK, topP, seed } = useSettings.getState();
  return { temperature, topK, topP, seed };
}

function load(source: ModelSource): void {
  const { weights, kernels } = useSettings.getState();
  if (useWriting.getState().status !== 'idle') send({ type: 'stop' });
  useEngine.setState((state) => ({ problem: null, loads: [...state.loads, source] }));
  send({ type: 'load', model: source, options: { weights, kernels } });
}

function generate(from: Start, keep: { readonly prompt: number; readonly tokens: number }): void {
  if (useWriting.getState().status !== 'idle') return;
  const { length } = useSettings.getState();
  useEngine.setState({ problem: null, notice: null });
  stopAsked = false;
  beginWriting(keep, length);
  send({ type: 'generate', from, settings: sampling(), length });
}

/** After a failed load the address names the model that is still there. */
function nameLoaded(): void {
  const source = chosenSource(useEngine.getState());
  if (source?.kind === 'shipped') useSettings.getState().set({ model: source.id });
}

function modelLoaded(): void {
  lastRun = '';
  // The worker forgets a text together with the model that wrote it.
  useWriting.setState({ detached: true });
  const { tint, position } = useSelection.getState();
  if (tint !== 'probability' || position !== null) clearSelection();
}

/** Names what was measured: the model, the paper's blocks in it, and what ran it how. */
function runNames(): RunNames {
  const { model, device } = useEngine.getState();
  if (!model) return { model: '', label: '', runner: '' };
  const { weights, kernels } = useSettings.getState();
  const { series_branches: branches, shortcut_size: shortcut } = model.config;
  const runner = measuredOn(device);
  // The CPU has one way to keep weights and one kernel an operation.
  const how = device?.backend === 'gpu' ? [text.generate.engine.weightsName[weights], kernels] : [];
  const label = [model.id, text.generate.paper.blocks(branches, shortcut), ...how, runner].join(' · ');
  return { model: model.id, label, runner };
}

function fingerprint(): string {
  const { prompt, length } = useSettings.getState();
  return JSON.stringify([prompt, length, sampling()]);
}

function send(request: Request): void {
  if (request.type !== 'stop') {
    useEngine.setState((state) => ({ pending: [...state.pending, request.type] }));
  }
  client?.send(request);
}
