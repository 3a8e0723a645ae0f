/** A step whose numbers are not finite: how it is known, and the sentence that says what happened and what to do. */
import { parameterGroups } from '../train/curves';
import type { StepResult } from '../train/trainer';

/** Whether the loss and every gradient of a step were finite. */
export function isSound({ finite, loss, gradientNorm }: StepResult): boolean {
  return finite && Number.isFinite(loss) && Number.isFinite(gradientNorm);
}

/** In one pass without a branch: anything times 0 is 0, unless it is not finite. */
export function allFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * 0;
  return sum === 0;
}

/** `culprit`: the tensor whose gradient is not finite; null when each is, but not the sum of their squares. */
export function divergenceSentence(
  { loss, groupNorms }: StepResult,
  at: { readonly step: number; readonly backTo: number; readonly learningRate: number },
  culprit: string | null,
): string {
  const group = parameterGroups[groupNorms.findIndex((norm) => !Number.isFinite(norm))];
  const cause =
    culprit === null
      ? `the norm of its gradients${group === undefined ? '' : ` (${group})`} is not finite`
      : `the gradient of ${culprit} is not finite`;
  return `Step ${at.step} had a loss of ${loss}, and ${cause}: the run went back to step ${at.backTo}. Lower the learning rate (it was ${at.learningRate}) or lengthen the warm-up, then go on.`;
}
