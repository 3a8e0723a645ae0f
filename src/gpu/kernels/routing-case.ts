/** Which row has which expert, as inputs of a kernel test: what `assignExperts` would hand on. */
import { noExpert } from './assign-experts/shape';
import { type Given, noise } from './parity';

/** Random experts, some with many rows and, from three experts on, one with none; of the last `left` rows none has an expert. */
export function randomExperts(M: number, E: number, seed: number, left = 0): number[] {
  return Array.from(noise(M, seed), (value, row) => {
    if (row >= M - left) return noExpert;
    const share = (value + 1) / 2;
    const drawn = Math.min(E - 1, Math.floor(share * share * E));
    return E > 2 && drawn === 1 ? 0 : drawn;
  });
}

export function routing(experts: readonly number[], E: number): { readonly expert: Given; readonly places: Given } {
  const rows = Array.from({ length: E }, (_, e) => experts.flatMap((own, row) => (own === e ? [row] : [])));
  const starts = Array.from({ length: E + 1 }, (_, e) => rows.slice(0, e).reduce((sum, own) => sum + own.length, 0));
  const order = rows.flat();
  const unwritten = Array.from({ length: experts.length - order.length }, () => 0);
  return {
    expert: { shape: [experts.length], values: experts, element: 'u32' },
    places: { shape: [E + 1 + experts.length], values: [...starts, ...order, ...unwritten], element: 'u32' },
  };
}
