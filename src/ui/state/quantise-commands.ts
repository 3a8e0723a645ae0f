/**
 * What a person can do in the Quantise panel, each as one function: the only place that posts requests to its worker, a further
 * instance of the engine's script, started when the panel is first opened, so that measuring does not hold up writing.
 */
import type { SchemeId } from '../../quant/schemes';
import { type Client, startClient } from '../../worker/client';
import type { Event, ModelSource, Request } from '../../worker/protocol';
import type { QuantiseRequest } from '../../worker/quantise-protocol';
import { downloadBytes } from '../charts/download';
import { isPending } from './engine';
import { Latest } from './latest';
import { type Asked, quantiseEvent, useQuantise } from './quantise';
import { changedTexts, presetSizes, type QuantiseTexts } from './quantise-form';
import { useSettings } from './settings';
import { chosenThreads } from './threads';

type Of<T extends QuantiseRequest['type']> = Omit<Extract<QuantiseRequest, { type: T }>, 'type'>;

let client: Client | null = null;
/** A model of the person's: the page keeps no files, so a reload needs it again. */
let ownModel: Extract<ModelSource, { kind: 'files' }> | null = null;
/** What is under way, to be put beside its answer. */
let asked: Asked = {};
/** A stop that came before the work had begun: it is said again when it has. */
let stopAsked = false;
/** Backend and threads that the worker was last told. */
let backend = '';

const readings = new Latest<Of<'readMatrix'>>((wanted) => post({ type: 'readMatrix', ...wanted }), 120);

/** Changes fields of the form; what is a default leaves the address. */
export function setQuantise(values: Partial<QuantiseTexts>): void {
  const { quantise, set } = useSettings.getState();
  set({ quantise: changedTexts(quantise, values) });
}

/** Opens what the address names, unless it is open or on its way; files that are not here stay closed. */
export function openModel(choice: string): void {
  const { opened, openings } = useQuantise.getState();
  if ((openings.at(-1) ?? opened) === choice) return;
  const source = sourceOf(choice);
  if (source) open(choice, source);
}

/** A matrix chosen in one model says little about another. */
export function chooseModel(choice: string): void {
  setQuantise({ model: choice, matrix: '', row: '' });
  openModel(choice);
}

/** Opens a model of the person's, also one of the same name as before: it may have been mended. */
export function takeModel(files: readonly File[], name: string): void {
  const folder = files[0]?.webkitRelativePath.split('/')[0];
  ownModel = { kind: 'files', name: folder || name, files };
  const choice = fileChoice(ownModel.name);
  setQuantise({ model: choice, matrix: '', row: '' });
  open(choice, ownModel);
}

/** The choice that stands for a model of this name. */
function fileChoice(name: string): string {
  return `file ${name.slice(0, 200)}`;
}

export function choosePreset(preset: string): void {
  setQuantise({ ...presetSizes, preset });
}

/** Null: nothing is asked any more. */
export function readMatrix(wanted: Of<'readMatrix'> | null): void {
  if (wanted) readings.ask(wanted);
  else readings.forget();
}

export function measureSchemes(wanted: Of<'measureSchemes'>): void {
  begin({ type: 'measureSchemes', ...wanted });
}

export function measureErrors(wanted: Of<'measureErrors'>): void {
  begin({ type: 'measureErrors', ...wanted });
}

export function measureSensitivity(wanted: Of<'measureSensitivity'>): void {
  if (begin({ type: 'measureSensitivity', ...wanted })) useQuantise.setState({ sensitivity: { ...wanted, rows: [] } });
}

export function compareQuantised(wanted: Of<'compareQuantised'>): void {
  begin({ type: 'compareQuantised', ...wanted });
}

export function exportQuantised(wanted: Of<'exportQuantised'>): void {
  begin({ type: 'exportQuantised', ...wanted });
}

export function compareRanges(scheme: SchemeId, models: readonly string[]): void {
  begin({ type: 'compareRanges', scheme, models });
}

export function timeShapes(scheme: SchemeId, limitBytes: number): void {
  begin({ type: 'timeQuantisedShapes', scheme, limitBytes });
}

/** Ends the measurement under way. */
export function stopQuantise(): void {
  stopAsked = true;
  client?.send({ type: 'stopQuantise' });
}

export function dismissQuantiseProblem(): void {
  useQuantise.setState({ problem: null });
}

/** False where the same is under way already. */
function begin(request: QuantiseRequest): boolean {
  if (isPending(useQuantise.getState().pending, request.type)) return false;
  useQuantise.setState({ problem: null, notice: null });
  stopAsked = false;
  openBackend();
  post(request);
  return true;
}

function open(choice: string, model: ModelSource): void {
  readings.forget();
  // What is measured on the model before it is not wanted any more.
  if (isPending(useQuantise.getState().pending, ...ofOneModel)) stopQuantise();
  useQuantise.setState((state) => ({ problem: null, openings: [...state.openings, choice] }));
  post({ type: 'openQuantise', model });
}

const ofOneModel = ['measureErrors', 'measureSchemes', 'measureSensitivity'] as const;

/** Null for files that are not here. */
function sourceOf(choice: string): ModelSource | null {
  if (!choice.startsWith('file ')) return { kind: 'shipped', id: choice };
  return ownModel && choice === fileChoice(ownModel.name) ? ownModel : null;
}

function hear(event: Event): void {
  quantiseEvent(event, asked);
  switch (event.type) {
    case 'progress':
      if (stopAsked) client?.send({ type: 'stopQuantise' });
      break;
    case 'matrixRead':
      readings.answered();
      break;
    case 'errorsMeasured':
    case 'schemesMeasured':
    case 'sensitivityMeasured':
    case 'rangesCompared':
    case 'quantisedShapesTimed':
      stopAsked = false;
      break;
    case 'quantisedExported':
      for (const [name, bytes] of Object.entries(event.files)) downloadBytes(name, bytes.slice().buffer);
      break;
    case 'error':
      failed(event.request);
      break;
  }
}

function failed(request: Request['type']): void {
  if (request === 'readMatrix') readings.answered();
  stopAsked = false;
  if (request !== 'openQuantise') return;
  // The address names the model that is still open.
  const { opened, openings } = useQuantise.getState();
  const choice = openings.at(-1) ?? opened;
  if (choice !== null) setQuantise({ model: choice });
}

/** Before a request that runs a model: lets the chosen backend and threads hold. */
function openBackend(): void {
  const request = { type: 'open', backend: useSettings.getState().backend, threads: chosenThreads() } as const;
  if (backend === JSON.stringify(request)) return;
  backend = JSON.stringify(request);
  post(request);
}

function post(request: QuantiseRequest | Extract<Request, { type: 'open' }>): void {
  if (!client) {
    client = startClient(new URL('models/', document.baseURI).href);
    client.subscribe(hear);
  }
  if (request.type !== 'open') asked = { ...asked, [request.type]: request };
  useQuantise.setState((state) => ({ pending: [...state.pending, request.type] }));
  client.send(request);
}
