/**
 * RMSNorm or LayerNorm of rows: y[M,C] = (x − mean) · factor · gain (+ shift) (+ residual), mean 0 for RMSNorm,
 * factor = 1 / √(Σ (x − mean)² / C + ε). (mean, factor) of every row are kept in statistics[M,2] for the gradient when asked for.
 * A unit is a row.
 * Sources: Zhang & Sennrich (1910.07467), Ba et al. (1607.06450).
 */
import { squaresOfRow, sumOfRow } from './rows';

/** Words of the arguments; `src/cpu/operations/norm-command.ts` writes them. */
namespace Word {
  export const x: usize = 0;
  export const gain: usize = 4;
  /** [C] or 0. */
  export const shift: usize = 8;
  /** [M,C] or 0. */
  export const residual: usize = 12;
  export const y: usize = 16;
  /** [M,2] or 0. */
  export const statistics: usize = 20;
  export const C: usize = 24;
  /** LayerNorm. */
  export const layer: usize = 28;
  export const epsilon: usize = 32;
}

export function norm(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const x = load<u32>(args, Word.x) as usize;
  const residual = load<u32>(args, Word.residual) as usize;
  const y = load<u32>(args, Word.y) as usize;
  const statistics = load<u32>(args, Word.statistics) as usize;
  const C = load<i32>(args, Word.C);
  const layer = load<i32>(args, Word.layer) !== 0;
  const epsilon = load<f32>(args, Word.epsilon);
  for (let row = begin; row < end; row++) {
    const start = ((row as usize) * (C as usize)) << 2;
    const mean = layer ? sumOfRow(x + start, C) / (C as f32) : 0;
    const factor = (1 as f32) / sqrt<f32>(squaresOfRow(x + start, mean, C) / (C as f32) + epsilon);
    if (statistics) {
      const place = statistics + ((row as usize) << 3);
      store<f32>(place, mean);
      store<f32>(place, factor, 4);
    }
    writeRow(args, x + start, residual ? residual + start : 0, y + start, mean, factor);
  }
}

function writeRow(args: usize, x: usize, residual: usize, y: usize, mean: f32, factor: f32): void {
  const gain = load<u32>(args, Word.gain) as usize;
  const shift = load<u32>(args, Word.shift) as usize;
  const C = load<i32>(args, Word.C);
  const means = f32x4.splat(mean);
  const factors = f32x4.splat(factor);
  let c = 0;
  for (; c + 4 <= C; c += 4) {
    const place = (c as usize) << 2;
    let value = f32x4.mul(f32x4.sub(v128.load(x + place), means), factors);
    value = f32x4.mul(value, v128.load(gain + place));
    if (shift) value = f32x4.add(value, v128.load(shift + place));
    if (residual) value = f32x4.add(value, v128.load(residual + place));
    v128.store(y + place, value);
  }
  for (; c < C; c++) {
    const place = (c as usize) << 2;
    let value = (load<f32>(x + place) - mean) * factor * load<f32>(gain + place);
    if (shift) value += load<f32>(shift + place);
    if (residual) value += load<f32>(residual + place);
    store<f32>(y + place, value);
  }
}
