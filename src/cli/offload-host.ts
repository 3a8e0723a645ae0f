/** Where `lab offload` runs models and keeps experts: Dawn or WebAssembly, and a folder of `.cache/experts`. */
import path from 'node:path';
import type { CpuEngine } from '../cpu/engine';
import { passed } from '../gpu/gates/gates';
import { Pipelines } from '../gpu/pipelines';
import { packsHalf } from '../graph/weights';
import type { OffloadHost } from '../lab/offload/offload-session';
import { GpuRuntime } from '../model/gpu-runtime';
import { openHostRuntime } from '../model/host-runtime';
import { GpuCarrier } from '../offload/gpu-carrier';
import { HostCarrier } from '../offload/host-carrier';
import { openNodeFolder } from '../offload/node-folder';
import { backendOptions, cpuName, openCpu, openGpu } from './backend';
import { type OptionRow, type Options, UsageError } from './command';

export const offloadBackendOptions = {
  backend: {
    ...backendOptions.backend,
    value: 'auto|gpu|cpu',
    about: 'WebGPU through Dawn, WebAssembly, or the faster',
  },
  threads: backendOptions.threads,
  tier: { value: 'memory|files', about: 'where experts lie that are not on the device', default: 'memory' },
} as const satisfies Record<string, OptionRow>;

/** `name`: of the folder that the experts' files go into. */
export async function offloadHost(backend: 'gpu' | 'cpu', options: Options, name: string): Promise<OffloadHost> {
  const openFolder = () => openNodeFolder(path.join('.cache', 'experts', name));
  const reopened = async () => false;
  if (backend === 'cpu') {
    const engine: CpuEngine = await openCpu(options);
    return {
      openCarrier: async (weights) => new HostCarrier(engine.executor(weights), cpuName(engine)),
      openResident: async (config, weights) => openHostRuntime(engine, config, weights),
      ...{ openFolder, reopened },
    };
  }
  const { device, gates } = await openGpu();
  const pipelines = new Pipelines(device);
  const subgroups = passed(gates, 'subgroups');
  return {
    openCarrier: async (weights, half) => new GpuCarrier(device, pipelines, weights, { half, subgroups }),
    openResident: (config, weights) =>
      GpuRuntime.open(device, pipelines, config, weights, { half: packsHalf('stored', weights), subgroups }),
    ...{ openFolder, reopened },
  };
}

/** Sentences of what cannot be are errors of use. */
export async function usable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}
