import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recipeProblems } from '../../train/recipe';
import { exampleRecipe } from '../run-example';
import { smallMismatch, solveBudget, targetOf } from './budget';
import { freeFields, type Hold, heldQuantities } from './experiment';
import { anyRecipe } from './experiment-arbitrary';
import { quantities } from './quantities';

const vocabulary = 70;

const anyHold = fc.record({
  quantity: fc.constantFrom(...heldQuantities),
  free: fc.constantFrom(...freeFields),
  target: fc.constant(null),
});

/** A budget around what the base has. */
const anyBudget = fc
  .tuple(anyRecipe, anyHold, fc.double({ min: 0.2, max: 5, noNaN: true }))
  .map(([base, hold, factor]) => {
    const target = factor * targetOf(hold, base, vocabulary);
    return { base, hold: { ...hold, target } satisfies Hold, target };
  });

describe('solveBudget', () => {
  it('is never over the budget, and the next size is', () => {
    fc.assert(
      fc.property(anyBudget, ({ base, hold, target }) => {
        const solution = solveBudget(base, [], hold, vocabulary);
        if (solution.kind === 'unsolved') return;
        const { recipe, quantity, mismatch, excess } = solution;
        expect(quantity).toBe(quantities[hold.quantity](recipe, vocabulary));
        expect(quantity).toBeLessThanOrEqual(target);
        expect(mismatch).toBeCloseTo(1 - quantity / target, 12);
        expect(excess).toBeGreaterThan(0);
        // Where sizes come in steps of at most 2 % of the budget, less than that remains.
        if ((excess ?? 0) + mismatch <= smallMismatch) expect(mismatch).toBeLessThan(smallMismatch);
        expect(recipeProblems(recipe)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('says with numbers why there is no such size', () => {
    fc.assert(
      fc.property(anyBudget, ({ base, hold }) => {
        const solution = solveBudget(base, [], { ...hold, target: 1 }, vocabulary);
        expect(solution).toMatchObject({ kind: 'unsolved' });
      }),
    );
    const hold: Hold = { quantity: 'parameters', free: 'model.hidden_size', target: 1000 };
    expect(solveBudget(exampleRecipe(), [{ key: 'depth', value: 40 }], hold, vocabulary)).toEqual({
      kind: 'unsolved',
      problems: [
        'With depth 40, even a hidden_size of 4 needs 7.29 k parameters, over the 1 k parameters: raise the budget to that, or choose smaller values.',
      ],
    });
  });

  it('finds a size that is no smaller for a larger budget', () => {
    fc.assert(
      fc.property(anyBudget, fc.double({ min: 1, max: 2, noNaN: true }), ({ base, hold, target }, factor) => {
        const small = solveBudget(base, [], hold, vocabulary);
        const large = solveBudget(base, [], { ...hold, target: target * factor }, vocabulary);
        if (small.kind === 'unsolved') return;
        expect(large.kind === 'solved' && large.value).toBeGreaterThanOrEqual(small.value);
      }),
    );
  });

  it('finds what a search through all sizes finds', () => {
    const base = exampleRecipe();
    for (const free of freeFields) {
      const hold: Hold = { quantity: 'flops', free, target: 40_000 };
      const solution = solveBudget(base, [], hold, vocabulary);
      const found = solution.kind === 'solved' ? solution.value : 0;
      const step = { 'model.hidden_size': 4, 'model.num_hidden_layers': 1, 'model.intermediate_size': 8 }[free];
      const at = (value: number) => {
        const F = free === 'model.hidden_size' ? Math.max(8, 8 * Math.round((2 * value) / 8)) : 32;
        const model = { ...base.model, intermediate_size: F, [free.slice('model.'.length)]: value };
        return quantities.flops({ ...base, model }, vocabulary);
      };
      const within = Array.from({ length: 60 }, (_, index) => (index + 1) * step).filter((size) => at(size) <= 40_000);
      expect(found).toBe(Math.max(...within));
    }
  });

  it('keeps heads even and F a multiple of 8, and arranges what follows from the width', () => {
    const base = exampleRecipe();
    const hold: Hold = { quantity: 'parameters', free: 'model.hidden_size', target: 60_000 };
    const settings = [
      { key: 'expansion', value: 3 },
      { key: 'shortcut', value: 1 / 4 },
      { key: 'heads', value: 6 },
    ] as const;
    const solution = solveBudget(base, settings, hold, vocabulary);
    if (solution.kind === 'unsolved') throw new Error(solution.problems.join());
    const { hidden_size: C, intermediate_size: F, shortcut_size: R, num_attention_heads: H } = solution.recipe.model;
    expect([C % 12, H, F, R]).toEqual([0, 6, 8 * Math.round((3 * C) / 8), Math.round(C / 4)]);
    const heads = solveBudget(base, [{ key: 'headSize', value: 24 }], hold, vocabulary);
    expect(heads.kind === 'solved' && heads.value % 24).toBe(0);
    expect(heads.kind === 'solved' && heads.recipe.model.num_attention_heads * 24).toBe(
      heads.kind === 'solved' && heads.value,
    );
  });

  it('gives the base itself for its own budget', () => {
    for (const quantity of heldQuantities) {
      for (const free of freeFields) {
        const solution = solveBudget(exampleRecipe(), [], { quantity, free, target: null }, vocabulary);
        expect(solution).toMatchObject({ kind: 'solved', mismatch: 0, recipe: exampleRecipe() });
      }
    }
  });

  it('reports what is wrong with a setting before it searches', () => {
    const hold: Hold = { quantity: 'parameters', free: 'model.num_hidden_layers', target: null };
    expect(solveBudget(exampleRecipe(), [{ key: 'headSize', value: 12 }], hold, vocabulary)).toMatchObject({
      problems: ['A head of size 12 does not divide a width of 16 into even sizes: choose 8 or 16.'],
    });
    expect(solveBudget(exampleRecipe(), [{ key: 'kvHeads', value: 3 }], hold, vocabulary)).toMatchObject({
      problems: ['model.num_key_value_heads is 3, which does not divide num_attention_heads 2: choose a divisor.'],
    });
  });

  it('stops at the largest size that the schema allows', () => {
    const hold: Hold = { quantity: 'parameters', free: 'model.num_hidden_layers', target: 1e12 };
    expect(solveBudget(exampleRecipe(), [], hold, vocabulary)).toMatchObject({ value: 1024, excess: null });
  });
});

describe('a budget by depth', () => {
  /** PanGu-π Pro, Table 1, with the sizes that reproduce it: width 1792, heads of 128, F 4864, untied. */
  it("reproduces the share of embedding and head in PanGu-π Pro's Table 1 by solving the depth for one budget", () => {
    const base = exampleRecipe({
      model: {
        ...exampleRecipe().model,
        hidden_size: 1792,
        num_attention_heads: 14,
        intermediate_size: 4864,
        tie_word_embeddings: false,
      },
    });
    // Between 972.6 M, what 32k need for 22 layers, and 985.5 M, what 100k would need for 16.
    const hold: Hold = { quantity: 'parameters', free: 'model.num_hidden_layers', target: 980e6 };
    const table = [
      [8000, 24, 2.97],
      [16_000, 23, 6.01],
      [32_000, 22, 11.79],
      [48_000, 20, 18.07],
      [72_000, 18, 26.88],
      [100_883, 15, 38.19],
    ] as const;
    for (const [size, depth, share] of table) {
      const solution = solveBudget(base, [], hold, size);
      if (solution.kind === 'unsolved') throw new Error(solution.problems.join());
      expect(solution.value).toBe(depth);
      expect(Math.abs((100 * 2 * size * 1792) / solution.quantity - share)).toBeLessThanOrEqual(0.02);
    }
  });
});
