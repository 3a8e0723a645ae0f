/** Vocabulary sizes spread evenly over a log axis, both ends included; fewer than `count` where they would be equal. */
export function sizesOf(least: number, most: number, count: number): number[] {
  const step = Math.log(most / least) / (count - 1);
  const sizes = Array.from({ length: count }, (_, index) => Math.round(least * Math.exp(step * index)));
  return [...new Set([least, ...sizes.slice(1, -1), most])].sort((a, b) => a - b);
}

/** Sizes that people ask for, PanGu-π Pro's among them. */
export const usualSizes = [8_000, 16_000, 32_000, 48_000, 72_000];

/** Where coverage is measured: over the whole axis, and at the usual sizes that the vocabulary has. */
export function curveSizes(
  { alwaysKept, size }: { readonly alwaysKept: number; readonly size: number },
  count: number,
): number[] {
  const usual = usualSizes.filter((one) => one > alwaysKept && one < size);
  return [...new Set([...sizesOf(alwaysKept, size, count), ...usual])].sort((a, b) => a - b);
}
