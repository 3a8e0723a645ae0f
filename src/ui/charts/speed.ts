/** Tokens per second at each token, from the times they came: smoothed over the last `window` tokens. */
import type { Point } from './decimate';

export function speedSeries(arrivals: readonly number[], window = 8): readonly Point[] {
  return arrivals.slice(1).map((now, index) => {
    const from = Math.max(0, index + 1 - window);
    const elapsed = now - (arrivals[from] ?? 0);
    const count = index + 1 - from;
    // Tokens that come in one batch share a time: the clock's grain stands in.
    return { x: index + 2, y: (1000 * count) / Math.max(elapsed, 0.1) };
  });
}
