/** `lab calibrate`: times every kernel that could run each product of a model. */
import { calibrate } from '../../gpu/calibration';
import { GpuRuntime } from '../../model/gpu-runtime';
import { type Command, print, UsageError } from '../command';
import { modelOptions, openGpu, openModel } from '../model';

export const calibrateCommand: Command = {
  summary: 'times every kernel variant for the shapes of a model',
  options: { ...modelOptions, json: { value: '', about: 'one JSON object' } },
  async run(options) {
    const { runtime, name, adapter } = await openModel(options);
    if (!(runtime instanceof GpuRuntime))
      throw new UsageError('--backend is a CPU: only GPU kernels can be chosen from.');
    const { device } = await openGpu();
    const { rows } = await calibrate(device, runtime.tokenProgram.graph, runtime.resourcesInUse);
    print(options.flag('json'), { model: name, adapter, rows }, () =>
      rows
        .map(
          (row) =>
            `${row.winner ? '*' : ' '} ${row.microseconds.toFixed(1).padStart(9)} µs ${row.gflops.toFixed(2).padStart(7)} GFLOP/s ` +
            `${row.gigabytesPerSecond.toFixed(2).padStart(6)} GB/s  ${row.kernel.padEnd(28)} ${row.shape}`,
        )
        .join('\n'),
    );
  },
};
