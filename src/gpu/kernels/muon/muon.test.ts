import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../graph/graph';
import type { Family } from '../../../graph/operation';
import { elements, type Tensor } from '../../../graph/tensor';
import { TwinMemory, TwinProgram } from '../../../graph/twin';
import { chooseBy } from '../../choice';
import { dawnDevice } from '../../dawn';
import { ParameterStore } from '../../parameters';
import { Pipelines } from '../../pipelines';
import { compile } from '../../program';
import { readBuffer } from '../../readback';
import { StateStore } from '../../states';
import { optimiserGivens, recordOf, rules } from '../gradient-norm/optimiser-cases';
import { checkParity, type Given, nmse, noise, random, runVariants } from '../parity';
import { muonApply } from './apply';
import { muonLook } from './look';
import { lengthsOf, type MuonMatrix } from './matrices';
import { muon } from './muon';

const rule = {
  learningRate: 3e-3,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  clip: 0,
  momentum: 0,
  nesterov: false,
};

const chunks = 12;
const P = chunks * 256;

/** A lying matrix, two of a stack with padding behind it, and a standing one; chunks 0, 9 to 11 are AdamW's. */
const matrices: readonly MuonMatrix[] = [
  { offset: 256, rows: 16, columns: 48 },
  { offset: 1024, rows: 20, columns: 12 },
  { offset: 1264, rows: 8, columns: 12 },
  { offset: 1536, rows: 36, columns: 20 },
];

const lengths: Given = { shape: [chunks], values: lengthsOf(matrices, chunks), element: 'u32' };

/** Noise that is zero where nothing lies: padding of a parameter. */
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
  const { parameters, gradients, first, second, record } = optimiserGivens(
    chunks,
    recordOf(rule, 4, { clip: 0.5, finite }),
  );
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

function graphOf(inputs: Givens, list: readonly MuonMatrix[] = matrices) {
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
  const { changes } = muon(builder, flat, list);
  builder.result(changes);
  return { graph: builder.build(), read: [flat.parameters, flat.gradients, flat.first, flat.second, changes] };
}

function twinOf(inputs: Givens): Map<string, ArrayLike<number>> {
  const { graph, read } = graphOf(inputs);
  const twin = new TwinProgram(graph, new TwinMemory('float64', new Map()));
  twin.run();
  return new Map(read.map((tensor) => [tensor.name, twin.read(tensor)]));
}

async function gpuOf(inputs: Givens, family: Family): Promise<Map<string, Float32Array>> {
  const { graph, read } = graphOf(inputs);
  const device = await dawnDevice();
  const [parameters, states] = [new ParameterStore(device, new Map(), false), new StateStore(device)];
  const subgroups = device.gpu.features.has('subgroups');
  const choose = chooseBy(true, {}, family);
  const program = await compile(device, graph, {
    pipelines: new Pipelines(device),
    parameters,
    states,
    choose,
    subgroups,
  });
  const encoder = device.gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  program.encode(pass);
  pass.end();
  device.submit(encoder);
  const results = new Map<string, Float32Array>();
  for (const tensor of read) {
    const bytes = await readBuffer(device, program.buffer(tensor), 0, elements(tensor.shape) * 4);
    results.set(tensor.name, new Float32Array(bytes));
  }
  program.destroy();
  states.destroy();
  return results;
}

type Matrix = number[][];

const transpose = (x: Matrix): Matrix => (x[0] ?? []).map((_, column) => x.map((row) => row[column] as number));

const product = (x: Matrix, y: Matrix): Matrix => {
  const columns = transpose(y);
  return x.map((row) => columns.map((column) => row.reduce((sum, value, k) => sum + value * (column[k] as number), 0)));
};

const combine = (a: number, x: Matrix, b: number, y: Matrix): Matrix =>
  x.map((row, i) => row.map((value, j) => a * value + b * (y[i]?.[j] as number)));

/** Muon's update as its papers write it, with matrices as rows of numbers. */
function orthogonalised(look: Matrix): Matrix {
  const norm = Math.sqrt(look.flat().reduce((sum, value) => sum + value * value, 0));
  const isStanding = look.length > (look[0]?.length ?? 0);
  let x = (isStanding ? transpose(look) : look).map((row) => row.map((value) => value / (norm + 1e-7)));
  for (let iteration = 0; iteration < 5; iteration++) {
    const gram = product(x, transpose(x));
    const polynomial = combine(-4.775, gram, 2.0315, product(gram, gram));
    x = combine(3.4445, x, 1, product(polynomial, x));
  }
  return isStanding ? transpose(x) : x;
}

