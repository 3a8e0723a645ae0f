/**
 * One product with a matrix of 4 bits as an ONNX model: onnxruntime's MatMulNBits, whose layout a QuantisedMatrix has.
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits.
 */
import { blocksOfRow, type QuantisedMatrix } from '../../src/graph/quantised';
import { OnnxGraph } from './onnx-graph';
import type { Bytes } from './protobuf';

/** What onnxruntime may round activations to: f32 as they are, or int8. */
export const accuracyLevels = { f32: 1, int8: 4 } as const;

/** y[M,N] = x[M,K] · matrixᵀ. */
export function int4Graph(M: number, matrix: QuantisedMatrix, activations: keyof typeof accuracyLevels): Bytes {
  const { bits, N, K, block, packed, scales } = matrix;
  if (matrix.zeros || K % block !== 0) throw new Error('Only whole blocks without zero points are written here.');
  const blocks = blocksOfRow(matrix);
  const graph = new OnnxGraph();
  const x = graph.input('x', 'float32', [M, K]);
  const digits = graph.constant('digits', [N, blocks, (block * bits) / 8], packed);
  const factors = graph.constant('scales', [N * blocks], scales);
  graph.addMicrosoft('MatMulNBits', [x, digits, factors], ['y'], {
    K: { int: K },
    N: { int: N },
    bits: { int: bits },
    block_size: { int: block },
    accuracy_level: { int: accuracyLevels[activations] },
  });
  graph.output('y', 'float32', [M, N]);
  return graph.encode('int4');
}
