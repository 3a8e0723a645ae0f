/**
 * What a person can do in the Offload panel, each as one function: the only place that posts requests to its worker, a further
 * instance of the engine's script, started when something is first asked of it: the simulation needs none.
 */
import type { Mend } from '../../offload/constraints';
import type { Difference } from '../../offload/differences';
import type { PolicyId } from '../../offload/policies';
import { type Client, startClient } from '../../worker/client';
import type { OffloadRequest, OffloadSetup } from '../../worker/offload-protocol';
import type { Event, ModelSource, Request } from '../../worker/protocol';
import { sampling } from './commands';
import { isPending } from './engine';
import { beginText, type Language, type OffloadText, offloadEvent, useOffload } from './offload';
import {
  changedOffload,
  type MachineChoice,
  mendedTexts,
  type OffloadReading,
  type OffloadTexts,
  presetFields,
  shortest,
} from './offload-form';
import { useSettings } from './settings';
import { chosenThreads } from './threads';

let client: Client | null = null;
/** A model of the person's: the page keeps no files, so a reload needs it again. */
let ownModel: Extract<ModelSource, { kind: 'files' }> | null = null;
/** Texts asked for and not begun, oldest first. */
let asked: readonly OffloadText[] = [];
/** A stop that came before the work had begun: it is said again when it has. */
let stopAsked = false;
/** Backend and threads that the worker was last told. */
let backend = '';

export function setOffload(values: Partial<OffloadTexts>): void {
  const { offload, set } = useSettings.getState();
  set({ offload: changedOffload(offload, values) });
}

/** Another machine has its own times, slots and rule. */
export function chooseMachine(preset: MachineChoice): void {
  setOffload({ ...presetFields, preset });
}

export function resetMachine(): void {
  setOffload(presetFields);
}

/** K and the budget are two ways to say one thing: the one that was typed last counts. */
export function setSlots(slots: string): void {
  setOffload({ slots, budget: '' });
}

export function setBudget(budget: string): void {
  setOffload({ budget, slots: '' });
}

/** Loads a small case as typed-in times. */
export function loadDifference({ machine, policy }: Difference): void {
  setOffload({
    ...presetFields,
    preset: 'times',
    policy,
    rule: 'strict',
    slots: String(machine.slots),
    alpha: machine.computeTimes.map(shortest).join(', '),
    beta: shortest(machine.loadTime),
  });
}

/** Changes the fields of the machine so that constraints that are broken hold. */
export function applyMend(mend: Mend, reading: OffloadReading): void {
  setOffload(mendedTexts(mend, reading));
}

/** Opens what the address names, unless it is open or on its way; files that are not here stay closed. */
export function openOffloadModel(choice: string): void {
  const { opened, openings } = useOffload.getState();
  if ((openings.at(-1) ?? opened) === choice) return;
  const source = sourceOf(choice);
  if (source) open(choice, source);
}

export function chooseOffloadModel(choice: string): void {
  setOffload({ model: choice });
  openOffloadModel(choice);
}

export function takeOffloadModel(files: readonly File[], name: string): void {
  const folder = files[0]?.webkitRelativePath.split('/')[0];
  ownModel = { kind: 'files', name: folder || name, files };
  const choice = fileChoice(ownModel.name);
  setOffload({ model: choice });
  open(choice, ownModel);
}

function fileChoice(name: string): string {
  return `file ${name.slice(0, 200)}`;
}

type Setup = Omit<OffloadSetup, 'backend'>;

export function writeOffload(setup: Setup): void {
  const { prompt } = useSettings.getState();
  write('writeOffload', setup, prompt, null);
}

export function compareOffload(setup: Setup): void {
  const { prompt } = useSettings.getState();
  write('compareOffload', setup, prompt, null);
}

/** One text in each language, one after the other, to see which experts each uses. */
export function writeLanguages(setup: Setup, prompts: Readonly<Record<Language, string>>): void {
  if (isWriting()) return;
  useOffload.setState({ languages: {} });
  for (const language of ['en', 'zh'] as const) write('writeOffload', setup, prompts[language], language, true);
}

const isWriting = () => isPending(useOffload.getState().pending, 'writeOffload', 'compareOffload');

