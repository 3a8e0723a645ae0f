/**
 * The backend of a command: the GPU through Dawn, the CPU in WebAssembly, or the faster of the two by timing the work itself.
 * What was measured is kept in `.cache/backends.json`, per device, kind of work and size.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { CpuEngine } from '../cpu/engine';
import { openNodeEngine } from '../cpu/node';
import { dawnDevice, dawnLanguageFeatures } from '../gpu/dawn';
import type { Device } from '../gpu/device';
import { type Gate, runGates } from '../gpu/gates/gates';
import { type Backend, type BackendChoice, choiceKey, fasterOf, type Work } from '../lab/backend-choice';
import type { OptionRow, Options } from './command';

export const backendOptions = {
  backend: {
    value: 'auto|gpu|cpu|twin|twin64',
    about: 'WebGPU through Dawn, WebAssembly, the faster of both, or the TypeScript twin in float32 or float64',
    default: 'auto',
  },
  threads: { value: '<n>', about: 'threads of the CPU in WebAssembly; 0 is as many as suit', default: '0' },
} as const satisfies Record<string, OptionRow>;

export type ChosenBackend = Backend | 'twin' | 'twin64';

/** More share too little work each, in models of this size. */
const usualThreads = 8;

export function threadsOf(options: Options): number {
  return options.integer('threads', 0, 256) || Math.min(usualThreads, availableParallelism());
}

export function openCpu(options: Options): Promise<CpuEngine> {
  return openNodeEngine(threadsOf(options));
}

/** What the CPU is called in results. */
export function cpuName({ threads }: CpuEngine): string {
  return `CPU · WASM SIMD · ${threads === 1 ? '1 thread' : `${threads} threads`}`;
}

export interface OpenDevice {
  readonly device: Device;
  readonly gates: readonly Gate[];
}

export async function openGpu(): Promise<OpenDevice> {
  const device = await dawnDevice();
  return { device, gates: await runGates(device, dawnLanguageFeatures()) };
}

/** The backend that was asked for; `auto` times `work` of `flops` on both, or remembers. Without a GPU it is the CPU. */
export async function chooseBackend(
  options: Options,
  work: Work,
  flops: number,
  timeOn: (backend: Backend) => Promise<number>,
): Promise<ChosenBackend> {
  const asked = options.choice('backend', ['auto', 'gpu', 'cpu', 'twin', 'twin64']);
  if (asked !== 'auto') return asked;
  const gpu = await openGpu().then(
    ({ device }) => device.adapter.name,
    () => null,
  );
  if (gpu === null) return 'cpu';
  const cpu = `CPU · ${threadsOf(options)}`;
  const key = choiceKey(work, gpu, cpu, flops);
  const kept = readChoices();
  const known = kept[key];
  if (known) return fasterOf(known);
  const cpuMilliseconds = await timeOn('cpu');
  const gpuMilliseconds = await timeOn('gpu');
  const choice = { work, gpu, cpu, cpuMilliseconds, gpuMilliseconds, measured: new Date().toISOString() };
  mkdirSync(path.dirname(choicesFile), { recursive: true });
  writeFileSync(choicesFile, JSON.stringify({ ...kept, [key]: choice }, null, 1));
  return fasterOf(choice);
}

const choicesFile = path.join('.cache', 'backends.json');

function readChoices(): Readonly<Record<string, BackendChoice>> {
  if (!existsSync(choicesFile)) return {};
  try {
    return JSON.parse(readFileSync(choicesFile, 'utf8'));
  } catch {
    // A file that was cut off costs only the memory of what was measured.
    return {};
  }
}
