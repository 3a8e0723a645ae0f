/**
 * squares[P/256] = Σ g² of each chunk. A gradient that is not finite, or so large that the squares of all chunks could not be
 * summed, makes its chunk infinite: a step that diverged is noticed before it is applied. A unit is `chunksEach` chunks.
 */
import { chunkBytes, chunkEnd, chunksEach } from './chunks';
import { sumOfLanes } from './lanes';

/** 2⁵⁰: `largestGradient` of the operation. */
const largest: f32 = 1125899906842624;

/** Arguments: gradients, squares, chunks. */
export function gradientSquares(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const gradients = load<u32>(args) as usize;
  const squares = load<u32>(args, 4) as usize;
  const last = chunkEnd(end, load<i32>(args, 8));
  for (let chunk = begin * chunksEach; chunk < last; chunk++) {
    const from = gradients + (chunk as usize) * chunkBytes;
    // Four sums: one would wait for itself.
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let at = from; at < from + chunkBytes; at += 64) {
      s0 = f32x4.add(s0, squareOrInfinity(v128.load(at)));
      s1 = f32x4.add(s1, squareOrInfinity(v128.load(at, 16)));
      s2 = f32x4.add(s2, squareOrInfinity(v128.load(at, 32)));
      s3 = f32x4.add(s3, squareOrInfinity(v128.load(at, 48)));
    }
    const sum = sumOfLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
    store<f32>(squares + ((chunk as usize) << 2), sum);
  }
}

function squareOrInfinity(g: v128): v128 {
  const isSmall = f32x4.lt(f32x4.abs(g), f32x4.splat(largest));
  return v128.bitselect(f32x4.mul(g, g), f32x4.splat(Infinity), isSmall);
}
