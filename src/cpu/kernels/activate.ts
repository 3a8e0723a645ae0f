/**
 * The activation of an FFN, with the series of n scaled and shifted copies: S(z) = Σᵢ act(scaleᵢ ⊙ z + offsetᵢ), or act(z).
 * Gated: y[M,F] = S(h[:, :F]) ⊙ h[:, F:]; plain: y = S(h). A unit is a row.
 * Source: PanGu-π (2312.17276), series informed activation.
 */
import { activateVector } from './activation';
import { loadFirst, storeFirst } from './lanes';

/** Words of the arguments; `src/cpu/operations/activate.ts` writes them. */
namespace Word {
  export const h: usize = 0;
  /** [n,F] or 0. */
  export const scale: usize = 4;
  export const offset: usize = 8;
  export const y: usize = 12;
  export const F: usize = 16;
  export const kind: usize = 20;
  export const gated: usize = 24;
  /** n. */
  export const branches: usize = 28;
}

export function activate(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const F = load<i32>(args, Word.F);
  const kind = load<i32>(args, Word.kind);
  const gated = load<i32>(args, Word.gated) !== 0;
  const scale = load<u32>(args, Word.scale) as usize;
  const rowBytes = (F as usize) << 2;
  for (let row = begin; row < end; row++) {
    let h = (load<u32>(args, Word.h) as usize) + (row as usize) * (gated ? rowBytes << 1 : rowBytes);
    let y = (load<u32>(args, Word.y) as usize) + (row as usize) * rowBytes;
    for (let f = 0; f < F; f += 4) {
      const count = F - f;
      const z = loadFirst(h, count);
      let value = scale ? seriesOf(args, kind, z, f, count) : activateVector(kind, z);
      if (gated) value = f32x4.mul(value, loadFirst(h + rowBytes, count));
      storeFirst(y, value, count);
      h += 16;
      y += 16;
    }
  }
}

/** S(z) for the columns from `f` on. */
function seriesOf(args: usize, kind: i32, z: v128, f: i32, count: i32): v128 {
  const rowBytes = (load<i32>(args, Word.F) as usize) << 2;
  let scale = (load<u32>(args, Word.scale) as usize) + ((f as usize) << 2);
  let offset = (load<u32>(args, Word.offset) as usize) + ((f as usize) << 2);
  let sum = f32x4.splat(0);
  for (let branch = load<i32>(args, Word.branches); branch > 0; branch--) {
    const argument = f32x4.add(f32x4.mul(loadFirst(scale, count), z), loadFirst(offset, count));
    sum = f32x4.add(sum, activateVector(kind, argument));
    scale += rowBytes;
    offset += rowBytes;
  }
  return sum;
}
