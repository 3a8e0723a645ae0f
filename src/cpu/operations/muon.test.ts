import { describe, expect, it } from 'vitest';
import { optimiserGivens, recordOf, rules } from '../../gpu/kernels/gradient-norm/optimiser-cases';
import { muonApply } from '../../gpu/kernels/muon/apply';
import { muonLook } from '../../gpu/kernels/muon/look';
import { lengthsOf, lyingTiles, type MuonMatrix, squareTiles, tileLength } from '../../gpu/kernels/muon/matrices';
import { muon } from '../../gpu/kernels/muon/muon';
import { muonProduct } from '../../gpu/kernels/muon/product';
import type { MuonProductAttributes } from '../../gpu/kernels/muon/product-shape';
import { type Given, nmse, noise, random, type TestedOperation } from '../../gpu/kernels/parity';
import { GraphBuilder } from '../../graph/graph';
import { elements, type Tensor } from '../../graph/tensor';
import { TwinMemory, TwinProgram } from '../../graph/twin';
import { CpuMemory } from '../memory';
import { runWasm, testEngine } from '../parity';
import { CpuProgram } from '../program';

/** Sums of K ≤ 700 products in f32 are off by about √K · 2⁻²⁴ relative, squared 2.5e-12. */
const tolerance = 4e-12;

/** Every chunk of it belongs to a matrix or is padding: lying, standing, square, a stack of two, one row, one column. */
const odd: readonly MuonMatrix[] = [
  { offset: 0, rows: 7, columns: 41 },
  { offset: 287, rows: 35, columns: 3 },
  { offset: 512, rows: 1, columns: 9 },
  { offset: 768, rows: 33, columns: 33 },
  { offset: 2048, rows: 13, columns: 1 },
  { offset: 2304, rows: 1, columns: 1 },
];

const large: readonly MuonMatrix[] = [
  { offset: 256, rows: 64, columns: 700 },
  { offset: 256 + 64 * 700, rows: 32, columns: 700 },
  { offset: 256 * 264, rows: 384, columns: 128 },
  { offset: 256 * 456, rows: 100, columns: 100 },
];

function sizeOf(matrices: readonly MuonMatrix[]): number {
  const ends = matrices.map(({ offset, rows, columns }) => offset + rows * columns);
  return Math.ceil((Math.max(...ends) + 1) / 256) * 256;
}

function tableOf(table: Uint32Array): Given {
  return { shape: [table.length / tileLength, tileLength], values: table, element: 'u32', isTable: true };
}

/** A matrix [s,s] in each place that is exactly symmetric, with a positive diagonal. */
function symmetric(matrices: readonly MuonMatrix[], seed: number, scale = 1): Given {
  const P = sizeOf(matrices);
  const values = new Float32Array(P);
  const random = noise(P, seed);
  for (const { offset, rows, columns } of matrices) {
    const short = Math.min(rows, columns);
    for (let i = 0; i < short; i++) {
      for (let j = 0; j < short; j++) {
        const value = (random[offset + Math.max(i, j) * short + Math.min(i, j)] as number) * scale;
        values[offset + i * short + j] = i === j ? scale + Math.abs(value) : value;
      }
    }
  }
  return { shape: [P], values };
}

/** Places of a flat buffer in which a step writes: matrices, or their squares. */
function written(matrices: readonly MuonMatrix[], step: MuonProductAttributes['step']): Set<number> {
  return new Set(
    matrices.flatMap(({ offset, rows, columns }) => {
      const short = Math.min(rows, columns);
      const count = step === 'iterate' ? rows * columns : short * short;
      return Array.from({ length: count }, (_, i) => offset + i);
    }),
  );
}

/** Compares each output and update where `isWritten`, and expects the harness's 7 everywhere else in the output. */
async function checkWhere<A>(
  operation: TestedOperation<A>,
  inputs: Readonly<Record<string, Given | undefined>>,
  attributes: A,
  isWritten: (index: number) => boolean,
  allowed: number,
): Promise<void> {
  for (const { tensor, gpu, twin } of await runWasm(operation, { inputs, attributes })) {
    const isOutput = tensor === operation.name;
    const where = (values: ArrayLike<number>) => Array.from(values).filter((_, i) => !isOutput || isWritten(i));
    expect(nmse(where(gpu), where(twin)), tensor).toBeLessThan(allowed);
    if (isOutput) expect(Array.from(gpu).every((value, i) => isWritten(i) || value === 7)).toBe(true);
  }
}

