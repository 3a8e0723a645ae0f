/** `lab calibrate`: times every kernel that could run each product of a model. */
import { calibrate } from '../../gpu/calibration';
import { GpuRuntime } from '../../model/gpu-runtime';
import { promptGraph } from '../../model/graphs';
import { openGpu } from '../backend';
import { type Command, print, UsageError } from '../command';
import { modelOptions, openModel } from '../model';

export const calibrateCommand: Command = {
  summary: 'times every kernel variant for the shapes of a model',
  options: {
    ...modelOptions,
    tokens: { value: '<n>', about: '1 for decoding, more for the program of a prompt of that length', default: '1' },
    json: { value: '', about: 'one JSON object' },
  },
  async run(options) {
    const { runtime, name, adapter, config } = await openModel(options);
    if (!(runtime instanceof GpuRuntime))
      throw new UsageError('--backend is a CPU: only GPU kernels can be chosen from.');
    const { device } = await openGpu();
    const tokens = options.integer('tokens', 1, config.max_position_embeddings);
    const graph = tokens === 1 ? runtime.tokenProgram.graph : promptGraph(config, tokens).graph;
    const { rows } = await calibrate(device, graph, runtime.resourcesInUse);
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
