/**
 * The learning rate of each step: a linear warm-up from 0, then one of four falls, as a table.
 *
 * | schedule | after the warm-up |
 * |---|---|
 * | constant | stays |
 * | linear | falls in a line to the final share at the last step |
 * | cosine | falls along half a cosine (nanoGPT, SGDR) |
 * | wsd | stays, then falls in a line over the last `decayShare` of all steps (warm-up, stable, decay: MiniCPM) |
 */
import { cos } from '../graph/exact-math';
import type { RecipeValues } from './recipe-schema';

type Settings = Pick<RecipeValues, 'schedule' | 'learningRate' | 'warmup' | 'steps' | 'finalShare' | 'decayShare'>;

/** Share of the way down, 0 at the top and 1 at the end, for `progress` in [0, 1] of the steps after the warm-up. */
const falls = {
  constant: () => 0,
  linear: (progress) => progress,
  cosine: (progress) => (1 - cos(Math.PI * progress)) / 2,
  wsd: (progress, { decayShare, steps, warmup }) => {
    const length = Math.min(1, (decayShare * steps) / Math.max(1, steps - warmup));
    return length === 0 ? 0 : Math.max(0, (progress - (1 - length)) / length);
  },
} satisfies Record<Settings['schedule'], (progress: number, settings: Settings) => number>;

/** Learning rate of step `step`, counted from 1. The last warm-up step has the full rate. */
export function learningRateAt(settings: Settings, step: number): number {
  const { schedule, learningRate, warmup, steps, finalShare } = settings;
  if (step < warmup) return (learningRate * step) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return learningRate * (1 - (1 - finalShare) * falls[schedule](progress, settings));
}