describe.each([
  ['any size', odd],
  ['a model', large],
] as const)('muonProduct on WebAssembly of matrices of %s', (_, matrices) => {
  const x = random([sizeOf(matrices)], 1);
  const squares = tableOf(squareTiles(matrices));

  function check(inputs: Readonly<Record<string, Given | undefined>>, attributes: MuonProductAttributes) {
    const places = written(matrices, attributes.step);
    return checkWhere(muonProduct, inputs, attributes, (i) => places.has(i), tolerance);
  }

  it('takes the Gram matrix', async () => {
    await check({ left: x, right: x, tiles: squares }, { step: 'gram', last: false, aligned: false });
  });

  it.each([false, true])('takes the polynomial, in the first iteration %s', async (isFirst) => {
    const gram = symmetric(matrices, 2);
    const inputs = { left: gram, right: gram, gram: isFirst ? gram : undefined, tiles: squares };
    await check(inputs, { step: 'polynomial', last: false, aligned: false });
  });

  it.each([1e-10, 1e25])('stays within f32 in the first iteration of squares of %d', async (scale) => {
    const gram = symmetric(matrices, 2, scale);
    const inputs = { left: gram, right: gram, gram, tiles: squares };
    await check(inputs, { step: 'polynomial', last: false, aligned: false });
  });

  it.each([
    [true, false],
    [false, false],
    [false, true],
    [true, true],
  ])('takes the next iterate, in the first iteration %s, in the last %s', async (isFirst, last) => {
    const gram = isFirst ? symmetric(matrices, 2) : undefined;
    const inputs = { left: symmetric(matrices, 3), right: x, gram, tiles: tableOf(lyingTiles(matrices)) };
    await check(inputs, { step: 'iterate', last, aligned: false });
  });
});

describe('muonProduct on WebAssembly', () => {
  it('refuses a graph that does not hold the tiles', async () => {
    const x = random([sizeOf(odd)], 1);
    const tiles = { ...tableOf(squareTiles(odd)), isTable: false };
    const test = { inputs: { left: x, right: x, tiles }, attributes: { step: 'gram', last: false, aligned: false } };
    await expect(runWasm(muonProduct, test as never)).rejects.toThrow('tiles has no initial values');
  });
});

const rule = {
  learningRate: 3e-3,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  clip: 0,
  momentum: 0,
  nesterov: false,
};

/** A lying matrix, two of a stack with padding behind it, and a standing one; chunks 0, 9 to 11 are AdamW's. */
const matrices: readonly MuonMatrix[] = [
  { offset: 256, rows: 16, columns: 48 },
  { offset: 1024, rows: 20, columns: 12 },
  { offset: 1264, rows: 8, columns: 12 },
  { offset: 1536, rows: 36, columns: 20 },
];

const chunks = 12;

const lengths: Given = { shape: [chunks], values: lengthsOf(matrices, chunks), element: 'u32' };

/** Zero where nothing lies: padding of a parameter. */
function padded(given: Given): Given {
  const values = Float32Array.from(given.values, (value, i) => {
    const length = lengths.values[Math.floor(i / 256)] as number;
    return length > 0 && i % 256 >= length ? 0 : value;
  });
  return { ...given, values };
}

function givens(finite = true) {
  // A parameter is of one group: chunks 1 to 3, 4 and 5, 6 to 8, and AdamW's.
  const groups: Given = { shape: [chunks], values: [2, 1, 1, 1, 2, 2, 0, 0, 0, 1, 1, 2], element: 'u32' };
  const record = recordOf(rule, 4, { clip: 0.5, finite });
  const { parameters, gradients, first, second } = optimiserGivens(chunks, record);
  return {
    parameters: padded(parameters),
    gradients: padded(gradients),
    first: padded(first),
    second,
    groups,
    rules,
    record,
  };
}

type Givens = ReturnType<typeof givens>;

function graphOf(inputs: Givens) {
  const builder = new GraphBuilder();
  const state = (key: keyof Givens): Tensor => {
    const { shape, element = 'f32', values } = inputs[key];
    return builder.state(key, shape, element, element === 'u32' ? Uint32Array.from(values) : Float32Array.from(values));
  };
  const flat = {
    parameters: state('parameters'),
    gradients: state('gradients'),
    first: state('first'),
    second: state('second'),
    groups: state('groups'),
    rules: state('rules'),
    record: state('record'),
  };
  const { changes } = muon(builder, flat, matrices);
  builder.result(changes);
  return { graph: builder.build(), read: [flat.parameters, flat.gradients, flat.first, flat.second, changes] };
}

