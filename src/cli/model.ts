/**
 * Opens a model for a command: a shipped one by id, or any folder with the three files; on the backend that was asked for.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { passed } from '../gpu/gates/gates';
import { Pipelines } from '../gpu/pipelines';
import { costOf } from '../graph/cost';
import type { ExecutorOptions } from '../graph/executor';
import type { Family } from '../graph/operation';
import { matrixStorage, packsHalf, type WeightStorage, type Weights } from '../graph/weights';
import { timeDecoding } from '../lab/backend-choice';
import type { ModelConfig } from '../model/config';
import { type ModelFiles, type ModelFolder, modelFileNames, readModelFolder, readModelWeights } from '../model/folder';
import { GpuRuntime } from '../model/gpu-runtime';
import { tokenGraph } from '../model/graphs';
import { openHostRuntime, twinRuntime } from '../model/host-runtime';
import type { Runtime } from '../model/runtime';
import { Tokenizer } from '../tokenizer/tokenizer';
import { backendOptions, type ChosenBackend, chooseBackend, cpuName, openCpu, openGpu } from './backend';
import { type OptionRow, type Options, UsageError } from './command';

export const modelOptions = {
  model: {
    value: '<id|folder>',
    about: 'a model of public/models, or a folder with its three files',
    default: 'story-nano',
  },
  ...backendOptions,
  weights: { value: 'stored|f16|f32', about: 'how matrices are kept on the GPU', default: 'stored' },
  kernels: { value: 'auto|naive|thread|group', about: 'which kernel family runs wherever it can', default: 'auto' },
} as const satisfies Record<string, OptionRow>;

/** A model that reads and writes ids. */
export interface OpenIds {
  readonly name: string;
  readonly config: ModelConfig;
  readonly runtime: Runtime;
  readonly backend: 'gpu' | 'cpu';
  /** Adapter of the GPU, or how the CPU computes. */
  readonly adapter: string;
  /** Of the matrices where the model runs. */
  readonly storage: WeightStorage;
}

/** With its tokenizer it also reads and writes text. */
export interface OpenModel extends OpenIds {
  readonly tokenizer: Tokenizer;
}

/** A model that was read and not opened yet. */
export interface ReadModel extends Pick<ModelFolder<Tokenizer>, 'config' | 'weights' | 'tokenizer'> {
  readonly name: string;
}

export function readModel(model: string): ReadModel {
  const folder = findFolder(model);
  return { name: path.basename(folder), ...readModelFolder(readFiles(folder), Tokenizer.parse, folder) };
}

/** The files of a model as they are. */
export function readModelFiles(model: string): { readonly name: string; readonly files: ModelFiles } {
  const folder = findFolder(model);
  return { name: path.basename(folder), files: readFiles(folder) };
}

export async function openModel(options: Options): Promise<OpenModel> {
  const { name, config, weights, tokenizer } = readModel(options.text('model'));
  return { ...(await openRuntime(options, name, config, weights)), tokenizer };
}

/** As `openModel`, from a folder that needs no tokenizer. */
export function openIds(options: Options): Promise<OpenIds> {
  const folder = findFolder(options.text('model'));
  const { config, weights } = readModelWeights(readFiles(folder), folder);
  return openRuntime(options, path.basename(folder), config, weights);
}

async function openRuntime(options: Options, name: string, config: ModelConfig, weights: Weights): Promise<OpenIds> {
  const backend = await backendOf(options, config, weights);
  return { name, config, ...(await openOn(backend, options, config, weights)) };
}

/** The backend for decoding with this model: the one that was asked for, or the faster one. */
export function backendOf(options: Options, config: ModelConfig, weights: Weights): Promise<ChosenBackend> {
  const { flops } = costOf(tokenGraph(config).graph);
  return chooseBackend(options, 'decode', flops, async (candidate) => {
    const { runtime } = await openOn(candidate, options, config, weights);
    try {
      return await timeDecoding(runtime);
    } finally {
      runtime.destroy();
    }
  });
}

export async function openOn(
  backend: ChosenBackend,
  options: Options,
  config: ModelConfig,
  weights: Weights,
  { integerActivations = false }: ExecutorOptions = {},
): Promise<Omit<OpenIds, 'name' | 'config'>> {
  if (backend === 'cpu') {
    const engine = await openCpu(options);
    const runtime = openHostRuntime(engine, config, weights, { integerActivations });
    return { runtime, backend, adapter: cpuName(engine), storage: matrixStorage(weights, false) };
  }
  if (backend !== 'gpu') {
    if (integerActivations) throw new UsageError('The twin knows no integer activations: choose --backend cpu or gpu.');
    const precision = backend === 'twin64' ? 'float64' : 'float32';
    const runtime = twinRuntime(config, weights, precision);
    return { runtime, backend: 'cpu', adapter: `CPU · TypeScript twin, ${precision}`, storage: 'f32' };
  }
  const { device, gates } = await openGpu();
  if (integerActivations && !passed(gates, 'packed dot products')) {
    throw new UsageError('This adapter has no packed dot products for integer activations: choose --backend cpu.');
  }
  const half = packsHalf(options.choice('weights', ['stored', 'f16', 'f32']), weights);
  const kernels = options.choice('kernels', ['auto', 'naive', 'thread', 'group']);
  const runtime = await GpuRuntime.open(device, new Pipelines(device), config, weights, {
    half,
    subgroups: passed(gates, 'subgroups'),
    integerActivations,
    ...(kernels !== 'auto' && { family: kernels satisfies Family }),
  });
  return { runtime, backend, adapter: device.adapter.name, storage: matrixStorage(weights, half) };
}

/** Writes the files of a model; the folder is made where it is missing. */
export function writeModelFolder(folder: string, files: Readonly<Record<string, Uint8Array>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
}

function readFiles(folder: string): Record<string, Uint8Array> {
  const wanted = readdirSync(folder).filter((name) => (modelFileNames as readonly string[]).includes(name));
  return Object.fromEntries(wanted.map((name) => [name, new Uint8Array(readFileSync(path.join(folder, name)))]));
}

function findFolder(model: string): string {
  const places = [model, path.join('public', 'models', model)];
  const folder = places.find((place) => existsSync(path.join(place, 'config.json')));
  if (folder) return folder;
  const shipped = existsSync('public/models') ? readdirSync('public/models', { withFileTypes: true }) : [];
  const ids = shipped.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  throw new UsageError(
    `--model is "${model}": there is no such folder with a config.json. Shipped: ${ids.join(', ')}.`,
  );
}
