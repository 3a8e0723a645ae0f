/** What follows from a text written under a budget: heat of experts, how far languages are apart, a layer's simulation. */
import { layerMachine } from '../../../offload/layer-machine';
import type { MeasuredMachine } from '../../../offload/measured-machine';
import { type PolicyId, policyIds, runPolicy } from '../../../offload/policies';
import type { Timeline } from '../../../offload/simulate';
import type { LayerRun, OffloadPolicyId, StoreTier } from '../../../worker/offload-protocol';
import type { LanguageUse } from '../../state/offload';

/** Half the sum of differences of two lists of counts, each as shares: 0 the same, 1 nothing in common. */
export function distance(a: readonly number[], b: readonly number[]): number {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const [first, second] = [sum(a), sum(b)];
  if (first === 0 || second === 0) return 0;
  return a.reduce((total, count, index) => total + Math.abs(count / first - (b[index] ?? 0) / second), 0) / 2;
}

/** Layer → counts of two texts, where both have some. */
export function bothUses(
  a: ReadonlyMap<number, readonly number[]>,
  b: ReadonlyMap<number, readonly number[]>,
): readonly { readonly layer: number; readonly a: readonly number[]; readonly b: readonly number[] }[] {
  return [...a].flatMap(([layer, counts]) => {
    const other = b.get(layer);
    return other ? [{ layer, a: counts, b: other }] : [];
  });
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

export interface Specialisation {
  /** Mean distance over layers, between the two languages' texts. */
  readonly apart: number;
  /** The same between every other token of one text and the rest of it: what chance alone makes. */
  readonly chance: number;
}

/**
 * Texts are compared half against half, as chance is, so that both distances are of as many tokens: fewer tokens lie farther apart
 * by chance alone.
 */
export function specialisation(en: LanguageUse, zh: LanguageUse): Specialisation {
  const apart = [0, 1].flatMap((first) =>
    [0, 1].flatMap((second) =>
      bothUses(en.halves[first as 0 | 1], zh.halves[second as 0 | 1]).map(({ a, b }) => distance(a, b)),
    ),
  );
  const chance = [en, zh].flatMap(({ halves: [a, b] }) => bothUses(a, b).map((pair) => distance(pair.a, pair.b)));
  return { apart: mean(apart), chance: mean(chance) };
}

export const sharesOf = (counts: readonly number[]): readonly number[] => {
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  return counts.map((count) => count / total);
};

/** What the simulation expects of a layer that was run; null for a cache, whose loads depend on what came before. */
export function expected(
  { visits, timeline }: LayerRun,
  policy: OffloadPolicyId,
  machine: MeasuredMachine,
  { slots, tier }: { readonly slots: number; readonly tier: StoreTier },
  experts: number,
): Timeline | null {
  const order = policyIds.find((id): id is PolicyId => id === policy);
  if (!order || timeline.order.length === 0) return null;
  const counts = Array.from({ length: experts }, () => 0);
  for (const { expert, rows } of visits) counts[expert] = rows;
  return runPolicy(layerMachine(machine, counts, { slots, tier }), order);
}
