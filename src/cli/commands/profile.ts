/** `lab profile`: the time of each kernel of one decoded token. */
import { profileProgram } from '../../gpu/profile';
import { GpuRuntime } from '../../model/gpu-runtime';
import { type Command, print, UsageError } from '../command';
import { modelOptions, openGpu, openModel } from '../model';

export const profileCommand: Command = {
  summary: 'times each kernel of one decoded token (one pass a dispatch)',
  options: { ...modelOptions, json: { value: '', about: 'one JSON object' } },
  async run(options) {
    const { runtime, name, adapter } = await openModel(options);
    if (!(runtime instanceof GpuRuntime)) throw new UsageError('--backend is a CPU: only GPU kernels can be timed.');
    const { device } = await openGpu();
    await runtime.start([0, 1, 2, 3]);
    const kernels = await profileProgram(device, runtime.tokenProgram, runtime.resourcesInUse);
    print(options.flag('json'), { model: name, adapter, kernels }, () =>
      kernels
        .map(
          ({ node, kernel, microseconds }) => `${microseconds.toFixed(1).padStart(9)} µs  ${kernel.padEnd(28)} ${node}`,
        )
        .join('\n'),
    );
  },
};
