/** What `activate` means, on the CPU. */
import type { Memory, Node } from '../../../graph/operation';
import {
  type ActivateAttributes,
  type ActivateInputs,
  type ActivateOutputs,
  type ActivationKind,
  activateSizes,
} from './shape';

export const activations: Record<ActivationKind, (z: number) => number> = {
  silu: (z) => z / (1 + Math.exp(-z)),
  gelu: (z) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))),
  relu: (z) => Math.max(z, 0),
};

/** Their derivatives; that of ReLU at 0 is 0, as in PyTorch. */
export const slopes: Record<ActivationKind, (z: number) => number> = {
  silu: (z) => {
    const s = 1 / (1 + Math.exp(-z));
    return s * (1 + z * (1 - s));
  },
  gelu: (z) => {
    const root = Math.sqrt(2 / Math.PI);
    const t = Math.tanh(root * (z + 0.044715 * z ** 3));
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * root * (1 + 3 * 0.044715 * z * z);
  },
  relu: (z) => (z > 0 ? 1 : 0),
};

export function activateTwin(
  { h, scale, offset }: Memory<ActivateInputs>,
  { y }: Memory<ActivateOutputs>,
  node: Node<ActivateInputs, ActivateOutputs, ActivateAttributes>,
): void {
  const { kind, gated, branches } = node.attributes;
  const { M, F } = activateSizes(node.inputs, node.attributes);
  const act = activations[kind];
  const width = gated ? 2 * F : F;
  for (let m = 0; m < M; m++) {
    for (let f = 0; f < F; f++) {
      const z = h[m * width + f] as number;
      let value = scale ? 0 : act(z);
      for (let branch = 0; scale && offset && branch < branches; branch++) {
        value += act((scale[branch * F + f] as number) * z + (offset[branch * F + f] as number));
      }
      y[m * F + f] = gated ? value * (h[m * width + F + f] as number) : value;
    }
  }
}
