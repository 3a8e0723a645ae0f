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

/** Powers of ten along a logarithmic axis, and their doubles and halves where it is short. */
export function powerTicks(first: number, last: number): number[] {
  const least = Math.max(1, first);
  const decades = Array.from({ length: Math.ceil(Math.log10(Math.max(last, 10))) + 1 }, (_, power) => 10 ** power);
  const factors = last / least > 1000 ? [1] : [1, 2, 5];
  return decades
    .flatMap((decade) => factors.map((factor) => factor * decade))
    .filter((tick) => tick >= least && tick <= last);
}
