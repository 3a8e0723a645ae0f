/**
 * Prompts run in programs of fixed length. A prompt of any length takes the next bucket: powers of two from 8 up, and the
 * whole context last; rows past its end are computed and ignored.
 */

const smallest = 8;

/** The bucket of a prompt of `count` tokens in a model with `context` positions. */
export function bucketFor(count: number, context: number): number {
  let bucket = smallest;
  while (bucket < count) bucket *= 2;
  return Math.min(bucket, context);
}
