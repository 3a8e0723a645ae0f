/**
 * The worker's side of the protocol: takes requests one after the other, answers with events, and turns whatever an
 * engine throws into an `error` event. `stop` alone jumps the queue.
 */
import { Backends } from './backends';
import { Carriers } from './carriers';
import { Engine } from './engine';
import { ExperimentEngine } from './experiment-engine';
import { LazyEngine } from './lazy-engine';
import { Looks } from './looks';
import { type OffloadRequest, offloadRequests } from './offload-protocol';
import { EngineDevice } from './open-device';
import type { Event, Request } from './protocol';
import { type QuantiseRequest, quantiseRequests } from './quantise-protocol';
import { type TokenizerRequest, tokenizerRequests } from './tokenizer-protocol';
import { TrainingEngine } from './training-engine';

export function serve(modelsUrl: string, emit: (event: Event) => void): (request: Request) => void {
  const backends = new Backends(new EngineDevice(emit), emit);
  const engine = new Engine(backends, modelsUrl, emit);
  const carriers = new Carriers(backends, emit);
  const training = new TrainingEngine(backends, carriers, modelsUrl, emit);
  const experiments = new ExperimentEngine(carriers, modelsUrl, emit);
  const looks = new Looks(backends, carriers, modelsUrl, emit);
  const tokenizers = new LazyEngine<TokenizerRequest>(tokenizerRequests, 'stopTokenizer', async () => {
    const { TokenizerEngine } = await import('./tokenizer-engine');
    return new TokenizerEngine(backends, carriers, modelsUrl, emit);
  });
  const quantising = new LazyEngine<QuantiseRequest>(quantiseRequests, 'stopQuantise', async () => {
    const { QuantiseEngine } = await import('./quantise-engine');
    return new QuantiseEngine(backends, carriers, modelsUrl, emit);
  });
  let offload: { dropDevice(): boolean } | null = null;
  const offloading = new LazyEngine<OffloadRequest>(offloadRequests, 'stopOffload', async () => {
    const { OffloadEngine } = await import('./offload-engine');
    const engine = new OffloadEngine(backends, carriers, modelsUrl, emit);
    offload = engine;
    return engine;
  });
  let queue: Promise<void> = Promise.resolve();
  return (request) => {
    if (request.type === 'stop') {
      engine.stop();
      return;
    }
    if (tokenizers.stops(request) || quantising.stops(request) || offloading.stops(request)) return;
    if (request.type === 'loseDevice' && (engine.dropDevice() || training.dropDevice() || offload?.dropDevice()))
      return;
    training.announce(request);
    queue = queue.then(async () => {
      try {
        if (tokenizers.owns(request)) await tokenizers.answer(request);
        else if (quantising.owns(request)) await quantising.answer(request);
        else if (offloading.owns(request)) await offloading.answer(request);
        else await carryOut({ backends, engine, carriers, training, experiments, looks, emit }, request);
      } catch (error) {
        emit({ type: 'error', request: request.type, message: error instanceof Error ? error.message : String(error) });
      }
    });
  };
}

interface Parts {
  readonly backends: Backends;
  readonly engine: Engine;
  readonly carriers: Carriers;
  readonly training: TrainingEngine;
  readonly experiments: ExperimentEngine;
  readonly looks: Looks;
  readonly emit: (event: Event) => void;
}

async function carryOut(
  { backends, engine, carriers, training, experiments, looks, emit }: Parts,
  request: Exclude<Request, { type: 'stop' } | TokenizerRequest | QuantiseRequest | OffloadRequest>,
): Promise<void> {
  switch (request.type) {
    case 'open':
      await backends.open(request.backend, request.threads);
      return emit({ type: 'device', device: carriers.report() ?? engine.deviceReport() });
    case 'load':
      return engine.load(request.model, request.options);
    case 'generate':
      return engine.generate(request.from, request.settings, request.length);
    case 'inspect':
      return engine.inspect(request.position);
    case 'profile':
      return engine.profile();
    case 'calibrate':
      return engine.calibrate();
    case 'compare':
      return engine.compare();
    case 'measure':
      return engine.measure();
    case 'loseDevice':
      return engine.loseDevice();
    case 'planRun':
      return training.plan(request.recipe, request.vocabulary);
    case 'prepareRun':
      return training.prepare(request.recipe, request.file);
    case 'startRun':
      return training.start(request);
    case 'resumeRun':
      return training.resume(request);
    case 'pauseRun':
      return training.pause();
    case 'continueRun':
      return training.goOn();
    case 'stepRun':
      return training.step();
    case 'cancelRun':
      return training.cancel();
    case 'changeRun':
      return training.change(request.key, request.value);
    case 'takeModel':
      return training.takeModel(request.id);
    case 'profileRun':
      return training.profile();
    case 'openExperiments':
      return experiments.open();
    case 'planExperiment':
      return experiments.plan(request.experiment);
    case 'addExperiment':
      return experiments.add(request.experiment, request.name, request.prediction, request.force);
    case 'importExperiment':
      return experiments.import(request.record);
    case 'changeExperiment':
      return experiments.change(request.id, request.action);
    case 'cancelExperiments':
      return experiments.cancelAll();
    case 'nameExperiment':
      return experiments.rename(request.id, request.name);
    case 'repeatExperiment':
      return experiments.repeat(request.id, request.seeds);
    case 'lookInside':
      return looks.inside(request.model, request.text, request.tokens, request.without);
    case 'timeShapes':
      return looks.shapes(request.limitBytes);
    default:
      return request satisfies never;
  }
}
