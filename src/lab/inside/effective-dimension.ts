/**
 * d(ε): the least number of principal components that explain the share ε of the variance of the token features.
 * Source: PanGu-π (2312.17276), which reports d(0.8) a layer in figure 4. N tokens have at most N − 1 components, so d of a short
 * text says little about a wide model: compare only texts of the same length.
 */

/** A share that is met but for the rounding of the sum is met: equal variances would decide by it. */
const rounding = 1e-9;

/** `variances` largest first, as `principal.ts` gives them; `share` in (0, 1]. 0 when nothing varies. */
export function effectiveDimension(variances: ArrayLike<number>, share: number): number {
  const total = Array.from(variances).reduce((sum, variance) => sum + variance, 0);
  if (total === 0) return 0;
  const wanted = (share - rounding) * total;
  let sum = 0;
  for (let count = 1; count <= variances.length; count++) {
    sum += variances[count - 1] as number;
    if (sum >= wanted) return count;
  }
  return variances.length;
}
