/** What the curves of a run must look like when they come from a file or from storage: `src/train/curves.ts` as shapes. */
import {
  type CarrierPoint,
  type ChangePoint,
  type Curves,
  type EvaluationPoint,
  type ProbePoint,
  parameterGroups,
  type SamplePoint,
  type StepPoint,
} from '../train/curves';
import { count, finite, listOf, oneOf, record, type Shape, ShapeError, text } from './json-shape';

const longestSample = 100_000;

const groups: Shape<number[]> = (value, place) => {
  const numbers = listOf(finite)(value, place);
  if (numbers.length !== parameterGroups.length) {
    throw new ShapeError(
      place,
      value,
      `${parameterGroups.length} numbers, one for each of ${parameterGroups.join(', ')}`,
    );
  }
  return numbers;
};

const stepPoint = record<StepPoint>({
  step: count,
  loss: finite,
  learningRate: finite,
  gradientNorm: finite,
  groupNorms: groups,
  updateRatios: groups,
  tokensPerSecond: finite,
});

const evaluationPoint = record<EvaluationPoint>({
  step: count,
  heldOutLoss: finite,
  bitsPerCharacter: finite,
  tokens: count,
  characters: count,
});

const probePoint: Shape<ProbePoint> = (value, place) => {
  const point = record<ProbePoint>({ step: count, kind: text(100), correct: count, n: count })(value, place);
  if (point.n < 1 || point.correct > point.n)
    throw new ShapeError(place, value, 'a probe with 0 ≤ correct ≤ n and n ≥ 1');
  return point;
};

export const curvesShape = record<Curves>({
  steps: bySteps(stepPoint),
  evaluations: bySteps(evaluationPoint),
  probes: bySteps(probePoint),
  samples: bySteps(record<SamplePoint>({ step: count, text: text(longestSample) })),
  changes: bySteps(
    record<ChangePoint>({ step: count, key: oneOf('learningRate', 'batch', 'weightDecay'), from: finite, to: finite }),
  ),
  // Runs that were kept before carriers were noted have none.
  carriers: (value, place) =>
    value === undefined ? [] : bySteps(record<CarrierPoint>({ step: count, adapter: text(300) }))(value, place),
});

/** Charts and comparisons walk the points in order of their steps. */
function bySteps<T extends { readonly step: number }>(shape: Shape<T>): Shape<T[]> {
  return (value, place) => {
    const points = listOf(shape)(value, place);
    const wrong = points.findIndex((point, index) => index > 0 && point.step < (points[index - 1]?.step ?? 0));
    if (wrong >= 0) throw new ShapeError(`${place}[${wrong}].step`, points[wrong]?.step, 'at least the step before it');
    return points;
  };
}
