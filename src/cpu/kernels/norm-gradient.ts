/**
 * The reverse of `norm`. With n = (x − mean) · factor and g = dy · gain:
 * dx[M,C] = factor · (g − mean(g) − n · mean(g · n)) + residualScale · residual, mean(g) only for LayerNorm; the gradient of gain
 * is Σ dy · n over rows, that of shift Σ dy.
 *
 * A unit is a block of rows. It leaves the sums over its own rows in partials[blocks,2,C]; `sumRows` then adds the blocks up
 * in order. So dy and x are read once, and the sums do not depend on threads.
 */
import { sumOfLanes } from './lanes';
import { addRows } from './rows';

/** Words of the arguments; `src/cpu/operations/norm.ts` writes them. */
namespace Word {
  /** [M,C]. */
  export const gradient: usize = 0;
  export const x: usize = 4;
  /** [M,2], mean and factor. */
  export const statistics: usize = 8;
  export const gain: usize = 12;
  /** [M,C] or 0. */
  export const residual: usize = 16;
  export const dx: usize = 20;
  /** [blocks,2,C], or 0 when neither gain nor shift learns. */
  export const partials: usize = 24;
  export const M: usize = 28;
  export const C: usize = 32;
  /** Rows of a block. */
  export const blockRows: usize = 36;
  /** LayerNorm. */
  export const layer: usize = 40;
  export const residualScale: usize = 44;
  /** Gradients that are asked for. */
  export const wantsGain: usize = 48;
  export const wantsShift: usize = 52;
}

export function normGradient(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const gradient = load<u32>(args, Word.gradient) as usize;
  const x = load<u32>(args, Word.x) as usize;
  const statistics = load<u32>(args, Word.statistics) as usize;
  const partials = load<u32>(args, Word.partials) as usize;
  const C = load<i32>(args, Word.C);
  const rowBytes = (C as usize) << 2;
  const blockRows = load<i32>(args, Word.blockRows);
  for (let block = begin; block < end; block++) {
    const gainPart = partials + ((block as usize) << 1) * rowBytes;
    if (partials) memory.fill(gainPart, 0, rowBytes << 1);
    const last = min((block + 1) * blockRows, load<i32>(args, Word.M));
    for (let row = block * blockRows; row < last; row++) {
      const start = (row as usize) * rowBytes;
      const mean = load<f32>(statistics + ((row as usize) << 3));
      const factor = load<f32>(statistics + ((row as usize) << 3), 4);
      writeRow(args, start, mean, factor);
      if (load<i32>(args, Word.wantsGain) !== 0) addNormed(gainPart, gradient + start, x + start, mean, factor, C);
      if (load<i32>(args, Word.wantsShift) !== 0) {
        addRows(gainPart + rowBytes, gainPart + rowBytes, gradient + start, C);
      }
    }
  }
}

/** A row of dx, `start` bytes into the matrices. */
function writeRow(args: usize, start: usize, mean: f32, factor: f32): void {
  const gradient = (load<u32>(args, Word.gradient) as usize) + start;
  const x = (load<u32>(args, Word.x) as usize) + start;
  const gain = load<u32>(args, Word.gain) as usize;
  const residual = load<u32>(args, Word.residual) as usize;
  const dx = (load<u32>(args, Word.dx) as usize) + start;
  const C = load<i32>(args, Word.C);
  const means = f32x4.splat(mean);
  const factors = f32x4.splat(factor);
  let sums = f32x4.splat(0);
  let products = sums;
  let c = 0;
  for (; c + 4 <= C; c += 4) {
    const place = (c as usize) << 2;
    const g = f32x4.mul(v128.load(gradient + place), v128.load(gain + place));
    const n = f32x4.mul(f32x4.sub(v128.load(x + place), means), factors);
    sums = f32x4.add(sums, g);
    products = f32x4.add(products, f32x4.mul(g, n));
  }
  let sum = sumOfLanes(sums);
  let product = sumOfLanes(products);
  for (; c < C; c++) {
    const place = (c as usize) << 2;
    const g = load<f32>(gradient + place) * load<f32>(gain + place);
    sum += g;
    product += g * ((load<f32>(x + place) - mean) * factor);
  }
  const gradientMean = load<i32>(args, Word.layer) !== 0 ? sum / (C as f32) : 0;
  const productMean = product / (C as f32);
  const residualScale = load<f32>(args, Word.residualScale);
  const gradientMeans = f32x4.splat(gradientMean);
  const productMeans = f32x4.splat(productMean);
  const scales = f32x4.splat(residualScale);
  c = 0;
  for (; c + 4 <= C; c += 4) {
    const place = (c as usize) << 2;
    const g = f32x4.mul(v128.load(gradient + place), v128.load(gain + place));
    const n = f32x4.mul(f32x4.sub(v128.load(x + place), means), factors);
    let value = f32x4.sub(f32x4.sub(g, gradientMeans), f32x4.mul(n, productMeans));
    value = f32x4.mul(factors, value);
    if (residual) value = f32x4.add(value, f32x4.mul(scales, v128.load(residual + start + place)));
    v128.store(dx + place, value);
  }
  for (; c < C; c++) {
    const place = (c as usize) << 2;
    const g = load<f32>(gradient + place) * load<f32>(gain + place);
    const n = (load<f32>(x + place) - mean) * factor;
    let value = factor * (g - gradientMean - n * productMean);
    if (residual) value += residualScale * load<f32>(residual + start + place);
    store<f32>(dx + place, value);
  }
}

/** total[c] += dy · n. */
function addNormed(total: usize, gradient: usize, x: usize, mean: f32, factor: f32, C: i32): void {
  const means = f32x4.splat(mean);
  const factors = f32x4.splat(factor);
  let c = 0;
  for (; c + 4 <= C; c += 4) {
    const place = (c as usize) << 2;
    const n = f32x4.mul(f32x4.sub(v128.load(x + place), means), factors);
    v128.store(total + place, f32x4.add(v128.load(total + place), f32x4.mul(v128.load(gradient + place), n)));
  }
  for (; c < C; c++) {
    const place = (c as usize) << 2;
    const n = (load<f32>(x + place) - mean) * factor;
    store<f32>(total + place, load<f32>(total + place) + load<f32>(gradient + place) * n);
  }
}
