/** The Train panel: a small model learns in the tab, waits, survives a reload, is tried, saved and had back. */
import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page, test } from '@playwright/test';
import type { RunFile } from '../src/lab/run-record';
import { button, runToEnd } from './panel';
import { openTrain, small, status as statusOf, stepOf } from './train-panel';

test.describe.configure({ mode: 'serial' });

/** Nats a token; a fresh model of these characters starts near 4. */
const bound = 3.2;

let page: Page;

const open = (values: Readonly<Record<string, string>>) => openTrain(page, values);
const status = (): Locator => statusOf(page);
const step = () => stepOf(page);
const loss = (): Locator => page.getByRole('figure', { name: 'Loss', exact: true });
const field = (name: string): Locator => page.getByRole('textbox', { name, exact: true });

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage({ acceptDownloads: true });
});

test.afterAll(async () => {
  await page.close();
});

test('every preset says what it is for and gives the reason for its values', async () => {
  await open({});
  const preset = page.getByLabel('Start from');
  const names = await preset.locator('option').allTextContents();
  expect(names).toContain('Learning rate too high');
  for (const name of names) {
    await preset.selectOption({ label: name });
    await page.getByText('Why these values').click();
    await expect(page.locator('dl dd').first()).not.toBeEmpty();
  }
});

test('a wrong value keeps what was typed, says what to do, and takes the focus when run', async () => {
  await open({});
  await field('Context (T)').fill('many');
  await expect(page.getByText('context is "many": choose a whole number from 4 to 4096.')).toBeVisible();
  await button(page, 'Run').click();
  await expect(field('Context (T)')).toBeFocused();
  await expect(page.getByText(/1 field does not fit/)).toBeVisible();
  await expect.poll(() => new URL(page.url()).hash).toContain('t.context=many');
  await field('Context (T)').fill('64');
  await expect(page.getByText('context is "many"')).toBeHidden();
});

test('a wrong value in a fold is found there', async () => {
  await open({ 't.beta2': '2' });
  await expect(page.getByText('1 to mend')).toBeVisible();
  await button(page, 'Run').click();
  await expect(field('β₂')).toBeFocused();
});

test('the cost is there before anything runs, and follows the form', async () => {
  await open(small);
  const cost = page.getByRole('region', { name: 'Cost before it runs' });
  await button(page, 'Count exactly').click();
  await expect(cost).toContainText(/Counted: \d+ tokens in the vocabulary/, { timeout: 60_000 });
  await expect(cost.locator('dd').first()).toHaveText(/^[\d.,]+\s?k?$/u);
});

test('a model learns from the stories, and the charts show it', async () => {
  await button(page, 'Run').click();
  await expect(status()).toHaveText(/done/, { timeout: 80_000 });
  await expect(loss()).toContainText(/Training loss is [\d.]+ nats a token, held-out [\d.]+; no model can get below/);
  const sentence = (await loss().locator('figcaption').textContent()) ?? '';
  expect(Number(/held-out ([\d.]+\d)/.exec(sentence)?.[1])).toBeLessThan(bound);
  await expect(loss().locator('svg').first()).toBeVisible();
  await expect(
    page.getByRole('region', { name: 'Its own words over time' }).getByRole('listitem').first(),
  ).toContainText('step 60');
  await button(page, 'in bits per character').click();
  await expect(loss()).toContainText(/Held-out loss is [\d.]+ bits per character/);
  await button(page, 'in nats a token').click();
});

let saved: RunFile;

test('the run is saved, dropped, and run again to the same bits', async () => {
  const download = page.waitForEvent('download');
  await button(page, 'Save run').click();
  const path = await (await download).path();
  saved = JSON.parse(readFileSync(path, 'utf8'));
  expect(saved.runs[0]?.curves.steps).toHaveLength(60);
  await open({});
  await page.getByLabel('Open recipe or run').setInputFiles({
    name: 'run.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(saved)),
  });
  await expect(field('Context (T)')).toHaveValue('32');
  await button(page, 'Run again and check').click();
  await expect(page.getByText(/the same, to the last bit/)).toBeVisible({ timeout: 80_000 });
});

