/** Vocabulary sizes spread evenly over a log axis, both ends included; fewer than `count` where they would be equal. */
export function sizesOf(least: number, most: number, count: number): number[] {
  const step = Math.log(most / least) / (count - 1);
  const sizes = Array.from({ length: count }, (_, index) => Math.round(least * Math.exp(step * index)));
  return [...new Set([least, ...sizes.slice(1, -1), most])].sort((a, b) => a - b);
}
