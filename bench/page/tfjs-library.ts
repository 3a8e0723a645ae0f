/**
 * TensorFlow.js as this benchmark uses it: the core with its gradients and the WebGPU backend, bundled by bench/tfjs.mjs
 * and served as a file.
 */
export interface Tensor {
  readonly shape: readonly number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}

export interface Variable extends Tensor {
  readonly name: string;
  assign(value: Tensor): void;
}

type Given = Tensor | number;

export interface Tfjs {
  readonly version_core: string;
  readonly losses: { softmaxCrossEntropy(labels: Tensor, logits: Tensor): Tensor };
  readonly train: {
    adam(learningRate: number, beta1: number, beta2: number, epsilon: number): Adam;
  };
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tidy<T>(work: () => T): T;
  tensor(values: Float32Array | Int32Array, shape: readonly number[], type?: 'float32' | 'int32'): Tensor;
  variable(initial: Tensor, trainable: boolean, name: string): Variable;
  variableGrads(
    loss: () => Tensor,
    variables: readonly Variable[],
  ): { readonly value: Tensor; readonly grads: Readonly<Record<string, Tensor>> };
  add(a: Given, b: Given): Tensor;
  sub(a: Given, b: Given): Tensor;
  mul(a: Given, b: Given): Tensor;
  div(a: Given, b: Given): Tensor;
  minimum(a: Given, b: Given): Tensor;
  sum(x: Tensor): Tensor;
  sqrt(x: Tensor): Tensor;
  rsqrt(x: Tensor): Tensor;
  square(x: Tensor): Tensor;
  tanh(x: Tensor): Tensor;
  softmax(x: Tensor): Tensor;
  moments(x: Tensor, axis: number, keepDims: boolean): { readonly mean: Tensor; readonly variance: Tensor };
  oneHot(ids: Tensor, count: number): Tensor;
  matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
  reshape(x: Tensor, shape: readonly number[]): Tensor;
  transpose(x: Tensor, axes: readonly number[]): Tensor;
  split(x: Tensor, parts: number, axis: number): Tensor[];
}

interface Adam {
  applyGradients(gradients: Readonly<Record<string, Tensor>>): void;
  dispose(): void;
}

/** The library on its WebGPU backend; throws when that does not start. */
export async function loadTfjs(): Promise<Tfjs> {
  const tf = (await import(/* @vite-ignore */ new URL('tfjs/tfjs.js', location.href).href)) as Tfjs;
  if (!(await tf.setBackend('webgpu'))) throw new Error('tfjs did not start its WebGPU backend: is the adapter there?');
  await tf.ready();
  return tf;
}