function twinOf(inputs: Givens): Map<string, ArrayLike<number>> {
  const { graph, read } = graphOf(inputs);
  const twin = new TwinProgram(graph, new TwinMemory('float64', new Map()));
  twin.run();
  return new Map(read.map((tensor) => [tensor.name, twin.read(tensor)]));
}

async function wasmOf(inputs: Givens, threads: number): Promise<Map<string, Float32Array | Uint32Array>> {
  const { graph, read } = graphOf(inputs);
  const memory = new CpuMemory(await testEngine(threads), new Map());
  const program = new CpuProgram(graph, memory);
  expect(program.twins).toEqual([]);
  program.run();
  const results = new Map(read.map((tensor) => [tensor.name, program.read(tensor).slice()]));
  program.destroy();
  memory.destroy();
  return results;
}

describe('muon on WebAssembly', () => {
  /** An error of the look of 2⁻²⁴ grows at most by the slope of the five iterations, 3.4445⁵ = 485: 3e-5, squared 1e-9. */
  it('agrees with the twin over the whole step, whatever the number of threads', async () => {
    const inputs = givens();
    const [wasm, twin] = [await wasmOf(inputs, 1), twinOf(inputs)];
    const moved = (numbers: ArrayLike<number>) =>
      Array.from(numbers, (value, i) => value - (inputs.parameters.values[i] as number));
    for (const [name, values] of twin) {
      expect(nmse(wasm.get(name) ?? [], values), name).toBeLessThan(1e-9);
      if (name === 'parameters') expect(nmse(moved(wasm.get(name) ?? []), moved(values))).toBeLessThan(1e-9);
    }
    expect(await wasmOf(inputs, 3)).toEqual(wasm);
  });

  it('changes nothing in a step that is not finite', async () => {
    const inputs = givens(false);
    const wasm = await wasmOf(inputs, 3);
    for (const key of ['parameters', 'gradients', 'first', 'second'] as const) {
      expect(Array.from(wasm.get(key) ?? [])).toEqual(Array.from(inputs[key].values));
    }
    expect(wasm.get('muon.adamw')?.every((value) => value === 0)).toBe(true);
  });
});

describe('muonLook on WebAssembly', () => {
  it.each([true, false])('agrees with the twin, finite %s', async (finite) => {
    const { gradients, first, record } = givens(finite);
    const hasMatrix = (i: number) => (lengths.values[Math.floor(i / 256)] as number) > 0;
    // Three roundings of f32 an element, 2⁻²⁴ each: squared 1e-14.
    await checkWhere(muonLook, { gradients, first, lengths, record }, { momentum: 0.95 }, hasMatrix, 1e-13);
  });
});

describe('muonApply on WebAssembly', () => {
  /** Lengths of any remainder by four. */
  const odds = Array.from({ length: chunks }, (_, chunk) => (chunk * 37) % 257);

  function inputsOf(values: ArrayLike<number>, finite = true) {
    const { parameters, groups, record } = givens(finite);
    return {
      parameters,
      iterate: random([elements(parameters.shape)], 7),
      groups,
      lengths: { ...lengths, values },
      rules,
      record,
      changes: { shape: [chunks, 2], values: noise(2 * chunks, 8) },
    };
  }

  it.each([true, false])('agrees with the twin for odd lengths, finite %s', async (finite) => {
    // As AdamW's: sums of 256 squares in f32, below 1e-6 relative.
    await checkWhere(muonApply, inputsOf(odds, finite), { aligned: false }, () => true, 1e-12);
  });

  it('keeps what lies behind the matrices', async () => {
    const inputs = inputsOf(odds);
    const behind = (array: ArrayLike<number>) =>
      Array.from(array).filter((_, i) => i % 256 >= (odds[i >> 8] as number));
    for (const { gpu, tensor } of await runWasm(muonApply, { inputs, attributes: { aligned: false } })) {
      if (tensor === 'parameters') expect(behind(gpu)).toEqual(behind(inputs.parameters.values));
    }
  });
});
