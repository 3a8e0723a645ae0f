/** This project's engine as a `Decoder`: on the GPU with matrices in f16 or f32, and the CPU twin as the oracle. */
import { calibrate } from '../../src/gpu/calibration';
import { type Device, openDevice } from '../../src/gpu/device';
import { passed, runGates } from '../../src/gpu/gates/gates';
import { Pipelines } from '../../src/gpu/pipelines';
import type { Weights } from '../../src/graph/weights';
import type { ModelConfig } from '../../src/model/config';
import { type GpuOptions, GpuRuntime } from '../../src/model/gpu-runtime';
import { twinRuntime } from '../../src/model/host-runtime';
import type { Decoder } from './decoder';

export interface EngineGpu {
  readonly device: Device;
  readonly pipelines: Pipelines;
  readonly subgroups: boolean;
}

const greedy = { temperature: 0, topK: 0, topP: 1, seed: 0 };

export async function openEngineGpu(): Promise<EngineGpu> {
  const device = await openDevice(navigator.gpu);
  const gates = await runGates(device, navigator.gpu.wgslLanguageFeatures);
  return { device, pipelines: new Pipelines(device), subgroups: passed(gates, 'subgroups') };
}

/** `calibrated`: kernels are timed first and the fastest are taken, as the page's Device panel does on request. */
export async function openEngine(
  { device, pipelines, subgroups }: EngineGpu,
  config: ModelConfig,
  weights: Weights,
  half: boolean,
  calibrated: boolean,
): Promise<Decoder> {
  const open = (options: GpuOptions) => GpuRuntime.open(device, pipelines, config, weights, options);
  let runtime = await open({ half, subgroups });
  if (calibrated) {
    const { winners } = await calibrate(device, runtime.tokenProgram.graph, runtime.resourcesInUse, () => {});
    runtime.destroy();
    runtime = await open({ half, subgroups, winners });
  }
  return {
    async logits(ids) {
      await runtime.start(ids);
      return runtime.logits();
    },
    async begin(prompt) {
      await runtime.start(prompt);
      await device.gpu.queue.onSubmittedWorkDone();
    },
    async write(count) {
      const ids: number[] = [];
      for await (const { id } of runtime.tokens(count, greedy)) ids.push(id);
      return ids;
    },
    close: async () => runtime.destroy(),
  };
}

/** Logits [V] after `ids` in float64. */
export async function twinLogits(config: ModelConfig, weights: Weights, ids: readonly number[]): Promise<Float32Array> {
  const twin = twinRuntime(config, weights, 'float64', async () => {});
  await twin.start(ids);
  return twin.logits();
}
