/**
 * The page's end of the worker: posts requests, hands out events, and turns a crash of the worker into an event.
 * It keeps no state of its own beyond its listeners.
 */
import type { Event, Request } from './protocol';

export interface Client {
  send(request: Request): void;
  /** Called for each event, in order. Returns what ends it. */
  subscribe(listener: (event: Event) => void): () => void;
}

/** The part of a Worker that is needed, so that a test can stand in for it. */
export interface Port {
  postMessage(message: Request): void;
  onmessage: ((message: MessageEvent<Event>) => unknown) | null;
  onerror: ((problem: ErrorEvent) => unknown) | null;
}

/** The event that ends each request; `error` with the same request ends it too. `stop` is not answered. */
export const lastEvent = {
  open: 'device',
  load: 'model',
  generate: 'done',
  stop: null,
  inspect: 'inspection',
  profile: 'profile',
  calibrate: 'calibration',
  compare: 'comparison',
  measure: 'ceilings',
  loseDevice: 'device',
  planRun: 'planned',
  prepareRun: 'prepared',
  startRun: 'run',
  resumeRun: 'run',
  pauseRun: 'run',
  continueRun: 'run',
  stepRun: 'run',
  cancelRun: 'run',
  changeRun: 'runPoints',
  takeModel: 'trainedModel',
  profileRun: 'stepProfile',
  openExperiments: 'experiments',
  planExperiment: 'experimentPlan',
  addExperiment: 'experiments',
  importExperiment: 'experiments',
  changeExperiment: 'experiments',
  cancelExperiments: 'experiments',
  nameExperiment: 'experiments',
  repeatExperiment: 'experiments',
  lookInside: 'inside',
  timeShapes: 'shapes',
  openTokenizer: 'tokenizerOpened',
  countTokens: 'tokensCounted',
  pruneVocabulary: 'vocabularyPruned',
  measureCoverage: 'coverageMeasured',
  readText: 'textRead',
  listPieces: 'piecesListed',
  exportTokenizer: 'tokenizerExported',
  measurePruned: 'modelMeasured',
  comparePruned: 'writingCompared',
  exportPruned: 'modelExported',
  stopTokenizer: null,
  openQuantise: 'quantiseOpened',
  readMatrix: 'matrixRead',
  measureErrors: 'errorsMeasured',
  measureSchemes: 'schemesMeasured',
  measureSensitivity: 'sensitivityMeasured',
  compareQuantised: 'quantisedWritten',
  exportQuantised: 'quantisedExported',
  compareRanges: 'rangesCompared',
  timeQuantisedShapes: 'quantisedShapesTimed',
  stopQuantise: null,
  openOffload: 'offloadOpened',
  writeOffload: 'offloadWritten',
  compareOffload: 'offloadCompared',
  measureOffload: 'offloadMeasured',
  runOffloadLayer: 'offloadLayerRuns',
  sweepOffload: 'offloadSweep',
  damageExpert: 'offloadDamaged',
  stopOffload: null,
} as const satisfies Readonly<Record<Request['type'], Event['type'] | null>>;

/** Starts the worker. `models` is the absolute address of the folder of models; the worker reads it from its name. */
export function startClient(models: string): Client {
  return connect(new Worker(new URL('./main.ts', import.meta.url), { type: 'module', name: models }));
}

export function connect(port: Port): Client {
  const listeners = new Set<(event: Event) => void>();
  const emit = (event: Event) => {
    for (const listener of listeners) listener(event);
  };
  port.onmessage = (message) => emit(message.data);
  port.onerror = (problem) => {
    const cause = problem.message || 'its script could not be loaded';
    emit({
      type: 'error',
      request: 'open',
      message: `The engine stopped (${cause}): reload the page to start it again.`,
    });
  };
  return {
    send: (request) => port.postMessage(request),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What is still to be answered once `event` has come: the oldest request that it ends is taken out. */
export function unanswered(pending: readonly Request['type'][], event: Event): readonly Request['type'][] {
  const ended = pending.findIndex((type) =>
    event.type === 'error' ? event.request === type : lastEvent[type] === event.type,
  );
  return ended < 0 ? pending : pending.filter((_, index) => index !== ended);
}
