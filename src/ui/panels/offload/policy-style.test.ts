import { expect, it } from 'vitest';
import { offloadPolicyIds } from '../../../offload/any-policy';
import { policyStyle } from './policy-style';

it('no two policies look alike', () => {
  const looks = offloadPolicyIds.map((id) => JSON.stringify(policyStyle(id)));
  expect(new Set(looks).size).toBe(offloadPolicyIds.length);
});
