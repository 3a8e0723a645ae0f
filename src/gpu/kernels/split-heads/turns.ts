/**
 * The table of the rotary embedding: cosine and sine of position · θ^(−2j/D) for every position and pair, computed once
 * in float64, so that no kernel depends on an adapter's sine, nor on an engine's. Source: RoFormer (2104.09864).
 */
import { cos, pow, sin } from '../../../graph/exact-math';
import type { GraphBuilder } from '../../../graph/graph';
import type { Tensor } from '../../../graph/tensor';

/** [T, D/2, 2] as (cosine, sine); `theta` is the base θ. */
export function ropeTurns(T: number, D: number, theta: number): Float32Array<ArrayBuffer> {
  const half = D / 2;
  const turns = new Float32Array(T * half * 2);
  for (let j = 0; j < half; j++) {
    const frequency = pow(theta, (-2 * j) / D);
    for (let t = 0; t < T; t++) {
      const at = (t * half + j) * 2;
      turns[at] = cos(t * frequency);
      turns[at + 1] = sin(t * frequency);
    }
  }
  return turns;
}

/** The state that holds the table; the layers of a model share it by its name. */
export function turnsState(builder: GraphBuilder, T: number, D: number, theta: number): Tensor {
  return builder.state(`turns.${D}.${theta}.${T}`, [T, D / 2, 2], 'f32', ropeTurns(T, D, theta));
}
