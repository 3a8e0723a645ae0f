/**
 * jax-js as this benchmark uses it; installed beside the benchmark and served as files. Every function takes over its
 * arrays: `ref` keeps one for another use.
 */
export interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray | number): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  div(other: JaxArray | number): JaxArray;
  sum(): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  data(): Promise<Float32Array>;
  dispose(): void;
}

export type JaxArrays = Record<string, JaxArray>;

export interface Jax {
  init(device: 'webgpu'): Promise<readonly string[]>;
  defaultDevice(device: 'webgpu'): void;
  jit<Given extends readonly unknown[], Result>(
    f: (...given: Given) => Result,
  ): ((...given: Given) => Result) & { dispose(): void };
  valueAndGrad<Rest extends readonly unknown[]>(
    f: (parameters: JaxArrays, ...rest: Rest) => JaxArray,
  ): (parameters: JaxArrays, ...rest: Rest) => readonly [JaxArray, JaxArrays];
  readonly numpy: {
    readonly int32: unknown;
    array(
      values: Float32Array | Int32Array,
      options?: { readonly shape?: readonly number[]; readonly dtype?: unknown },
    ): JaxArray;
    zeros(shape: readonly number[]): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    split(a: JaxArray, parts: number, axis: number): JaxArray[];
    minimum(a: JaxArray, b: JaxArray | number): JaxArray;
    sqrt(a: JaxArray): JaxArray;
    square(a: JaxArray): JaxArray;
  };
  readonly nn: {
    oneHot(ids: JaxArray, count: number): JaxArray;
    standardize(x: JaxArray, axis: number, options: { readonly epsilon: number }): JaxArray;
    gelu(x: JaxArray): JaxArray;
    logSoftmax(x: JaxArray): JaxArray;
    dotProductAttention(
      query: JaxArray,
      key: JaxArray,
      value: JaxArray,
      options: { readonly isCausal: boolean },
    ): JaxArray;
  };
}

/** The library with its WebGPU device open; throws when it finds none. */
export async function loadJax(): Promise<Jax> {
  const jax = (await import(/* @vite-ignore */ new URL('jax/index.js', location.href).href)) as Jax;
  const devices = await jax.init('webgpu');
  if (!devices.includes('webgpu')) throw new Error('jax-js found no WebGPU device: is the adapter there?');
  jax.defaultDevice('webgpu');
  return jax;
}
