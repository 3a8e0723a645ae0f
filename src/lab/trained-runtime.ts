/** A runtime that writes text with the weights of a training run, on the backend that trains it. */

import type { ModelConfig } from '../model/config';
import { GpuRuntime } from '../model/gpu-runtime';
import { openHostRuntime } from '../model/host-runtime';
import type { Runtime } from '../model/runtime';
import type { TrainerBackend } from '../train/trainer';

/** The weights are copied; destroy the runtime to free them. */
export async function trainedRuntime(
  backend: TrainerBackend,
  config: ModelConfig,
  weights: ReadonlyMap<string, Float32Array>,
): Promise<Runtime> {
  const stored = new Map([...weights].map(([name, values]) => [name, { values }]));
  if (backend.kind === 'cpu') return openHostRuntime(backend.engine ?? null, config, stored);
  const { device, pipelines, subgroups, winners, family } = backend;
  return GpuRuntime.open(device, pipelines, config, stored, {
    half: false,
    subgroups,
    ...(winners && { winners }),
    ...(family && { family }),
  });
}
