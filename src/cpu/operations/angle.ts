/** The rotary step as the argument of `kernels/angle.ts`: a float64 in two words, the low one first (`load<f64>`). */
export function doubleWords(value: number): readonly [number, number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return [view.getUint32(4), view.getUint32(0)];
}
