/** One matrix product as an ONNX model: y[M,N] = x[M,K] · weight[N,K]ᵀ. ONNX wants the weight as [K,N]; it may pack it once. */
import { OnnxGraph } from './onnx-graph';
import type { Bytes } from './protobuf';

export function matmulGraph(M: number, N: number, K: number, weight: Float32Array): Bytes {
  const turned = new Float32Array(K * N);
  for (let n = 0; n < N; n++) for (let k = 0; k < K; k++) turned[k * N + n] = weight[n * K + k] ?? 0;
  const graph = new OnnxGraph();
  const x = graph.input('x', 'float32', [M, K]);
  graph.add('MatMul', [x, graph.constant('weight', [K, N], turned)], 'y');
  graph.output('y', 'float32', [M, N]);
  return graph.encode('matmul');
}
