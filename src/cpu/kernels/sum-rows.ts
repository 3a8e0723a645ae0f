/** total[n] += Σ_m matrix[m,n] for the first `count` of N columns; a unit is 16 columns, rows are added in order. */
export function sumRows(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const matrix = load<u32>(args, 0) as usize;
  const M = load<i32>(args, 4);
  const stride = (load<i32>(args, 8) as usize) << 2;
  const total = load<u32>(args, 12) as usize;
  const last = min(end * 16, load<i32>(args, 16));
  let column = begin * 16;
  for (; column + 4 <= last; column += 4) {
    const place = (column as usize) << 2;
    let from = matrix + place;
    let sum = f32x4.splat(0);
    for (let m = 0; m < M; m++) {
      sum = f32x4.add(sum, v128.load(from));
      from += stride;
    }
    v128.store(total + place, f32x4.add(v128.load(total + place), sum));
  }
  for (; column < last; column++) {
    const place = (column as usize) << 2;
    let from = matrix + place;
    let sum: f32 = 0;
    for (let m = 0; m < M; m++) {
      sum += load<f32>(from);
      from += stride;
    }
    store<f32>(total + place, load<f32>(total + place) + sum);
  }
}
