/**
 * CPM-2's gate: E random rows of width C that stand at right angles to each other, each of length 0.01. With more experts than
 * columns, which no such rows can be, the columns do instead. Source: init_ckpt.py of CPM-2's code (`orthogonal_`, gain 0.01).
 *
 * Normal numbers made orthogonal by Gram and Schmidt, one vector after the other, in f64: no direction is more likely than
 * another. The same key gives the same bits on every machine.
 */
import { normals } from '../graph/normals';
import type { Words } from '../graph/random';
import type { ModelConfig } from './config';

const gain = 0.01;

/** [E, C]. */
export function orthogonalGate({ num_experts: E, hidden_size: C }: ModelConfig, key: Words): Float32Array<ArrayBuffer> {
  const [count, length] = E <= C ? [E, C] : [C, E];
  const drawn = normals(count * length, key, 1);
  const vectors: Float64Array[] = [];
  for (let index = 0; index < count; index++) {
    const vector = Float64Array.from(drawn.subarray(index * length, (index + 1) * length));
    // Twice is enough (Parlett): the second round takes away what rounding left in the first.
    for (let round = 0; round < 2; round++) for (const other of vectors) subtract(vector, other, dot(vector, other));
    const norm = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((value) => value / norm));
  }
  const gate = new Float32Array(E * C);
  for (let e = 0; e < E; e++) {
    for (let c = 0; c < C; c++) gate[e * C + c] = gain * ((E <= C ? vectors[e]?.[c] : vectors[c]?.[e]) ?? 0);
  }
  return gate;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** vector −= factor · other. */
function subtract(vector: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) - factor * (other[i] ?? 0);
}
