/**
 * What kernels know of `assignExperts` (src/gpu/kernels/assign-experts/shape.ts): `rows` holds the rows by expert, and expert e
 * owns the places starts[e] ≤ i < starts[e+1].
 */

/** Expert of a row that does not count. */
export const noExpert: u32 = 0xffffffff;

/** Address of the row at a place, in a matrix whose rows have `columns` elements. */
export function rowAt(matrix: usize, rows: usize, place: u32, columns: i32): usize {
  return matrix + (((load<u32>(rows + ((place as usize) << 2)) * columns) as usize) << 2);
}

/** The places of expert `expert` and of those before it end and begin here. */
export function startOf(starts: usize, expert: i32): u32 {
  return load<u32>(starts + ((expert as usize) << 2));
}