test('a run is paused, taken step by step, changed, and the charts mark where', async () => {
  await open({ ...small, 't.steps': '4000' });
  await button(page, 'Run').click();
  await expect.poll(step, { timeout: 60_000 }).toBeGreaterThan(3);
  await button(page, 'Pause').click();
  await expect(status()).toHaveText(/paused/);
  const before = await step();
  await button(page, 'Single step').click();
  await expect.poll(step).toBe(before + 1);
  await page.getByRole('slider', { name: 'Learning rate' }).press('ArrowLeft');
  await button(page, 'Single step').click();
  await expect.poll(step).toBe(before + 2);
  await expect(loss().getByText(/^lr 0\.0/)).toBeVisible();
});

test('the model is tried in the Generate panel while it waits', async () => {
  await button(page, 'Try it').click();
  await expect(page.getByRole('radio', { name: /trained here, step/ })).toBeChecked({ timeout: 60_000 });
  await page.getByLabel('Text that the model goes on with').fill('Tom');
  await runToEnd(page);
  await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
  await expect(status()).toHaveText(/paused/);
});

test('after a reload the run is offered, goes on, and is cancelled with its results kept', async () => {
  const before = await step();
  await button(page, 'Continue').click();
  await expect.poll(step, { timeout: 60_000 }).toBeGreaterThan(before + 12);
  await page.reload();
  const offer = page.getByRole('region', { name: 'A run that was cut off' });
  await expect(offer).toContainText(/was cut off at step \d+ of 4,000/);
  await offer.getByRole('button', { name: 'Go on' }).click();
  await expect(status()).toHaveText(/running/, { timeout: 60_000 });
  await expect.poll(step, { timeout: 60_000 }).toBeGreaterThan(before);
  await button(page, 'Cancel and keep').click();
  await expect(status()).toHaveText(/cancelled/);
  const downloads: string[] = [];
  page.on('download', (download) => downloads.push(download.suggestedFilename()));
  await button(page, 'Save model').click();
  await expect.poll(() => downloads.toSorted()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
});

for (const [name, buffer, sentence] of [
  ['short.txt', Buffer.from('Too short.'), /short\.txt has 10 characters: give at least 1,000/],
  ['picture.txt', Buffer.concat([Buffer.alloc(2000, 'a'), Buffer.from([0, 1])]), /picture\.txt holds zero bytes/],
  ['latin.txt', Buffer.concat([Buffer.alloc(2000, 'a'), Buffer.from([0xe9, 0x20])]), /latin\.txt is not UTF-8/],
  ['large.txt', Buffer.alloc(20_000_001, 'a'), /large\.txt has 20\s?MB: cut it/u],
] as const) {
  test(`${name} is refused in a sentence`, async () => {
    await button(page, 'your file').click();
    await page.getByLabel('Choose a text').last().setInputFiles({ name, mimeType: 'text/plain', buffer });
    const alert = page.getByRole('alert');
    await expect(alert).toHaveText(sentence);
    await alert.getByRole('button', { name: 'Dismiss' }).click();
  });
}

test('a recipe of a newer version is refused in a sentence', async () => {
  await page.getByLabel('Open recipe or run').setInputFiles({
    name: 'recipe.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"schemaVersion": 99}'),
  });
  await expect(page.getByRole('alert')).toContainText('made by a newer page');
});

test('experts learn in the tab too: batches that cannot be shared out are refused with those that can', async () => {
  const experts = { ...small, 't.model.num_experts': '4', 't.steps': '40' };
  await open({ ...experts, 't.batch': '1', 't.context': '30' });
  await button(page, 'Run').click();
  await expect(page.getByText(/cannot be shared equally|multiple of 4/).first()).toBeVisible();
  await open(experts);
  await button(page, 'Run').click();
  await expect(status()).toHaveText(/done/, { timeout: 80_000 });
  const sentence = (await loss().locator('figcaption').textContent()) ?? '';
  expect(Number(/held-out ([\d.]+\d)/.exec(sentence)?.[1])).toBeLessThan(3.6);
});
