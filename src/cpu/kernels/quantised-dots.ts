/**
 * Rows of a quantised matrix times a vector that `prepare` made integers of (prepare-integers.ts). Sums of integers are exact, so
 * their order does not matter; floats come in where a scale ends. Zero points are taken off through the sums of x.
 */
import { bytes8, bytes22 } from './byte-dots';
import { sumsOfFour } from './lanes';
import { nibbles8, nibbles22 } from './nibble-dots';
import { Matrix } from './quantised-matrix';

/** Sums of up to four rows from `first` on, side by side; `room` has 64 bytes. A row that is not there is read as the first. */
export function quantisedFour(matrix: usize, first: i32, count: i32, x: usize, eight: bool, room: usize): v128 {
  pair(matrix, first, count > 1 ? first + 1 : first, x, eight, room);
  if (count > 2) pair(matrix, first + 2, count > 3 ? first + 3 : first, x, eight, room + 32);
  return sumsOfFour(v128.load(room), v128.load(room, 16), v128.load(room, 32), v128.load(room, 48));
}

function pair(matrix: usize, row: i32, other: i32, x: usize, eight: bool, to: usize): void {
  if (load<i32>(matrix, Matrix.bits) === 4) {
    if (eight) nibbles8(matrix, row, other, x, to);
    else nibbles22(matrix, row, other, x, to);
  } else if (eight) {
    bytes8(matrix, row, other, x, to);
  } else {
    bytes22(matrix, row, other, x, to);
  }
}
