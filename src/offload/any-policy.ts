/**
 * Every way to run a model whose experts do not fit: the orders within one layer, after which all slots are empty again
 * (policies.ts), and the caches, which take experts in index order and keep them (caches.ts).
 */
import { type CachePolicyId, cachePolicies } from './caches';
import { type PolicyId, policies } from './policies';

export type OffloadPolicyId = PolicyId | CachePolicyId;

interface PolicyText {
  readonly name: string;
  readonly source: string;
  readonly about: string;
}

export const offloadPolicies: Readonly<Record<OffloadPolicyId, PolicyText>> = { ...policies, ...cachePolicies };
export const offloadPolicyIds = Object.keys(offloadPolicies) as OffloadPolicyId[];

export function isCachePolicy(id: OffloadPolicyId): id is CachePolicyId {
  return Object.hasOwn(cachePolicies, id);
}

/** Whether a cache must know what will be asked for: it needs the trace of the same text, written before. */
export function needsTrace(id: OffloadPolicyId): boolean {
  return id === 'belady' || id === 'pinned';
}

export function parseOffloadPolicy(id: unknown): OffloadPolicyId {
  const known = offloadPolicyIds.find((candidate) => candidate === id);
  if (!known) throw new RangeError(`There is no policy ${JSON.stringify(id)}: choose ${offloadPolicyIds.join(', ')}.`);
  return known;
}
