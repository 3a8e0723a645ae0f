/** Where heads and shortcut stand in the columns of the projection, and the sentences when shapes disagree. */
import type { Uniform } from '../../../graph/operation';
import { axis, shapeText, type Tensor } from '../../../graph/tensor';
import { headUniforms, largestHead, rowsOf } from '../attention/heads';
import { expectShape } from '../expect-shape';
import type { SplitHeadsAttributes } from './shape';

/** N: columns of the projection. */
export function projectedColumns(attributes: SplitHeadsAttributes, separateQuery: boolean): number {
  const { heads, groups, headSize, shortcut } = attributes;
  return ((separateQuery ? 0 : heads) + 2 * groups) * headSize + shortcut;
}

/** Checks heads, projection and table; throws a sentence. */
export function expectProjection(
  operation: string,
  attributes: SplitHeadsAttributes,
  projected: Tensor,
  turns: Tensor | undefined,
  separateQuery: boolean,
): void {
  const { heads, groups, headSize, period, rotate } = attributes;
  if (heads % groups !== 0) {
    throw new RangeError(`${operation}: ${heads} query heads cannot share ${groups} KV heads; use a divisor.`);
  }
  if (headSize % 2 !== 0 || headSize > largestHead) {
    throw new RangeError(`${operation}: a head of ${headSize} is not even or larger than ${largestHead}.`);
  }
  if (axis(projected, -1) !== projectedColumns(attributes, separateQuery)) {
    throw new RangeError(
      `${operation}: ${projected.name} ${shapeText(projected.shape)} must have ${projectedColumns(attributes, separateQuery)} columns: the heads and the shortcut.`,
    );
  }
  if (rowsOf(projected) % period !== 0) {
    throw new RangeError(
      `${operation}: ${projected.name} has ${rowsOf(projected)} rows, not a multiple of the ${period} tokens of a sequence.`,
    );
  }
  if (rotate && !turns) throw new Error(`${operation}: heads that turn need the table of turns.`);
  expectShape(operation, turns, [period, headSize / 2, 2], 'cosine and sine of each pair at each position');
}

/** Uniforms of both kernels, in their order. */
export function splitUniforms(attributes: SplitHeadsAttributes, projected: Tensor): Uniform[] {
  return [
    ...headUniforms(attributes),
    { name: 'M', u32: rowsOf(projected) },
    { name: 'T', u32: attributes.period },
    { name: 'R', u32: attributes.shortcut },
  ];
}
