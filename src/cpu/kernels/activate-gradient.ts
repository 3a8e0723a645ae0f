/**
 * The reverse of `activate`: dh[:, :F] = dy (⊙ h[:, F:]) ⊙ S′(z), and gated dh[:, F:] = dy ⊙ S(z). Values and slopes are computed
 * from h again, which costs an exponential and saves a tensor.
 *
 * Two kernels. Without a series a unit is a row. With one, a unit is 16 columns of all rows, taken in order: the sums over rows,
 * d scaleᵢ = Σ p · z and d offsetᵢ = Σ p with p = dy (⊙ h[:, F:]) ⊙ act′(scaleᵢ ⊙ z + offsetᵢ), then need no second
 * computation of the n exponentials, and lie in the first cache.
 */
import { loadFirst, storeFirst } from './lanes';
import { activationOf, exponentialOf, slopeOf } from './slope';

/** Words of the arguments; `src/cpu/operations/activate.ts` writes them. */
namespace Word {
  /** [M,F], of y. */
  export const gradient: usize = 0;
  /** [M,F], gated [M,2F]. */
  export const h: usize = 4;
  /** The shape of h. */
  export const dh: usize = 8;
  export const M: usize = 12;
  export const F: usize = 16;
  export const kind: usize = 20;
  export const gated: usize = 24;
  /** Of a series: [n,F] each, the gradients 0 where nothing learns; n. */
  export const scale: usize = 28;
  export const offset: usize = 32;
  export const scaleGradient: usize = 36;
  export const offsetGradient: usize = 40;
  export const branches: usize = 44;
}

export function activateGradient(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const F = load<i32>(args, Word.F);
  const kind = load<i32>(args, Word.kind);
  const gated = load<i32>(args, Word.gated) !== 0;
  const rowBytes = (F as usize) << 2;
  for (let row = begin; row < end; row++) {
    const start = (row as usize) * (gated ? rowBytes << 1 : rowBytes);
    let h = (load<u32>(args, Word.h) as usize) + start;
    let dh = (load<u32>(args, Word.dh) as usize) + start;
    let gradient = (load<u32>(args, Word.gradient) as usize) + (row as usize) * rowBytes;
    for (let f = 0; f < F; f += 4) {
      const count = F - f;
      const z = loadFirst(h, count);
      const e = exponentialOf(kind, z);
      const dy = loadFirst(gradient, count);
      let inner = dy;
      if (gated) {
        inner = f32x4.mul(dy, loadFirst(h + rowBytes, count));
        storeFirst(dh + rowBytes, f32x4.mul(dy, activationOf(kind, z, e)), count);
      }
      storeFirst(dh, f32x4.mul(inner, slopeOf(kind, z, e)), count);
      h += 16;
      dh += 16;
      gradient += 16;
    }
  }
}

/** Columns of a unit, a cache line, and bytes of a sum of each. */
const stripColumns: i32 = 16;
const stripBytes: usize = 64;

export function activateSeriesGradient(args: usize, begin: i32, end: i32, scratch: usize): void {
  const F = load<i32>(args, Word.F);
  const M = load<i32>(args, Word.M);
  const branches = load<i32>(args, Word.branches);
  const sumsBytes = (branches as usize) * stripBytes;
  for (let unit = begin; unit < end; unit++) {
    const column = unit * stripColumns;
    const width = min(stripColumns, F - column);
    // Of the scales, then of the offsets.
    memory.fill(scratch, 0, sumsBytes << 1);
    for (let row = 0; row < M; row++) {
      for (let f = 0; f < width; f += 4) {
        seriesColumns(args, row, column + f, width - f, scratch + ((f as usize) << 2), sumsBytes);
      }
    }
    addSums(load<u32>(args, Word.scaleGradient) as usize, scratch, F, column, width, branches);
    addSums(load<u32>(args, Word.offsetGradient) as usize, scratch + sumsBytes, F, column, width, branches);
  }
}

/** Four columns of a row, or the first `count` of them. */
function seriesColumns(args: usize, row: i32, column: i32, count: i32, sums: usize, sumsBytes: usize): void {
  const kind = load<i32>(args, Word.kind);
  const gated = load<i32>(args, Word.gated) !== 0;
  const rowBytes = (load<i32>(args, Word.F) as usize) << 2;
  const place = (column as usize) << 2;
  const start = (row as usize) * (gated ? rowBytes << 1 : rowBytes) + place;
  const h = (load<u32>(args, Word.h) as usize) + start;
  const dh = (load<u32>(args, Word.dh) as usize) + start;
  const z = loadFirst(h, count);
  const dy = loadFirst((load<u32>(args, Word.gradient) as usize) + (row as usize) * rowBytes + place, count);
  const inner = gated ? f32x4.mul(dy, loadFirst(h + rowBytes, count)) : dy;
  let scale = (load<u32>(args, Word.scale) as usize) + place;
  let offset = (load<u32>(args, Word.offset) as usize) + place;
  let value = f32x4.splat(0);
  let dz = value;
  for (let branch = load<i32>(args, Word.branches); branch > 0; branch--) {
    const scaling = loadFirst(scale, count);
    const argument = f32x4.add(f32x4.mul(scaling, z), loadFirst(offset, count));
    const e = exponentialOf(kind, argument);
    const p = f32x4.mul(inner, slopeOf(kind, argument, e));
    if (gated) value = f32x4.add(value, activationOf(kind, argument, e));
    dz = f32x4.add(dz, f32x4.mul(scaling, p));
    v128.store(sums, f32x4.add(v128.load(sums), f32x4.mul(p, z)));
    v128.store(sums + sumsBytes, f32x4.add(v128.load(sums + sumsBytes), p));
    scale += rowBytes;
    offset += rowBytes;
    sums += stripBytes;
  }
  storeFirst(dh, dz, count);
  if (gated) storeFirst(dh + rowBytes, f32x4.mul(dy, value), count);
}

/** Adds the sums of a strip to total[n,F]. */
function addSums(total: usize, sums: usize, F: i32, column: i32, width: i32, branches: i32): void {
  if (!total) return;
  for (let branch = 0; branch < branches; branch++) {
    for (let f = 0; f < width; f += 4) {
      const target = total + (((branch * F + column + f) as usize) << 2);
      const sum = v128.load(sums + ((f as usize) << 2));
      storeFirst(target, f32x4.add(loadFirst(target, width - f), sum), width - f);
    }
    sums += stripBytes;
  }
}
