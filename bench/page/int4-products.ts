/** One product with a matrix of 4 bits in each engine that can do it, behind one interface. */
import { chooseBy } from '../../src/gpu/choice';
import { linear } from '../../src/gpu/kernels/linear/linear';
import { ParameterStore } from '../../src/gpu/parameters';
import { compile } from '../../src/gpu/program';
import { quantisedKernelsFor } from '../../src/gpu/quantised-kernels';
import { StateStore } from '../../src/gpu/states';
import { GraphBuilder } from '../../src/graph/graph';
import type { QuantisedMatrix } from '../../src/graph/quantised';
import type { Weights } from '../../src/graph/weights';
import { int4Graph } from '../onnx/int4';
import { openCpuProduct } from './cpu-client';
import type { EngineGpu } from './engine';
import type { Ort } from './ort-library';
import { openAllocator, webGpuSession } from './ort-webgpu';

export type Activations = 'f32' | 'int8';

export interface Case {
  readonly M: number;
  readonly matrix: QuantisedMatrix;
  /** [M, K]. */
  readonly x: Float32Array<ArrayBuffer>;
}

export interface Product {
  /** x from JavaScript, y in JavaScript. */
  once(): Promise<Float32Array>;
  /** Milliseconds each of so many products in a row, with one wait at the end. */
  amortised(repeats: number): Promise<number>;
  close(): Promise<void>;
}

/** This project's kernels, the family that a new visitor gets. */
export async function openGpuProduct(
  { device, pipelines, subgroups }: EngineGpu,
  { M, matrix, x }: Case,
  activations: Activations,
): Promise<Product> {
  const { N, K } = matrix;
  const builder = new GraphBuilder();
  const input = builder.state('x', [M, K]);
  const { y } = builder.add(linear, 'product', { x: input, weight: builder.matrix('weight', [N, K]) }, {});
  builder.result(y);
  const weights: Weights = new Map([['weight', { quantised: matrix }]]);
  const parameters = new ParameterStore(device, weights, false, await quantisedKernelsFor(weights));
  const states = new StateStore(device);
  const integerActivations = activations === 'int8';
  const choose = chooseBy(device.adapter.software);
  const program = await compile(device, builder.build(), {
    pipelines,
    parameters,
    states,
    choose,
    subgroups,
    integerActivations,
  });
  const staging = device.createBuffer({ size: M * N * 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const submit = (repeats: number, read: boolean) => {
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let i = 0; i < repeats; i++) program.encode(pass);
    pass.end();
    if (read) encoder.copyBufferToBuffer(program.buffer(y), 0, staging, 0, M * N * 4);
    device.submit(encoder);
  };
  return {
    async once() {
      states.write(input, x);
      submit(1, true);
      await staging.mapAsync(GPUMapMode.READ);
      const result = new Float32Array(staging.getMappedRange().slice(0));
      staging.unmap();
      return result;
    },
    async amortised(repeats) {
      const begun = performance.now();
      submit(repeats, false);
      await device.gpu.queue.onSubmittedWorkDone();
      return (performance.now() - begun) / repeats;
    },
    async close() {
      program.destroy();
      parameters.destroy();
      states.destroy();
      device.destroyBuffer(staging);
    },
  };
}

/** This project's WebAssembly, in a worker as on the page: one product from JavaScript is a message there and back. */
export async function openWasmProduct({ M, matrix, x }: Case, activations: Activations, threads: number) {
  const { N, K } = matrix;
  const product = await openCpuProduct(M, N, K, x, { quantised: matrix }, threads, activations === 'int8');
  return {
    once: () => product.once(),
    amortised: (repeats: number) => product.time(repeats),
    close: () => product.close(),
  };
}

/** onnxruntime's WebAssembly provider; every run copies x and y. */
export async function openOrtWasmProduct(ort: Ort, { M, matrix, x }: Case): Promise<Product> {
  const session = await ort.InferenceSession.create(int4Graph(M, matrix, 'f32'), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
  const input = new ort.Tensor('float32', x, [M, matrix.K]);
  const once = async () => (await session.run({ x: input }, ['y'])).y?.data as Float32Array;
  return {
    once: async () => (await once()).slice(),
    async amortised(repeats) {
      const begun = performance.now();
      for (let i = 0; i < repeats; i++) await once();
      return (performance.now() - begun) / repeats;
    },
    close: () => session.release(),
  };
}

/** onnxruntime's WebGPU provider: x and y stay on the GPU while many products run, and come from and go to JavaScript for one. */
export async function openOrtGpuProduct(ort: Ort, { M, matrix, x }: Case, activations: Activations): Promise<Product> {
  const model = int4Graph(M, matrix, activations);
  const reading = await ort.InferenceSession.create(model, { ...webGpuSession, preferredOutputLocation: 'cpu' });
  const staying = await ort.InferenceSession.create(model, webGpuSession);
  const device = await ort.env.webgpu.device;
  const allocator = await openAllocator(ort, [
    { name: 'x', type: 'float32', dims: [M, matrix.K] },
    { name: 'y', type: 'float32', dims: [M, matrix.N] },
  ]);
  const [onGpu, result] = [allocator.tensor('x'), allocator.tensor('y')];
  device.queue.writeBuffer(onGpu.gpuBuffer, 0, x);
  return {
    async once() {
      const input = new ort.Tensor('float32', x, [M, matrix.K]);
      return (await reading.run({ x: input }, ['y'])).y?.data as Float32Array;
    },
    async amortised(repeats) {
      const begun = performance.now();
      for (let i = 0; i < repeats; i++) await staying.run({ x: onGpu }, { y: result });
      await device.queue.onSubmittedWorkDone();
      return (performance.now() - begun) / repeats;
    },
    async close() {
      await reading.release();
      await staying.release();
      await allocator.close();
    },
  };
}
