/**
 * Records what the Offload panel shows before anything is measured: `RECORD=1 npx playwright test --project=record
 * e2e/record-offload.ts`. It presses the panel's buttons on the CPU and keeps what the worker answered.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Page, test } from '@playwright/test';
import type { OffloadPolicyId } from '../src/offload/any-policy';
import { rowOf, type WrittenRow } from '../src/ui/state/offload';
import type { RecordedOffload } from '../src/ui/state/recorded-offload';
import { asFiles, storyMoe } from './model-files';
import { button, openPage } from './panel';
import { keepEvents, keptEvents, lastOf } from './worker-events';

const target = path.join(import.meta.dirname, '..', 'public', 'runs', 'offload.json');
const policies: readonly OffloadPolicyId[] = ['belady', 'pinned', 'predicted', 'ring', 'infmoe', 'on-demand'];

const repeats = 3;

async function press(page: Page, name: string): Promise<void> {
  await button(page, name).click();
  await page.waitForTimeout(300);
  await page.waitForFunction(() => !document.querySelector('[data-working]'), null, { timeout: 600_000 });
}

test('record a layer and a text under every policy of the Offload panel', async ({ page }) => {
  test.setTimeout(1_800_000);
  await keepEvents(page);
  // Eight slots for the 64 experts of story-moe, experts in memory, the least recently used one gives way.
  const values = { 'o.preset': 'device', 'o.model': 'file story-moe', temperature: '0', length: '96' };
  await openPage(page, { panel: 'offload', backend: 'cpu', ...values });
  await press(page, 'Measure');
  await page.getByLabel('Choose a model of your own').setInputFiles(asFiles(storyMoe()));
  await page.locator('[data-facts]').waitFor();
  const { model } = lastOf(await keptEvents(page), 'offloadOpened');
  const named = { ...model, id: 'story-moe' };
  // In rounds, so that a machine that changes its pace changes it for all; of each policy the round in the middle is kept.
  const rounds: WrittenRow[][] = [];
  for (let round = 0; round < repeats; round++) {
    const rows: (WrittenRow | null)[] = [];
    await page.getByLabel('Policy', { exact: true }).selectOption('lru');
    await press(page, 'Write beside all resident');
    const { comparison } = lastOf(await keptEvents(page), 'offloadCompared');
    const lru = comparison && rowOf(comparison.offloaded, 'lru', named);
    if (!lru || !comparison?.resident.tokensPerSecond) throw new Error('The text was too short to have a speed.');
    const resident = { policy: 'resident', slots: lru.experts, cost: null } as const;
    rows.push({ ...lru, ...resident, tokensPerSecond: comparison.resident.tokensPerSecond }, lru);
    for (const policy of policies) {
      await page.getByLabel('Policy', { exact: true }).selectOption(policy);
      await press(page, 'Write under the budget');
      rows.push(rowOf(lastOf(await keptEvents(page), 'offloadWritten').report, policy, named));
    }
    rounds.push(rows.filter((row) => row !== null));
  }
  const rows = (rounds[0] ?? []).map((_, index) => {
    const same = rounds.flatMap((round) => round[index] ?? []);
    return same.sort((a, b) => a.tokensPerSecond - b.tokensPerSecond)[Math.floor(same.length / 2)] as WrittenRow;
  });
  const { comparisons } = lastOf(await keptEvents(page), 'offloadLayerRuns');
  if (!comparisons) throw new Error('The layer was not run to its end.');
  const { place, layer, rows: layerRows } = comparisons;
  const recorded: RecordedOffload = {
    version: 1,
    made: { date: new Date().toISOString(), machine: place.adapter },
    layer: { place, layer, rows: layerRows.map(({ policy, makespans, error }) => ({ policy, makespans, error })) },
    rows,
  };
  const round = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
  writeFileSync(target, `${JSON.stringify(recorded, round)}\n`);
});
