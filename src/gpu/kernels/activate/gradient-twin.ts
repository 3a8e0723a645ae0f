/** What `activateGradient` means, on the CPU. Sums are float64 whatever the arrays hold. */
import type { Memory, Node, Numbers } from '../../../graph/operation';
import {
  type ActivateAttributes,
  type ActivateGradientInputs,
  type ActivateGradientOutputs,
  activateSizes,
} from './shape';
import { activations, slopes } from './twin';

export function activateGradientTwin(
  { gradient, h, scale, offset, scaleGradient, offsetGradient }: Memory<ActivateGradientInputs>,
  { dh }: Memory<ActivateGradientOutputs>,
  node: Node<ActivateGradientInputs, ActivateGradientOutputs, ActivateAttributes>,
): void {
  const { kind, gated, branches } = node.attributes;
  const { M, F } = activateSizes(node.inputs, node.attributes);
  const width = gated ? 2 * F : F;
  const scaleSums = new Float64Array(branches * F);
  const offsetSums = new Float64Array(branches * F);
  for (let m = 0; m < M; m++) {
    for (let f = 0; f < F; f++) {
      const z = h[m * width + f] as number;
      const dy = gradient[m * F + f] as number;
      const inner = gated ? dy * (h[m * width + F + f] as number) : dy;
      let value = 0;
      let dz = 0;
      for (let branch = 0; branch < branches; branch++) {
        const i = branch * F + f;
        const scaling = scale ? (scale[i] as number) : 1;
        const argument = scaling * z + (offset ? (offset[i] as number) : 0);
        const p = inner * slopes[kind](argument);
        value += activations[kind](argument);
        dz += scaling * p;
        scaleSums[i] = (scaleSums[i] as number) + p * z;
        offsetSums[i] = (offsetSums[i] as number) + p;
      }
      dh[m * width + f] = dz;
      if (gated) dh[m * width + F + f] = dy * value;
    }
  }
  addTo(scaleGradient, scaleSums);
  addTo(offsetGradient, offsetSums);
}

function addTo(accumulator: Numbers | undefined, sums: Float64Array): void {
  if (!accumulator) return;
  for (let i = 0; i < sums.length; i++) accumulator[i] = (accumulator[i] as number) + (sums[i] as number);
}
