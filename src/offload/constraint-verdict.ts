/** The paper's constraints on an order, as a sentence for a person: what does not hold, and what would mend it. */
import { checkConstraints, type Mend } from './constraints';
import type { Machine } from './machine';
import { mendingBatch } from './mendable';

/** Null when both hold. */
export function constraintVerdict(machine: Machine, order: readonly number[]): string | null {
  const { uncovered, overfull, mends } = checkConstraints(machine, order);
  if (mends.length === 0) return null;
  const broken = [
    ...(uncovered.length > 0
      ? [`(i) does not hold at t = ${places(uncovered)}: the computes before are shorter than the loads`]
      : []),
    ...(overfull.length > 0
      ? [`(ii) does not hold at t = ${places(overfull)}: loads run further ahead than K allows`]
      : []),
  ].join('; ');
  if (!mendingBatch(machine)) {
    const many = `K = ${machine.slots}`;
    return `${broken}. The constraints cannot be met by any batch with this routing and ${many}: the experts’ shares are too uneven, a case that the paper leaves out. More slots or a more even routing are needed.`;
  }
  return `${broken}. It would hold with ${mends.map(mendText).join(', or with ')}.`;
}

function places(list: readonly number[]): string {
  return list.length > 4 ? `${list.slice(0, 3).join(', ')} … ${list.at(-1)}` : list.join(', ');
}

function mendText(mend: Mend): string {
  const slots = `${mend.slots} ${mend.slots === 1 ? 'slot' : 'slots'}`;
  if (mend.kind === 'more slots') return slots;
  const factor = Number(mend.factor.toPrecision(3));
  return `a ${mend.kind === 'larger batch' ? 'batch' : 'link'} ${factor} times as ${mend.kind === 'larger batch' ? 'large' : 'fast'} and ${slots}`;
}