describe('muon', () => {
  it('moves matrices by their orthogonalised momentum', () => {
    const inputs = givens();
    const result = twinOf(inputs);
    for (const { offset, rows, columns } of matrices) {
      const take = (values: ArrayLike<number>): Matrix =>
        Array.from({ length: rows }, (_, row) =>
          Array.from(values).slice(offset + row * columns, offset + (row + 1) * columns),
        );
      const gradient = take(inputs.gradients.values).map((row) => row.map((value) => 0.5 * value));
      const momentum = combine(0.95, take(inputs.first.values), 1, gradient);
      const update = orthogonalised(combine(1, gradient, 0.95, momentum));
      const group = inputs.groups.values[Math.floor(offset / 256)] as number;
      const rate = Math.fround(rule.learningRate) * (rules.values[4 * group] as number);
      const decay = Math.fround(rules.values[4 * group + 1] as number);
      const scale = 0.2 * Math.sqrt(Math.max(rows, columns));
      const expected = combine(1 - rate * decay, take(inputs.parameters.values), -rate * scale, update);
      expect(nmse(take(result.get('parameters') ?? []).flat(), expected.flat())).toBeLessThan(1e-20);
      expect(nmse(take(result.get('first') ?? []).flat(), momentum.flat())).toBeLessThan(1e-20);
      const singular = product(update, transpose(update)).map((row, i) => row[i] as number);
      if (rows <= columns) for (const value of singular) expect(value).toBeGreaterThan(0.2);
    }
  });

  /** An error of the look of 2⁻²⁴ grows at most by the slope of the five iterations, 3.4445⁵ = 485: 3e-5, squared 1e-9. */
  it.each(['naive', 'thread', 'group'] as const)('agrees with the twin on the %s kernels', async (family) => {
    const inputs = givens();
    const [gpu, twin] = [await gpuOf(inputs, family), twinOf(inputs)];
    for (const [name, values] of twin) {
      expect(nmse(gpu.get(name) ?? [], values), name).toBeLessThan(1e-9);
      const moved = (numbers: ArrayLike<number>) =>
        Array.from(numbers, (value, i) => value - (inputs.parameters.values[i] as number));
      if (name === 'parameters') expect(nmse(moved(gpu.get(name) ?? []), moved(values))).toBeLessThan(1e-9);
    }
    expect(await gpuOf(inputs, family)).toEqual(gpu);
  });

  it('changes nothing in a step that is not finite', async () => {
    const inputs = givens(false);
    const gpu = await gpuOf(inputs, 'thread');
    for (const key of ['parameters', 'gradients', 'first', 'second'] as const) {
      expect(Array.from(gpu.get(key) ?? [])).toEqual(Array.from(inputs[key].values));
    }
    expect(gpu.get('muon.adamw')?.every((value) => value === 0)).toBe(true);
  });

  it('takes the same number of dispatches for any number of matrices', () => {
    expect(graphOf(givens()).graph.nodes).toHaveLength(18);
    expect(graphOf(givens(), matrices.slice(0, 1)).graph.nodes).toHaveLength(18);
    expect(graphOf(givens(), []).graph.nodes).toHaveLength(1);
  });

  it('refuses matrices that leave elements out, overlap or do not fit', () => {
    const matrix = { offset: 256, rows: 16, columns: 16 };
    expect(() => lengthsOf([matrix, matrix], 4)).toThrow('belongs to no matrix or to two');
    expect(() => lengthsOf([{ ...matrix, offset: 272 }], 4)).toThrow('belongs to no matrix or to two');
    expect(() => lengthsOf([{ ...matrix, rows: 64 }], 4)).toThrow('ends behind 4 chunks');
  });
});

describe('muonLook', () => {
  it.each([true, false])('agrees with the twin, finite %s', async (finite) => {
    const { gradients, first, record } = givens(finite);
    const test = { inputs: { gradients, first, lengths, record }, attributes: { momentum: 0.95 } };
    expect(await checkParity(muonLook, test, 1e-13)).toEqual(['naive', 'vector-thread']);
  });
});

describe('muonApply', () => {
  it.each([true, false])('agrees with the twin, aligned %s', async (aligned) => {
    const { parameters, groups, record } = givens();
    const values = aligned ? lengths.values : Array.from({ length: chunks }, (_, chunk) => (chunk * 37) % 257);
    const inputs = {
      parameters,
      iterate: random([P], 7),
      groups,
      lengths: { ...lengths, values },
      rules,
      record,
      changes: { shape: [chunks, 2], values: noise(2 * chunks, 8) },
    };
    const used = await checkParity(muonApply, { inputs, attributes: { aligned } }, 1e-11);
    expect(used).toEqual(aligned ? ['naive', 'chunk-thread', 'group'] : ['naive', 'group']);
  });

  it('keeps what lies behind the matrices', async () => {
    const { parameters, groups, record } = givens();
    const inputs = {
      parameters,
      iterate: random([P], 7),
      groups,
      lengths,
      rules,
      record,
      changes: random([chunks, 2], 8),
    };
    for (const { gpu, tensor, variant } of await runVariants(muonApply, { inputs, attributes: { aligned: true } })) {
      if (tensor !== 'parameters') continue;
      const behind = (array: ArrayLike<number>) =>
        Array.from(array).filter((_, i) => i % 256 >= (lengths.values[Math.floor(i / 256)] as number));
      expect(behind(gpu), variant).toEqual(behind(parameters.values));
    }
  });
});
