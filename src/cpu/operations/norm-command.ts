/** Command of the norm of rows: `kernels/norm.ts`. */
import type { Command } from '../command';

/** Addresses; 0 is off. */
export interface NormAddresses {
  readonly x: number;
  readonly gain: number;
  readonly shift: number;
  readonly residual: number;
  readonly y: number;
  readonly statistics: number;
}

export interface NormSizes {
  readonly M: number;
  readonly C: number;
  readonly layer: boolean;
  readonly epsilon: number;
}

/** Elements that are normed before another thread is awake. */
const tinyWork = 8192;

export function normCommand(at: NormAddresses, { M, C, layer, epsilon }: NormSizes): Command {
  return {
    kernel: 'norm',
    args: [at.x, at.gain, at.shift, at.residual, at.y, at.statistics, C, Number(layer), { f32: epsilon }],
    units: M,
    grain: Math.max(1, Math.ceil(tinyWork / C)),
  };
}
