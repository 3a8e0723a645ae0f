/**
 * The benchmark `matmul` in the page: y[M,N] = x[M,K] · weight[N,K]ᵀ in f32 here and in onnxruntime's WebAssembly, one sample
 * of each in turn. Both keep the weight between products; both results are held against a float64 product first.
 */
import { matmulGraph } from '../onnx/matmul';
import { openCpuProduct } from './cpu-client';
import { uniform } from './model';
import { loadOrt } from './ort-library';
import { type Spread, spreadOf } from './spread';

export interface MatmulOptions {
  readonly samples: number;
}

export interface MatmulRow {
  readonly engine: string;
  readonly threads: number;
  readonly M: number;
  readonly K: number;
  readonly N: number;
  /** Milliseconds a product. */
  readonly ms: Spread;
  /** 2·M·N·K over the median. */
  readonly gflops: number;
  /** Largest difference from the float64 product, over its largest element. */
  readonly deviation: number;
}

export interface MatmulResult {
  readonly cores: number;
  readonly isolated: boolean;
  readonly onnxruntime: string;
  readonly rows: readonly MatmulRow[];
}

interface Product {
  readonly result: Float32Array;
  /** Milliseconds each of so many products in a row. */
  time(repeats: number): Promise<number>;
  close(): Promise<void>;
}

interface Contender {
  readonly engine: string;
  readonly threads: number;
  readonly product: Product;
  readonly times: number[];
}

const shapes = [
  { M: 512, K: 512, N: 512 },
  { M: 64, K: 512, N: 2048 },
  { M: 768, K: 128, N: 512 },
  { M: 768, K: 512, N: 128 },
] as const;

/** Products of a sample take about so many milliseconds together. */
const sampleMs = 60;
/** A thread pool goes on spinning for a while after a run: let it fall asleep before another engine is timed. */
const settleMs = 100;
const tolerance = 1e-5;

export async function runMatmul({ samples }: MatmulOptions): Promise<MatmulResult> {
  const rows: MatmulRow[] = [];
  let version = 'unknown';
  for (const { M, K, N } of shapes) {
    const random = uniform(M * 31 + N);
    const x = Float32Array.from({ length: M * K }, () => 2 * random() - 1);
    const weight = Float32Array.from({ length: N * K }, () => 2 * random() - 1);
    const contenders: Contender[] = [];
    for (const threads of crossOriginIsolated ? [1, 2] : [1]) {
      const ort = await loadOrt('wasm', threads);
      version = ort.env.versions.web ?? version;
      const ours = await openCpuProduct(M, N, K, x, { values: weight }, threads);
      const theirs = await openOrtProduct(ort, M, N, K, x, weight);
      contenders.push({ engine: 'this engine, WASM', threads, product: ours, times: [] });
      contenders.push({ engine: 'onnxruntime-web, WASM', threads, product: theirs, times: [] });
    }
    const deviations = contenders.map(({ engine, product }) => checked(engine, product.result, M, N, K, x, weight));
    await timeInTurn(contenders, samples);
    contenders.forEach(({ engine, threads, times }, index) => {
      const ms = spreadOf(times);
      const gflops = (2 * M * N * K) / ms.median / 1e6;
      rows.push({ engine, threads, M, K, N, ms, gflops, deviation: deviations[index] ?? Number.NaN });
    });
    for (const { product } of contenders) await product.close();
    console.info(`${M}×${K}×${N} done`);
  }
  return { cores: navigator.hardwareConcurrency, isolated: crossOriginIsolated, onnxruntime: version, rows };
}

async function openOrtProduct(
  ort: Awaited<ReturnType<typeof loadOrt>>,
  M: number,
  N: number,
  K: number,
  x: Float32Array,
  weight: Float32Array,
): Promise<Product> {
  const session = await ort.InferenceSession.create(matmulGraph(M, N, K, weight), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
  const input = new ort.Tensor('float32', x, [M, K]);
  const once = async () => (await session.run({ x: input }, ['y'])).y;
  const first = await once();
  return {
    result: Float32Array.from((first?.data as Float32Array) ?? []),
    time: async (repeats) => {
      const begun = performance.now();
      for (let i = 0; i < repeats; i++) await once();
      return (performance.now() - begun) / repeats;
    },
    close: () => session.release(),
  };
}

/** Some rows against float64; throws when they are off. */
function checked(
  engine: string,
  result: Float32Array,
  M: number,
  N: number,
  K: number,
  x: Float32Array,
  weight: Float32Array,
): number {
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
  if (!(deviation <= tolerance)) throw new Error(`${engine}: a product is off by ${deviation}. Nothing is timed.`);
  return deviation;
}

/** A B A B …, after a round that warms up and says how many products a sample takes. */
async function timeInTurn(contenders: readonly Contender[], samples: number): Promise<void> {
  const repeats: number[] = [];
  for (const { product } of contenders) {
    await product.time(20);
    repeats.push(Math.max(1, Math.round(sampleMs / (await product.time(5)))));
  }
  for (let sample = 0; sample < samples; sample++) {
    for (const [index, { product, times }] of contenders.entries()) {
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      times.push(await product.time(repeats[index] ?? 1));
    }
  }
}

Object.assign(globalThis, { runMatmul });
console.info('ready');
