/** The check that every shape rule makes, and its sentence. */
import { elements, shapeText, type Tensor } from '../../graph/tensor';

/**
 * Throws when `tensor` is there and does not have the shape `expected`. Leading axes may be split or merged: the last
 * axis and the number of elements decide.
 */
export function expectShape(
  operation: string,
  tensor: Tensor | undefined,
  expected: readonly number[],
  why: string,
): void {
  if (!tensor) return;
  if (tensor.shape.at(-1) === expected.at(-1) && elements(tensor.shape) === elements(expected)) return;
  throw new RangeError(
    `${tensor.name} has shape ${shapeText(tensor.shape)}; ${operation} expects ${shapeText(expected)}: ${why}.`,
  );
}
