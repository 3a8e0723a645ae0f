/** Bytes of a model's weights as a file stores them, its header left out. */
import type { Weights } from '../graph/weights';

export function storedBytes(weights: Weights): number {
  let bytes = 0;
  for (const weight of weights.values()) {
    if ('quantised' in weight) {
      const { packed, scales, zeros } = weight.quantised;
      bytes += packed.byteLength + scales.byteLength + (zeros?.byteLength ?? 0);
    } else {
      bytes += ('half' in weight ? weight.half : weight.values).byteLength;
    }
  }
  return bytes;
}
