/**
 * The benchmark `int4` in the page: y[M,N] = x[M,K] · weight[N,K]ᵀ with a weight of 4 bits and a scale for every 32 columns, the same
 * bytes here and in onnxruntime, one sample of each in turn. All results are held against a float64 product first.
 */

import { dequantise, type QuantisedMatrix } from '../../src/graph/quantised';
import { openEngineGpu } from './engine';
import { refuseGpuErrors } from './gpu-errors';
import {
  type Activations,
  type Case,
  openGpuProduct,
  openOrtGpuProduct,
  openOrtWasmProduct,
  openWasmProduct,
  type Product,
} from './int4-products';
import { uniform } from './model';
import { loadOrt } from './ort-library';
import { type Spread, spreadOf } from './spread';

export interface Int4Options {
  readonly samples: number;
  /** Only shapes whose name, `M × K × N`, holds this. */
  readonly only: string;
}

export interface Int4Row {
  readonly engine: string;
  readonly activations: Activations;
  readonly M: number;
  readonly K: number;
  readonly N: number;
  /** Milliseconds a product: many and one wait; and x from JavaScript, one product, y in JavaScript. */
  readonly amortised: Spread;
  readonly wall: Spread;
  /** 2·M·N·K over the amortised median. */
  readonly gflops: number;
  /** Largest difference from the float64 product, over its largest element. */
  readonly deviation: number;
}

export interface Int4Result {
  readonly adapter: string;
  readonly cores: number;
  readonly isolated: boolean;
  readonly onnxruntime: string;
  readonly rows: readonly Int4Row[];
}

interface Contender {
  readonly engine: string;
  readonly activations: Activations;
  readonly product: Product;
  readonly amortised: number[];
  readonly wall: number[];
}

const matrices = [
  { K: 512, N: 2048 },
  { K: 1792, N: 4864 },
] as const;
const rowCounts = [1, 8, 64] as const;
const block = 32;

/** Products of an amortised sample take about so many milliseconds together, and are at most so many. */
const sampleMs = 60;
const mostProducts = 200;
/** A thread pool goes on spinning for a while after a run: let it fall asleep before another engine is timed. */
const settleMs = 100;
/** Largest allowed difference over the largest element; int8 activations round x to 1/127 of the largest of 32. */
const tolerances = { f32: 1e-5, int8: 2e-2 } as const satisfies Record<Activations, number>;

export async function runInt4({ samples, only }: Int4Options): Promise<Int4Result> {
  const gpu = await openEngineGpu();
  const ortGpu = await loadOrt('webgpu', 1);
  const threadCounts = crossOriginIsolated ? [1, 2] : [1];
  const ortWasm = await Promise.all(threadCounts.map((threads) => loadOrt('wasm', threads)));
  const rows: Int4Row[] = [];
  for (const { K, N } of matrices) {
    const matrix = randomMatrix(N, K);
    const weight = dequantise(matrix);
    for (const M of rowCounts) {
      if (!`${M} × ${K} × ${N}`.includes(only)) continue;
      const random = uniform(M * 31 + N);
      const x = Float32Array.from({ length: M * K }, () => 2 * random() - 1);
      const work: Case = { M, matrix, x };
      const contenders: Contender[] = [];
      for (const activations of ['f32', 'int8'] as const) {
        const add = (engine: string, product: Product) =>
          contenders.push({ engine, activations, product, amortised: [], wall: [] });
        add('this engine, WebGPU', await openGpuProduct(gpu, work, activations));
        add('onnxruntime-web, WebGPU', await openOrtGpuProduct(ortGpu, work, activations));
        for (const [index, threads] of threadCounts.entries()) {
          const words = `WASM, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
          add(`this engine, ${words}`, await openWasmProduct(work, activations, threads));
          const ort = ortWasm[index] as (typeof ortWasm)[number];
          // There it computes in f32 whatever it may round to.
          if (activations === 'f32') add(`onnxruntime-web, ${words}`, await openOrtWasmProduct(ort, work));
        }
      }
      const deviations: number[] = [];
      for (const contender of contenders) deviations.push(await checked(contender, work, weight));
      refuseGpuErrors();
      await timeInTurn(contenders, samples);
      refuseGpuErrors();
      contenders.forEach(({ engine, activations, ...times }, index) => {
        const [amortised, wall] = [spreadOf(times.amortised), spreadOf(times.wall)];
        const gflops = (2 * M * N * K) / amortised.median / 1e6;
        rows.push({
          engine,
          activations,
          M,
          K,
          N,
          amortised,
          wall,
          gflops,
          deviation: deviations[index] ?? Number.NaN,
        });
      });
      for (const { product } of contenders) await product.close();
      console.info(`${M} × ${K} × ${N} done`);
    }
  }
  const { name } = gpu.device.adapter;
  const onnxruntime = ortGpu.env.versions.web ?? 'unknown';
  return { adapter: name, cores: navigator.hardwareConcurrency, isolated: crossOriginIsolated, onnxruntime, rows };
}

/** Digits 1 to 15 about the zero point 8, scales as of a trained matrix. */
function randomMatrix(N: number, K: number): QuantisedMatrix {
  const random = uniform(N * 7 + K);
  const digit = () => 1 + Math.floor(15 * random());
  const packed = Uint8Array.from({ length: (N * K) / 2 }, () => digit() | (digit() << 4));
  const scales = Float32Array.from({ length: (N * K) / block }, () => 0.005 + 0.01 * random());
  return { bits: 4, N, K, block, packed, scales, zeros: null };
}

/** Some rows against float64; throws when they are off. */
async function checked(
  { engine, activations, product }: Contender,
  { M, matrix: { N, K }, x }: Case,
  weight: Float32Array,
) {
  const result = await product.once();
  let largest = 0;
  let off = 0;
  for (let m = 0; m < M; m += 7) {
    for (let n = 0; n < N; n++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += (x[m * K + k] ?? 0) * (weight[n * K + k] ?? 0);
      largest = Math.max(largest, Math.abs(sum));
      off = Math.max(off, Math.abs(sum - (result[m * N + n] ?? Number.NaN)));
    }
  }
  const deviation = off / largest;
  if (!(deviation <= tolerances[activations])) {
    throw new Error(`${engine}: a product with ${activations} activations is off by ${deviation}. Nothing is timed.`);
  }
  return deviation;
}

/** A B A B …, after a round that warms up and says how many products a sample takes. */
async function timeInTurn(contenders: readonly Contender[], samples: number): Promise<void> {
  const repeats: number[] = [];
  for (const { product } of contenders) {
    await product.amortised(3);
    repeats.push(Math.min(mostProducts, Math.max(1, Math.round(sampleMs / (await product.amortised(3))))));
  }
  for (let sample = 0; sample < samples; sample++) {
    for (const [index, { product, amortised, wall }] of contenders.entries()) {
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      amortised.push(await product.amortised(repeats[index] ?? 1));
      const begun = performance.now();
      await product.once();
      wall.push(performance.now() - begun);
    }
  }
}

Object.assign(globalThis, { runInt4 });
console.info('ready');