function write(
  type: 'writeOffload' | 'compareOffload',
  setup: Setup,
  prompt: string,
  language: Language | null,
  further = false,
): void {
  if (!further && isWriting()) return;
  const { backend: chosen, length } = useSettings.getState();
  const of = { type, setup: { ...setup, backend: chosen }, prompt, settings: sampling(), length } as const;
  useOffload.setState({ problem: null, notice: null });
  stopAsked = false;
  asked = [...asked, beginText(of, language)];
  openBackend();
  post(of);
}

/** Runs one layer of random weights under these policies. */
export function runLayer(
  wanted: Omit<Extract<OffloadRequest, { type: 'runOffloadLayer' }>, 'type' | 'backend' | 'repeats'>,
): void {
  const request = {
    type: 'runOffloadLayer',
    ...wanted,
    backend: useSettings.getState().backend,
    repeats: 3,
  } as const;
  if (!begin(request)) return;
  useOffload.setState({ layerOf: request, layerRows: [], layer: null });
}

export function sweepOffload(wanted: Omit<Extract<OffloadRequest, { type: 'sweepOffload' }>, 'type'>): void {
  begin({ type: 'sweepOffload', ...wanted });
}

export function damageExpert(layer: number, expert: number): void {
  begin({ type: 'damageExpert', layer, expert });
}

/** Ends what is under way, and what was asked for after it. */
export function stopOffload(): void {
  stopAsked = true;
  client?.send({ type: 'stopOffload' });
}

export function dismissOffloadProblem(): void {
  useOffload.setState({ problem: null });
}

/** Which policies a run of the layer shows: those that load, and the chosen one. */
export function layerPolicies(chosen: PolicyId, experts: number, mostSearched: number): readonly PolicyId[] {
  const wanted = new Set<PolicyId>(['on-demand', 'ring', 'infmoe', 'johnson', chosen]);
  if (experts > mostSearched) wanted.delete('optimum');
  return [...wanted];
}

/** False where the same is under way already. */
function begin(request: OffloadRequest): boolean {
  if (isPending(useOffload.getState().pending, request.type)) return false;
  useOffload.setState({ problem: null, notice: null });
  stopAsked = false;
  openBackend();
  post(request);
  return true;
}

function open(choice: string, model: ModelSource): void {
  if (isWriting()) stopOffload();
  useOffload.setState((state) => ({ problem: null, openings: [...state.openings, choice] }));
  post({ type: 'openOffload', model });
}

/** Null for files that are not here. */
function sourceOf(choice: string): ModelSource | null {
  if (!choice.startsWith('file ')) return { kind: 'shipped', id: choice };
  return ownModel && choice === fileChoice(ownModel.name) ? ownModel : null;
}

function hear(event: Event): void {
  const next = asked[0] ?? null;
  offloadEvent(event, next);
  switch (event.type) {
    case 'progress':
    case 'offloadStarted':
      if (stopAsked) client?.send({ type: 'stopOffload' });
      break;
    case 'offloadWritten':
    case 'offloadCompared':
      asked = asked.slice(1);
      // A stop ends all texts that were asked for; it is over with the last.
      if (asked.length === 0) stopAsked = false;
      break;
    case 'offloadLayerRuns':
    case 'offloadSweep':
      stopAsked = false;
      break;
    case 'error':
      failed(event.request);
      break;
  }
}

function failed(request: Request['type']): void {
  if (request === 'writeOffload' || request === 'compareOffload') asked = asked.slice(1);
  stopAsked = false;
  if (request !== 'openOffload') return;
  // The address names the model that is still open.
  const { opened, openings } = useOffload.getState();
  const choice = openings.at(-1) ?? opened;
  if (choice !== null) setOffload({ model: choice });
}

/** Before a request that runs a model: lets the chosen backend and threads hold. */
function openBackend(): void {
  const request = { type: 'open', backend: useSettings.getState().backend, threads: chosenThreads() } as const;
  if (backend === JSON.stringify(request)) return;
  backend = JSON.stringify(request);
  post(request);
}

function post(request: OffloadRequest | Extract<Request, { type: 'open' }>): void {
  if (!client) {
    client = startClient(new URL('models/', document.baseURI).href);
    client.subscribe(hear);
  }
  useOffload.setState((state) => ({ pending: [...state.pending, request.type] }));
  client.send(request);
}
