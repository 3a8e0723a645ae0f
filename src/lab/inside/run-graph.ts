/**
 * Running a graph once, wherever: its inputs written, its outputs copied back. What reads the layers of a model is written
 * against this, so that it knows neither devices nor executors.
 */
import type { Device } from '../../gpu/device';
import { compile, type Resources } from '../../gpu/program';
import { readBuffer } from '../../gpu/readback';
import type { Executor } from '../../graph/executor';
import type { Graph } from '../../graph/graph';
import { elements, type Tensor } from '../../graph/tensor';

/** Copies of the `outputs` (results or states, f32) after one run on the `inputs` (states, u32). */
export type RunGraph = (
  graph: Graph,
  inputs: readonly (readonly [Tensor, Uint32Array<ArrayBuffer>])[],
  outputs: readonly Tensor[],
) => Promise<readonly Float32Array[]>;

/** On WebAssembly or the twin. A runtime on the same executor has to `start` again: the cache is shared. */
export function runOnExecutor(executor: Executor): RunGraph {
  return async (graph, inputs, outputs) => {
    const program = executor.compile(graph);
    try {
      for (const [tensor, values] of inputs) executor.numbers(tensor).set(values);
      program.run();
      return outputs.map((tensor) => Float32Array.from(program.read(tensor)));
    } finally {
      program.destroy();
    }
  };
}

/** On the GPU. A runtime of the same resources has to `start` again: the cache is shared. */
export function runOnDevice(device: Device, resources: Resources): RunGraph {
  return async (graph, inputs, outputs) => {
    const program = await compile(device, graph, resources);
    try {
      for (const [tensor, values] of inputs) resources.states.write(tensor, values);
      const encoder = device.gpu.createCommandEncoder();
      const pass = encoder.beginComputePass();
      program.encode(pass);
      pass.end();
      device.submit(encoder);
      const read = async (tensor: Tensor): Promise<Float32Array> =>
        new Float32Array(await readBuffer(device, program.buffer(tensor), 0, elements(tensor.shape) * 4));
      return await Promise.all(outputs.map(read));
    } finally {
      program.destroy();
    }
  };
}
