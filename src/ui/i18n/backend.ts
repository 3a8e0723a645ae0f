/** The English strings about what runs models and training: GPU or CPU, why, and the choice; part of the catalogue in en.ts. */
import type { Backend, BackendChoice, CpuReport, Work } from '../../worker/protocol';
import { formatCount, formatInteger, formatMilliseconds, significant } from '../format/numbers';
import { plural } from './locale';

const threads = (count: number) => `${formatInteger(count)} ${plural(count, { one: 'thread', other: 'threads' })}`;

const kinds = { wasm: 'WASM SIMD', typescript: 'TypeScript' } as const satisfies Record<CpuReport['kind'], string>;

const once = { decode: 'a token', train: 'a step' } as const satisfies Record<Work, string>;

/** Less than this is no difference that a person would notice. */
const same = 1.05;

/** 23 times; 2.4 times. */
const times = (ratio: number) =>
  ratio < 9.95 ? significant(Math.round(ratio * 10) / 10) : formatCount(Math.round(ratio));

/** How much faster the faster one is, and which. */
function faster({ gpu, gpuMilliseconds, cpuMilliseconds }: BackendChoice): string {
  const ratio = Math.max(gpuMilliseconds, cpuMilliseconds) / Math.min(gpuMilliseconds, cpuMilliseconds);
  if (!(ratio >= same)) return 'both are about as fast';
  return `${cpuMilliseconds < gpuMilliseconds ? 'the CPU' : gpu} is ${times(ratio)} times as fast`;
}

export const backend = {
  /** `GPU · SwiftShader`. */
  gpu: (adapter: string) => `GPU · ${adapter}`,
  /** Parts of `CPU · WASM SIMD · 2 threads`. */
  cpu: 'CPU',
  kinds,
  threads,
  why: {
    asked: { gpu: 'The GPU was chosen.', cpu: 'The CPU was chosen.' },
    /** `reason` is a sentence. */
    noGpu: {
      decode: (reason: string) => `${reason} The CPU runs the models instead, in float32.`,
      train: (reason: string) => `${reason} The CPU trains instead, in float32.`,
    },
    measured: (choice: BackendChoice) =>
      `${formatMilliseconds(choice.cpuMilliseconds)} ${once[choice.work]} on the CPU, ${formatMilliseconds(choice.gpuMilliseconds)} on ${choice.gpu}: ${faster(choice)}.`,
    noSimd: 'Without WebAssembly SIMD the CPU is no match for an adapter, so the GPU runs.',
    untimed: {
      decode: 'GPU and CPU are timed on a model when it is loaded, and the faster one runs it.',
      train: 'GPU and CPU are timed on a recipe when its run starts, and the faster one trains.',
    },
    /** Another backend was chosen than the one that still runs. */
    later: {
      decode: 'It takes over when the model is loaded again.',
      train: 'It takes over with the next run.',
    },
  },
  /** Why the CPU computes as it does; each a sentence. */
  cpuReason: {
    noSimd:
      'This browser has no SIMD in WebAssembly, so TypeScript computes, with one thread: slower, but everything works.',
    notIsolated:
      'One thread: this page is not cross-origin isolated. Browsers let threads share memory only on a page that its host keeps apart from other sites, by two headers.',
    threadsRefused: 'One thread: the browser refused to start more.',
  } as const satisfies Record<Exclude<CpuReport['reason'], null>, string>,
  /** How kernels were timed, and what that does to the numbers; `twins`: some ran in TypeScript. */
  timed: (on: Backend, twins: boolean) =>
    on === 'gpu'
      ? 'Timed with one pass a dispatch, which is slower than the real thing.'
      : `Each was timed alone, over and over.${twins ? ' Those named /twin run in TypeScript.' : ''}`,
  kernelColumns: ['kernel', 'times', 'µs', 'FLOP', 'bytes'],
  controls: {
    legend: 'GPU or CPU',
    backend: 'Backend',
    name: { auto: 'Fastest', gpu: 'GPU', cpu: 'CPU' },
    threads: 'Threads',
    asSuits: 'as suits',
    threadsHint: (cores: number) =>
      `Of the CPU’s ${formatInteger(cores)} ${plural(cores, { one: 'core', other: 'cores' })}. More are often faster; fewer keep a laptop’s fan out of somebody’s lesson.`,
    loading: 'Loading the model there…',
    live: 'A run that goes on keeps what it runs on: a change holds from the next run or resume on.',
  },
  /** `cause` comes from the browser, with a full stop or without. */
  threadGone: (cause: string, goesOn: string) =>
    `${cause.replace(/[^.!?]$/, '$&.')} New threads of the CPU took over; ${goesOn}`,
  table: {
    heading: 'GPU and CPU',
    frame: 'Times of both',
    lead: 'A tiny model may well be faster on the CPU: a token is a few dozen small kernels, and handing each to a GPU can take longer than computing it. A software adapter is that same CPU behind a translator. “Fastest” times both on the work itself and keeps the answer for work of about that size.',
    work: {
      decode: (model: string | null) => (model === null ? 'decode a token' : `decode a token of ${model}`),
      train: 'a training step of the last run',
    },
    columns: ['work', 'GPU, ms', 'CPU, ms', 'ratio', 'runs on', 'measured'],
    milliseconds: (value: number) => significant(value),
    ratio: ({ gpuMilliseconds, cpuMilliseconds }: BackendChoice) =>
      cpuMilliseconds < gpuMilliseconds
        ? `CPU ${times(gpuMilliseconds / cpuMilliseconds)} ×`
        : `GPU ${times(cpuMilliseconds / gpuMilliseconds)} ×`,
    unknown: '–',
    notYet: { decode: 'not yet', train: 'when a run starts' },
    again: 'Time both again',
    busy: 'Timing…',
    cost: 'Forgets the kept answer for the loaded model and times ten tokens on each. A text stays as it is.',
    noGpu: 'There is no GPU to time.',
    noModel: 'A model must be loaded first.',
    progress: 'Timing GPU and CPU',
    /** What the CPU is and may do. */
    cpu: (kind: CpuReport['kind'], count: number, cores: number, isolated: boolean) =>
      `CPU: ${kinds[kind]}, ${threads(count)} on ${formatInteger(cores)} ${plural(cores, { one: 'core', other: 'cores' })}; the page is ${isolated ? '' : 'not '}cross-origin isolated.`,
  },
};
