/**
 * How far the tokens of a layer are from being all alike: d_M(H) / ‖H‖_F, with d_M(H) = min ‖H − 1xᵀ‖_F over all rows x, which
 * is the Frobenius norm of H less its mean token. 0 is full collapse, 1 a stream whose mean is zero.
 * Source of d_M: PanGu-π (2312.17276); divided by ‖H‖_F because the stream grows from layer to layer.
 */
import { centred, type Features } from './features';

/** In [0, 1]; 0 for features that are all zero. */
export function collapse(features: Features): number {
  const norm = frobenius(features.values);
  return norm === 0 ? 0 : frobenius(centred(features)) / norm;
}

function frobenius(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * (values[i] as number);
  return Math.sqrt(sum);
}
