/**
 * What Muon does with its square matrices A [s,s] between the products. A table says where they lie; a unit is an entry of it.
 *
 *   muonFactors  factor = 1 / (√(trace A) + 1e-7): what the first iteration divides X by; an entry is a matrix
 *   muonScale    target = scale · factorᵖ · (source + lift · I); an entry is a stripe of rows
 *   muonMirror   out = own · out + other · source on and above the diagonal, and below it the same mirrored; an entry is a
 *                stripe of rows above the diagonal, whose mirror is a stripe of columns, so that units never meet
 */

/** `normFloor` of the operation. */
const normFloor: f64 = 1e-7;

/** Arguments: entries of (A, s, address of the factor). */
export function muonFactors(args: usize, begin: i32, end: i32, _scratch: usize): void {
  for (let unit = begin; unit < end; unit++) {
    const entry = args + (unit as usize) * 12;
    const s = load<i32>(entry, 4);
    const next = ((s + 1) as usize) << 2;
    let from = load<u32>(entry) as usize;
    let trace: f64 = 0;
    for (let i = 0; i < s; i++) {
      trace += load<f32>(from) as f64;
      from += next;
    }
    store<f32>(load<u32>(entry, 8) as usize, (1 / (sqrt(trace) + normFloor)) as f32);
  }
}

/** Arguments: lift, p, then entries of (source, target, s, first row, rows, scale, address of the factor). */
export function muonScale(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const lift = load<f32>(args);
  const power = load<i32>(args, 4);
  for (let unit = begin; unit < end; unit++) {
    const entry = args + 8 + (unit as usize) * 28;
    const s = load<i32>(entry, 8);
    const row = load<i32>(entry, 12);
    const rows = load<i32>(entry, 16);
    const factorAt = load<u32>(entry, 24) as usize;
    let scale = load<f32>(entry, 20);
    for (let i = 0; i < power; i++) scale *= load<f32>(factorAt);
    const start = ((row * s) as usize) << 2;
    let source = (load<u32>(entry) as usize) + start;
    let target = (load<u32>(entry, 4) as usize) + start;
    const scales = f32x4.splat(scale);
    const end = source + (((rows * s) as usize) << 2);
    for (; source + 16 <= end; source += 16) {
      v128.store(target, f32x4.mul(scales, v128.load(source)));
      target += 16;
    }
    for (; source < end; source += 4) {
      store<f32>(target, scale * load<f32>(source));
      target += 4;
    }
    if (lift !== 0) liftDiagonal(load<u32>(entry) as usize, load<u32>(entry, 4) as usize, s, row, rows, lift, scale);
  }
}

function liftDiagonal(source: usize, target: usize, s: i32, row: i32, rows: i32, lift: f32, scale: f32): void {
  for (let i = row; i < row + rows; i++) {
    const place = ((i * (s + 1)) as usize) << 2;
    store<f32>(target + place, scale * (load<f32>(source + place) + lift));
  }
}

/** Arguments: own, other, then entries of (out, source or 0, s, first row, rows). */
export function muonMirror(args: usize, begin: i32, end: i32, _scratch: usize): void {
  for (let unit = begin; unit < end; unit++) {
    const entry = args + 8 + (unit as usize) * 20;
    const out = load<u32>(entry) as usize;
    const source = load<u32>(entry, 4) as usize;
    const s = load<i32>(entry, 8);
    const row = load<i32>(entry, 12);
    const rows = load<i32>(entry, 16);
    if (source !== 0) combine(out, source, s, row, rows, load<f32>(args), load<f32>(args, 4));
    mirror(out, s, row, rows);
  }
}

/** Rows from the stripe's square on. */
function combine(out: usize, source: usize, s: i32, row: i32, rows: i32, own: f32, other: f32): void {
  const owns = f32x4.splat(own);
  const others = f32x4.splat(other);
  const distance = source - out;
  for (let i = row; i < row + rows; i++) {
    let at = out + (((i * s + row) as usize) << 2);
    const end = out + ((((i + 1) * s) as usize) << 2);
    for (; at + 16 <= end; at += 16) {
      v128.store(at, f32x4.add(f32x4.mul(owns, v128.load(at)), f32x4.mul(others, v128.load(at + distance))));
    }
    for (; at < end; at += 4) store<f32>(at, own * load<f32>(at) + other * load<f32>(at + distance));
  }
}

/** Down the columns of the stripe: what is written follows itself in memory. */
function mirror(out: usize, s: i32, row: i32, rows: i32): void {
  const next = (s as usize) << 2;
  const end = row + rows;
  for (let column = row + 1; column < s; column++) {
    let from = out + (((row * s + column) as usize) << 2);
    let to = out + (((column * s + row) as usize) << 2);
    for (let i = row; i < min(end, column); i++) {
      store<f32>(to, load<f32>(from));
      from += next;
      to += 4;
    }
  }
}
