import { expect, it } from 'vitest';
import { HeldOutWindows } from '../data/batches';
import { heldOutLoss } from './held-out-loss';

const windows = new HeldOutWindows(
  {
    ids: Uint16Array.from({ length: 201 }, (_, index) => index % 5),
    starts: [0],
    counts: { characters: Uint16Array.from([2, 2, 2, 2, 2]), continues: new Uint8Array(5) },
  },
  { context: 10, limit: 1000 },
);

/** Half a nat a token. */
const trainer = { score: async ({ counted }: { counted: number }) => counted / 2 };

it('is the mean over all held-out tokens, and bits by the characters they spell', async () => {
  const seen: number[] = [];
  const point = await heldOutLoss(
    trainer,
    windows,
    3,
    7,
    () => false,
    (done) => seen.push(done),
  );
  expect(point).toEqual({
    step: 7,
    heldOutLoss: 0.5,
    bitsPerCharacter: expect.closeTo(0.25 / Math.LN2, 12),
    tokens: 200,
    characters: 400,
  });
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

it('looks at one batch of a fresh model, and says how many tokens that were', async () => {
  expect(await heldOutLoss(trainer, windows, 3, 0, () => false)).toMatchObject({ heldOutLoss: 0.5, tokens: 30 });
});

it('is left between two batches, with none under way', async () => {
  let asked = 0;
  let open = 0;
  const slow = {
    score: async () => {
      asked += 1;
      open += 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
      open -= 1;
      return 1;
    },
  };
  expect(await heldOutLoss(slow, windows, 1, 7, () => asked >= 5)).toBeNull();
  expect([asked, open]).toEqual([5, 0]);
});
