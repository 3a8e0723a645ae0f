/**
 * onnxruntime-web as this benchmark uses it. The library is installed beside the benchmark and served as files, never
 * bundled: its parts find their WebAssembly by their own address.
 */

export interface OrtTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Int32Array;
  /** Throws when the tensor lies on the CPU. */
  readonly gpuBuffer: GPUBuffer;
  dispose(): void;
}

export interface OrtSession {
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    fetches: readonly string[] | Readonly<Record<string, OrtTensor>>,
  ): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

export interface Ort {
  readonly env: {
    logLevel: string;
    readonly versions: { readonly web?: string };
    readonly wasm: { numThreads: number };
    readonly webgpu: { readonly device: Promise<GPUDevice> };
  };
  readonly Tensor: {
    new (
      type: 'float32' | 'int32' | 'int64',
      data: Float32Array | Int32Array | BigInt64Array,
      dims: readonly number[],
    ): OrtTensor;
  };
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<OrtSession>;
  };
}

/** The build for each provider: the WebGPU one also carries a CPU provider, but instrumented and slower. */
const builds = { wasm: 'ort.wasm.bundle.min.mjs', webgpu: 'ort.webgpu.bundle.min.mjs' } as const;

/** A fresh copy of the library; the number of threads is fixed once a copy has opened a session, hence one copy each. */
export async function loadOrt(provider: keyof typeof builds, threads: number): Promise<Ort> {
  const address = new URL(`ort/${builds[provider]}?threads=${threads}`, location.href).href;
  const ort = (await import(/* @vite-ignore */ address)) as Ort;
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = threads;
  return ort;
}
