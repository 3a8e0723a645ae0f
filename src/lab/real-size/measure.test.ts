/** A scaled shape is really decoded on WebAssembly; what is measured is consistent with itself. */
import { describe, expect, it } from 'vitest';
import { testEngine } from '../../cpu/parity';
import { costOf } from '../../graph/cost';
import { tokenGraph } from '../../model/graphs';
import { openHostRuntime } from '../../model/host-runtime';
import type { Runtime } from '../../model/runtime';
import { measureShape, type SpeedOptions } from './measure';
import { paperConfig, paperShapes, paperVocabulary } from './paper-shapes';
import { largestPlans } from './shape-plan';

const MiB = 2 ** 20;
const plans = largestPlans(
  paperShapes.map((shape) => paperConfig(shape, paperVocabulary)),
  4,
  { totalBytes: 16 * MiB },
);
const options: SpeedOptions = { tokens: 12, runs: 3, seed: 1, half: false };

describe('measureShape', () => {
  it.each(plans)('decodes a copy of the shape with $config.num_hidden_layers layers in 16 MiB', async (plan) => {
    const engine = await testEngine(1);
    const before = engine.bytes;
    let logits: Float32Array = new Float32Array();
    let used = 0;
    const speed = await measureShape(
      plan,
      async (config, weights) => {
        const runtime = openHostRuntime(engine, config, weights);
        await runtime.start([1, 2]);
        logits = await runtime.logits();
        used = engine.bytes - before;
        return runtime;
      },
      options,
    );
    expect(logits).toHaveLength(plan.config.vocab_size);
    expect(logits.every(Number.isFinite)).toBe(true);
    expect(new Set(logits).size).toBeGreaterThan(plan.config.vocab_size / 2);
    // What the plan says, less the copy of the largest weight, plus the commands of the program.
    expect(used).toBeGreaterThanOrEqual(plan.totalBytes - plan.largestBytes);
    expect(used).toBeLessThan(plan.totalBytes + MiB);
    expect(engine.bytes).toBe(before);
    if (!speed) throw new Error('Nothing was measured.');
    const { tokensPerSecond, runs, bytesPerToken, flopsPerToken } = speed;
    expect(runs).toHaveLength(3);
    expect(runs.toSorted((a, b) => a - b)).toEqual([
      tokensPerSecond.lowest,
      tokensPerSecond.median,
      tokensPerSecond.highest,
    ]);
    expect(tokensPerSecond.lowest).toBeGreaterThan(0);
    expect(speed.gigaflops).toBeCloseTo((flopsPerToken * tokensPerSecond.median) / 1e9, 9);
    expect(speed.gigabytesPerSecond).toBeCloseTo((bytesPerToken * tokensPerSecond.median) / 1e9, 9);
    // A token reads every weight but the rows of the embedding that it does not look up, and multiplies once with each.
    const embedding = plan.config.vocab_size * plan.config.hidden_size;
    expect(bytesPerToken).toBeGreaterThan(plan.weightBytes - 4 * embedding);
    expect(bytesPerToken).toBeLessThan(costOf(tokenGraph(plan.config).graph).bytesRead);
    expect(flopsPerToken).toBeGreaterThan(2 * (plan.parameters - embedding) * 0.99);
  });

  it('ends when stopped, without a measurement and with the model closed', async () => {
    const engine = await testEngine(1);
    const before = engine.bytes;
    const open = async (...given: Parameters<Parameters<typeof measureShape>[1]>): Promise<Runtime> =>
      openHostRuntime(engine, ...given);
    let asked = 0;
    const stopped = () => ++asked > 3;
    expect(await measureShape(plans[4] as (typeof plans)[number], open, { ...options, stopped })).toBeNull();
    expect(engine.bytes).toBe(before);
    // Asked 8 + 12 times until the first run that counts is complete.
    let later = 0;
    const afterOneRun = { ...options, stopped: () => ++later > 25 };
    const speed = await measureShape(plans[4] as (typeof plans)[number], open, afterOneRun);
    expect(speed?.runs).toHaveLength(1);
  });

  it('refuses more tokens than the context holds', async () => {
    const open = async (...given: Parameters<Parameters<typeof measureShape>[1]>): Promise<Runtime> =>
      openHostRuntime(await testEngine(1), ...given);
    await expect(measureShape(plans[4] as (typeof plans)[number], open, { ...options, tokens: 511 })).rejects.toThrow(
      '511 tokens do not fit the context behind the prefix: choose 1 to 510.',
    );
  });
});
