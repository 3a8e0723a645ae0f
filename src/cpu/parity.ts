/**
 * The harness of this backend's tests: runs an operation on WebAssembly, with one thread and with three, and compares with
 * the twin in float64. A NaN fails, and so does an operation that has no kernels or a bit that depends on the threads.
 */
import {
  type Case,
  type Comparison,
  type Given,
  givenStates,
  graphOf,
  nmse,
  noise,
  type TestedOperation,
  weightsOf,
} from '../gpu/kernels/parity';
import { blocksOfRow, dequantise, rowBytes } from '../graph/quantised';
import { elements, type Tensor } from '../graph/tensor';
import { TwinMemory, TwinProgram } from '../graph/twin';
import type { CpuEngine } from './engine';
import { CpuMemory } from './memory';
import { openNodeEngine } from './node';
import { CpuProgram } from './program';

/** Engines of this process by their number of threads. */
const engines = new Map<number, Promise<CpuEngine>>();

export function testEngine(threads: number): Promise<CpuEngine> {
  const engine = engines.get(threads) ?? openNodeEngine(threads);
  engines.set(threads, engine);
  return engine;
}

/** A quantised matrix [N,K] of random integers and scales. `block` 0: one scale a row. */
export function randomQuantised(
  [N, K]: readonly [number, number],
  { bits, block, zeroPoint }: { readonly bits: 4 | 8; readonly block: number; readonly zeroPoint: boolean },
  seed: number,
): Given {
  const layout = { bits, N, K, block: block || K };
  const count = N * blocksOfRow(layout);
  const bytes = (length: number, from: number) =>
    Uint8Array.from(noise(length, from), (value) => Math.floor((value + 1) * 128));
  const zeros = bytes(count, seed + 2).map((byte) => byte >> (8 - bits));
  const quantised = {
    ...layout,
    packed: bytes(N * rowBytes(layout), seed),
    scales: noise(count, seed + 1).map((value) => (1 + value / 2) / (1 << bits)),
    zeros: zeroPoint ? zeros : null,
  };
  return { shape: [N, K], kind: 'matrix', values: dequantise(quantised), quantised };
}

/** Compares every output and updated state; throws a sentence for the first whose NMSE is above `tolerance`. */
export async function checkWasm<A>(operation: TestedOperation<A>, test: Case<A>, tolerance: number): Promise<void> {
  for (const { tensor, gpu, twin, nmse: error } of await runWasm(operation, test)) {
    if (!(error <= tolerance)) {
      const at = worstIndex(gpu, twin);
      throw new Error(
        `${operation.name} on WebAssembly: ${tensor} differs from the twin by an NMSE of ${error}; allowed is ${tolerance}. Worst at ${at}: ${gpu[at]}, expected ${twin[at]}.`,
      );
    }
  }
}

/** As `runVariants` of the GPU's harness; `gpu` holds what WebAssembly computed. */
export async function runWasm<A>(operation: TestedOperation<A>, test: Case<A>): Promise<Comparison[]> {
  const { graph, tensors } = graphOf(operation, test);
  const weights = weightsOf(test, graph);
  const twin = new TwinProgram(graph, new TwinMemory('float64', weights));
  for (const [key, given] of givenStates(test)) twin.read(tensors[key] as Tensor).set(Array.from(given.values));
  twin.run();
  const updated = (operation.updates ?? []).map((key) => tensors[key]).filter((tensor) => tensor !== undefined);
  const outcomes = [];
  for (const threads of [1, 3]) {
    const engine = await testEngine(threads);
    const memory = new CpuMemory(engine, weights, test.integerActivations);
    const program = new CpuProgram(graph, memory);
    if (program.twins.length > 0) throw new Error(`${operation.name} has no kernels for WebAssembly in this case.`);
    for (const [key, given] of givenStates(test)) memory.numbers(tensors[key] as Tensor).set(Array.from(given.values));
    // Outputs may hold anything before: a kernel that adds instead of setting is seen.
    for (const tensor of graph.results) program.read(tensor).fill(7);
    program.run();
    outcomes.push([...graph.results, ...updated].map((tensor) => ({ tensor, values: program.read(tensor).slice() })));
    program.destroy();
    memory.destroy();
  }
  const [alone = [], shared = []] = outcomes;
  return alone.map(({ tensor, values }, index) => {
    if (!sameBits(values, shared[index]?.values)) throw new Error(`${tensor.name} depends on the number of threads.`);
    if (values.length !== elements(tensor.shape)) throw new Error(`${tensor.name} has lost elements.`);
    return {
      variant: 'wasm',
      tensor: tensor.name,
      gpu: values,
      twin: twin.read(tensor),
      nmse: nmse(values, twin.read(tensor)),
    };
  });
}

function sameBits(a: Float32Array | Uint32Array, b: Float32Array | Uint32Array | undefined): boolean {
  const bits = (array: Float32Array | Uint32Array) => new Uint32Array(array.buffer, array.byteOffset, array.length);
  return b !== undefined && bits(a).every((word, index) => word === bits(b)[index]);
}

function worstIndex(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const off = Array.from(expected, (value, i) => Math.abs((actual[i] ?? Number.NaN) - value));
  return off.reduce((worst, value, i) => (Number.isNaN(value) || value > (off[worst] ?? 0) ? i : worst), 0);
}
