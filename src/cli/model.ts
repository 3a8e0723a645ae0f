/**
 * Opens a model for a command: a shipped one by id, or any folder with the three files; on the GPU through Dawn or on the
 * CPU twin.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { dawnDevice, dawnLanguageFeatures } from '../gpu/dawn';
import type { Device } from '../gpu/device';
import { type Gate, passed, runGates } from '../gpu/gates/gates';
import { Pipelines } from '../gpu/pipelines';
import type { Family } from '../graph/operation';
import { packsHalf, type Weights } from '../graph/weights';
import type { ModelConfig } from '../model/config';
import { modelFileNames, readModelFolder, readModelWeights } from '../model/folder';
import { GpuRuntime } from '../model/gpu-runtime';
import { twinRuntime } from '../model/host-runtime';
import type { Runtime } from '../model/runtime';
import { Tokenizer } from '../tokenizer/tokenizer';
import { type OptionRow, type Options, UsageError } from './command';

export const modelOptions = {
  model: {
    value: '<id|folder>',
    about: 'a model of public/models, or a folder with its three files',
    default: 'story-nano',
  },
  backend: {
    value: 'gpu|cpu|cpu64',
    about: 'WebGPU through Dawn, or the CPU twin in float32 or float64',
    default: 'gpu',
  },
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
  readonly half: boolean;
}

/** With its tokenizer it also reads and writes text. */
export interface OpenModel extends OpenIds {
  readonly tokenizer: Tokenizer;
}

export interface OpenDevice {
  readonly device: Device;
  readonly gates: readonly Gate[];
}

export async function openGpu(): Promise<OpenDevice> {
  const device = await dawnDevice();
  return { device, gates: await runGates(device, dawnLanguageFeatures()) };
}

export async function openModel(options: Options): Promise<OpenModel> {
  const folder = findFolder(options.text('model'));
  const { config, weights, tokenizer } = readModelFolder(readFiles(folder), Tokenizer.parse, folder);
  return { ...(await openRuntime(options, folder, config, weights)), tokenizer };
}

/** As `openModel`, from a folder that needs no tokenizer. */
export function openIds(options: Options): Promise<OpenIds> {
  const folder = findFolder(options.text('model'));
  const { config, weights } = readModelWeights(readFiles(folder), folder);
  return openRuntime(options, folder, config, weights);
}

async function openRuntime(options: Options, folder: string, config: ModelConfig, weights: Weights): Promise<OpenIds> {
  const common = { name: path.basename(folder), config };
  const backend = options.choice('backend', ['gpu', 'cpu', 'cpu64']);
  if (backend !== 'gpu') {
    const precision = backend === 'cpu64' ? 'float64' : 'float32';
    const runtime = twinRuntime(config, weights, precision);
    return { ...common, runtime, backend: 'cpu', adapter: `CPU twin, ${precision}`, half: false };
  }
  const { device, gates } = await openGpu();
  const half = packsHalf(options.choice('weights', ['stored', 'f16', 'f32']), weights);
  const kernels = options.choice('kernels', ['auto', 'naive', 'thread', 'group']);
  const runtime = await GpuRuntime.open(device, new Pipelines(device), config, weights, {
    half,
    subgroups: passed(gates, 'subgroups'),
    ...(kernels !== 'auto' && { family: kernels satisfies Family }),
  });
  return { ...common, runtime, backend: 'gpu', adapter: device.adapter.name, half };
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
