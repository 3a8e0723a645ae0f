import { expect, it } from 'vitest';
import { frequentTokens } from './frequent-tokens';

it('takes the ids that occur most, of equals the one seen first, and leaves out the beginning', () => {
  const ids = [9, 9, 4, 7, 4, 7, 5, 4, 9, 5, 8];
  expect(frequentTokens(ids, 0, 2, 2)).toEqual([
    { id: 9, positions: [0, 1, 8] },
    { id: 4, positions: [2, 4, 7] },
  ]);
  expect(frequentTokens(ids, 2, 5, 2).map(({ id }) => id)).toEqual([4, 7, 5]);
  expect(frequentTokens(ids, 2, 5, 3)).toEqual([{ id: 4, positions: [2, 4, 7] }]);
  expect(frequentTokens(ids, 0, 5, 4)).toEqual([]);
});
