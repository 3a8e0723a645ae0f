/**
 * The activation of an FFN, with the series of n scaled and shifted copies: S(z) = Σᵢ act(scaleᵢ ⊙ z + offsetᵢ), or act(z).
 * Gated: y[M,F] = S(h[:, :F]) ⊙ h[:, F:]; plain: y = S(h). A unit is a row.
 * Source: PanGu-π (2312.17276), series informed activation.
 */
import { seriesVector } from './activation';
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
  const offset = load<u32>(args, Word.offset) as usize;
  const branches = load<i32>(args, Word.branches);
  const rowBytes = (F as usize) << 2;
  for (let row = begin; row < end; row++) {
    let h = (load<u32>(args, Word.h) as usize) + (row as usize) * (gated ? rowBytes << 1 : rowBytes);
    let y = (load<u32>(args, Word.y) as usize) + (row as usize) * rowBytes;
    for (let f = 0; f < F; f += 4) {
      const count = F - f;
      const z = loadFirst(h, count);
      let value = seriesVector(kind, z, scale, offset, F, f, branches);
      if (gated) value = f32x4.mul(value, loadFirst(h + rowBytes, count));
      storeFirst(y, value, count);
      h += 16;
      y += 16;
    }
  }
}
