/**
 * Records what the Quantise panel shows before anything is measured: `RECORD=1 npx playwright test --project=record
 * e2e/record-quantise.ts`. It presses the panel's buttons on the CPU and keeps what the worker answered.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Page, test } from '@playwright/test';
import type { RecordedQuantise } from '../src/ui/state/recorded-quantise';
import { openPage } from './panel';
import { keepEvents, keptEvents, lastOf } from './worker-events';

const target = path.join(import.meta.dirname, '..', 'public', 'runs', 'quantise.json');

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
  await page.waitForTimeout(300);
  await page.waitForFunction(() => !document.querySelector('[data-working]'), null, { timeout: 600_000 });
}

test('record the schemes, layers and ranges of the Quantise panel', async ({ page }) => {
  test.setTimeout(1_800_000);
  await keepEvents(page);
  await openPage(page, { panel: 'quantise', backend: 'cpu', 'q.scheme': 'int4-row' });
  await page.getByRole('region', { name: 'What is in it' }).waitFor();
  for (const name of ['Measure all schemes', 'Measure layers', 'Measure the shipped models']) await press(page, name);
  const events = await keptEvents(page);
  const rows = lastOf(events, 'schemesMeasured').rows ?? [];
  const recorded: RecordedQuantise = {
    version: 1,
    made: { date: new Date().toISOString(), machine: rows[0]?.adapter ?? '' },
    model: lastOf(events, 'quantiseOpened').model.id,
    rows: rows.map((row) => ({ ...row, selection: row.scheme === null ? null : 'glm' })),
    sensitivity: { scheme: 'int4-row', selection: 'glm', rows: lastOf(events, 'sensitivityMeasured').rows ?? [] },
    ranges: { scheme: 'int4-row', rows: lastOf(events, 'rangesCompared').rows ?? [] },
  };
  const round = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
  writeFileSync(target, `${JSON.stringify(recorded, round)}\n`);
});
