/** Round numbers along an axis: about five of 1, 2 or 5 times a power of ten. */
export function roundTicks(first: number, last: number, wanted = 5): number[] {
  const span = last - first;
  if (!(span > 0)) return [first];
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10));
  const start = Math.ceil(first / step) * step;
  return Array.from({ length: Math.floor((last - start) / step) + 1 }, (_, index) => start + index * step);
}
