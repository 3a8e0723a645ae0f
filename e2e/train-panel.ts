/** What the tests do on the Train panel, and a recipe that is learned within seconds. */
import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import type { RunRecord } from '../src/lab/run-record';
import { button, openPage } from './panel';

/** Learns within seconds on the software adapter: characters, two layers of width 32. */
export const small = {
  't.vocabulary': 'characters',
  't.model.num_hidden_layers': '2',
  't.model.hidden_size': '32',
  't.model.num_attention_heads': '2',
  't.model.intermediate_size': '88',
  't.context': '32',
  't.batch': '8',
  't.steps': '60',
  't.warmup': '5',
  't.learningRate': '0.01',
  't.evaluateEvery': '20',
  't.heldOutTokens': '512',
  't.probeEvery': '0',
  't.sampleEvery': '20',
  't.sampleTokens': '24',
  't.snapshotEvery': '10',
};

export async function openTrain(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  await openPage(page, { panel: 'train', ...values });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How does a tiny language model learn?');
}

export const status = (page: Page): Locator => page.getByText(/^Step [\d,]+ of [\d,]+ · /);

/** The step that the run on the page has reached; 0 before there is one. */
export async function stepOf(page: Page): Promise<number> {
  const shown = (await status(page).count()) === 0 ? '' : await status(page).textContent();
  const [, digits = '0'] = /Step ([\d,]+)/.exec(shown ?? '') ?? [];
  return Number(digits.replaceAll(',', ''));
}

/** The run on the page, by way of the file it is saved to. */
export async function savedRun(page: Page): Promise<RunRecord> {
  const download = page.waitForEvent('download');
  await button(page, 'Save run').click();
  const { runs } = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
  return runs[0];
}
