/** What `gateScale` and its gradient mean, on the CPU. */
import type { Memory, Node, Numbers } from '../../../graph/operation';
import { noExpert } from '../assign-experts/shape';
import {
  type GateScaleAttributes,
  type GateScaleGradientInputs,
  type GateScaleGradientOutputs,
  type GateScaleInputs,
  type GateScaleOutputs,
  gateScaleSizes,
} from './shape';

export function gateScaleTwin(
  { h, scores, expert }: Memory<GateScaleInputs>,
  { out }: Memory<GateScaleOutputs>,
  node: Node<GateScaleInputs, GateScaleOutputs, GateScaleAttributes>,
): void {
  const { M, F, E } = gateScaleSizes(node.inputs);
  for (let row = 0; row < M; row++) {
    const e = at(expert, row);
    if (e === noExpert) continue;
    const share = at(softmax(scores, row, E), e);
    for (let i = row * F; i < (row + 1) * F; i++) out[i] = share * at(h, i);
  }
}

/**
 * With s = softmax(scores[r]) and p = s[expert[r]]: dh = p · dy; dp = Σ dy ⊙ h, and dp · p · (δ − s) of it reaches the scores. The
 * load-balancing loss adds weight · sₑ · (fₑ − Σ f ⊙ s), weight = coefficient · E · lossWeight[0].
 */
export function gateScaleGradientTwin(
  { h, scores, expert, places, lossWeight, gradient }: Memory<GateScaleGradientInputs>,
  { dh, dscores }: Memory<GateScaleGradientOutputs>,
  node: Node<GateScaleGradientInputs, GateScaleGradientOutputs, GateScaleAttributes>,
): void {
  const { M, F, E } = gateScaleSizes(node.inputs);
  const { coefficient } = node.attributes;
  const weight = coefficient > 0 && lossWeight ? coefficient * E * at(lossWeight, 0) : 0;
  const shares = Array.from({ length: E }, (_, e) => (at(places, e + 1) - at(places, e)) / at(places, E));
  for (let row = 0; row < M; row++) {
    const own = at(expert, row);
    if (own === noExpert) {
      dh.fill(0, row * F, (row + 1) * F);
      dscores.fill(0, row * E, (row + 1) * E);
      continue;
    }
    const s = softmax(scores, row, E);
    const p = at(s, own);
    let dp = 0;
    for (let i = row * F; i < (row + 1) * F; i++) {
      dp += at(gradient, i) * at(h, i);
      dh[i] = p * at(gradient, i);
    }
    const mean = shares.reduce((sum, share, e) => sum + share * at(s, e), 0);
    for (let e = 0; e < E; e++) {
      const balancing = weight * at(s, e) * (at(shares, e) - mean);
      dscores[row * E + e] = dp * p * ((e === own ? 1 : 0) - at(s, e)) + balancing;
    }
  }
}

function softmax(scores: Numbers, row: number, E: number): Float64Array {
  const own = Float64Array.from(scores.subarray(row * E, (row + 1) * E));
  const largest = own.reduce((most, score) => Math.max(most, score));
  const exponentials = own.map((score) => Math.exp(score - largest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

/** An element that exists by the shape rule. */
function at(numbers: ArrayLike<number>, index: number): number {
  return numbers[index] as number;
}
