/** `lab profile`: the time of each kernel of one decoded token. */
import { profileProgram } from '../../gpu/profile';
import { type KernelTime, profileOnCpu } from '../../graph/kernel-time';
import { GpuRuntime } from '../../model/gpu-runtime';
import { HostRuntime } from '../../model/host-runtime';
import type { Runtime } from '../../model/runtime';
import { openGpu } from '../backend';
import { type Command, print, UsageError } from '../command';
import { modelOptions, openModel } from '../model';

export const profileCommand: Command = {
  summary: 'times each kernel of one decoded token (on the GPU: one pass a dispatch)',
  options: { ...modelOptions, json: { value: '', about: 'one JSON object' } },
  async run(options) {
    const { runtime, name, adapter } = await openModel(options);
    await runtime.start([0, 1, 2, 3]);
    const kernels = await timesOf(runtime);
    print(options.flag('json'), { model: name, adapter, kernels }, () =>
      kernels
        .map(
          ({ node, kernel, microseconds }) => `${microseconds.toFixed(1).padStart(9)} µs  ${kernel.padEnd(28)} ${node}`,
        )
        .join('\n'),
    );
  },
};

async function timesOf(runtime: Runtime): Promise<readonly KernelTime[]> {
  if (runtime instanceof HostRuntime) return profileOnCpu(runtime.tokenProgram, async () => {});
  if (!(runtime instanceof GpuRuntime)) throw new UsageError('There are no kernels to time.');
  const { device } = await openGpu();
  return profileProgram(device, runtime.tokenProgram, runtime.resourcesInUse);
}
