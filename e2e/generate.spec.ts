/** The Generate panel from the first token to the inspected one. The tests share one page and follow each other. */
import { expect, type Page, test } from '@playwright/test';
import {
  alternatives,
  badge,
  button,
  ended,
  inspector,
  openPage,
  runToEnd,
  textRegion,
  tokens,
  wholeText,
  writtenTokens,
} from './panel';

test.describe.configure({ mode: 'serial' });

let page: Page;
const prompt = 'Lily had a red ball.';

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await openPage(page, { prompt, length: '24', seed: '5' });
});

test.afterAll(async () => {
  await page.close();
});

test('a run asked for while the model loads writes tokens, tinted and named', async () => {
  await runToEnd(page);
  expect(await wholeText(page)).toMatch(/^Lily had a red ball\./);
  const written = writtenTokens(page);
  expect(await written.count()).toBeGreaterThan(0);
  await expect(written.first()).toHaveAttribute('data-step', /^[0-4]$/);
  await expect(written.first()).toHaveAccessibleName(/, (< )?[\d.]+\s%$/u);
});

test('the badge names the adapter and says that it is software', async () => {
  await expect(badge(page)).toContainText('GPU · SwiftShader');
  await expect(badge(page)).toContainText('software');
  await expect(badge(page)).toContainText(/[KM]iB/);
  await badge(page).click();
  await expect(page.locator('#device-details')).toContainText('The GPU was chosen.');
  await expect(page.getByText('packed dot products')).toBeVisible();
  await page.keyboard.press('Escape');
});

test('the same seed writes the same text, Run alone the next one', async () => {
  const first = await wholeText(page);
  await button(page, 'Same seed again').click();
  await ended(page);
  expect(await wholeText(page)).toBe(first);
  await expect(page.getByLabel('Seed')).toHaveValue('5');
  await runToEnd(page);
  await expect(page.getByLabel('Seed')).toHaveValue('6');
  expect(await wholeText(page)).not.toBe(first);
});

test('a selected token shows ten alternatives, its entropy, attention and what each layer would have said', async () => {
  await writtenTokens(page).nth(3).click();
  await expect(alternatives(page)).toHaveCount(10);
  await expect(inspector(page)).toContainText(/Entropy [\d.]+\sbit/u);
  await expect(inspector(page).getByLabel('Layer')).toBeVisible();
  await expect(inspector(page).getByRole('list', { name: 'Most attention' }).getByRole('listitem')).toHaveCount(8);
  const lens = inspector(page).getByRole('table');
  const layers = await inspector(page).getByLabel('Layer').locator('option').count();
  await expect(lens.locator('tbody tr')).toHaveCount(layers);
});

test('attention is drawn over the text for the layer and head that are chosen', async () => {
  await inspector(page).getByLabel('Layer').selectOption('2');
  await inspector(page).getByLabel('Head').selectOption('1');
  await inspector(page).getByLabel('Draw over the text').check();
  await expect(tokens(page).first()).toHaveAccessibleName(/attention/);
  const shares = await textRegion(page)
    .locator('[data-weight]')
    .evaluateAll((all) => all.map((token) => Number(token.dataset.weight)));
  expect(Math.max(...shares)).toBeCloseTo(1, 5);
  await inspector(page).getByLabel('Draw over the text').uncheck();
  await expect(tokens(page).last()).not.toHaveAccessibleName(/attention/);
});

test('arrow keys move between tokens and Enter selects', async () => {
  await writtenTokens(page).first().click();
  const before = await page.locator('[data-position]:focus').getAttribute('data-position');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  const selected = textRegion(page).locator('[aria-pressed="true"]');
  await expect(selected).toBeFocused();
  expect(Number(await selected.getAttribute('data-position'))).toBeGreaterThan(Number(before));
  await page.keyboard.press('Home');
  await expect(tokens(page).first()).toBeFocused();
  expect(await textRegion(page).locator('[tabindex="0"]').count()).toBe(1);
});

test('another alternative takes the place of the token and the text goes on from there', async () => {
  await writtenTokens(page).nth(2).click();
  const position = Number(await textRegion(page).locator('[aria-pressed="true"]').getAttribute('data-position'));
  const before = await wholeText(page);
  const other = alternatives(page).filter({ hasNotText: 'chosen' }).first();
  await other.click();
  await ended(page);
  const after = await wholeText(page);
  expect(after).not.toBe(before);
  expect(after.startsWith(prompt)).toBe(true);
  expect(Number(await tokens(page).last().getAttribute('data-position'))).toBeGreaterThan(position);
});

test('continue goes on after the last token, and says why when it cannot', async () => {
  await page.getByLabel('Seed').fill('5');
  await page.getByLabel('Length').fill('6');
  await runToEnd(page);
  const before = await wholeText(page);
  const next = button(page, 'Continue');
  if (await next.isEnabled()) {
    await next.click();
    await ended(page);
    expect((await wholeText(page)).startsWith(before)).toBe(true);
    expect((await wholeText(page)).length).toBeGreaterThan(before.length);
  } else {
    await expect(page.getByText('The model closed the document.')).toBeVisible();
  }
});

test('stop ends the run and keeps what was written', async () => {
  await page.getByLabel('Length').fill('240');
  await page.getByLabel('Temperature').fill('1.5');
  await button(page, 'Run').click();
  // At once: the text may be over before anything else has been looked at.
  await button(page, 'Stop').click();
  await expect(page.getByText(/written: (stopped|the model closed)/)).toBeVisible();
  expect((await wholeText(page)).startsWith(prompt)).toBe(true);
});

test('a double click on Run runs and does not stop', async () => {
  await page.getByLabel('Length').fill('48');
  await button(page, 'Run').dblclick();
  await ended(page);
  await expect(page.getByText(/written: stopped/)).toHaveCount(0);
});

test('other weights load the model again: the text stays to be read, and a run goes on from there', async () => {
  const before = await wholeText(page);
  await button(page, 'f32').click();
  await expect(page.getByText('The model was loaded since: run first.')).toBeVisible();
  expect(await wholeText(page)).toBe(before);
  await expect(button(page, 'Continue')).toBeDisabled();
  await runToEnd(page);
  await expect(page.getByText('The model was loaded since: run first.')).toHaveCount(0);
  await button(page, 'as stored').click();
});

test('a text that runs from right to left does so here', async () => {
  await page.getByLabel(/Text that the model goes on with/).fill('كان يا ما كان');
  await page.getByLabel('Length').fill('4');
  await runToEnd(page);
  const [start, second] = await Promise.all([0, 1].map((index) => tokens(page).nth(index).boundingBox()));
  expect(start?.x).toBeGreaterThan(second?.x ?? Number.POSITIVE_INFINITY);
});

test('an empty prompt lets the model start a document by itself', async () => {
  await page.getByLabel(/Text that the model goes on with/).fill('');
  await page.getByLabel('Temperature').fill('0.8');
  await page.getByLabel('Length').fill('12');
  await runToEnd(page);
  expect(await writtenTokens(page).count()).toBeGreaterThan(0);
  await expect(textRegion(page).locator('[data-prompt="true"]')).toHaveCount(1);
});

test('a character split over byte tokens is shown whole', async () => {
  await page.getByLabel(/Text that the model goes on with/).fill('🦊龘');
  await runToEnd(page);
  await tokens(page).filter({ hasText: '🦊' }).click();
  await expect(inspector(page)).toContainText('This character took 4 tokens');
  await expect(inspector(page)).toContainText('What the model would have said here');
});

test('100,000 pasted characters: the page says how many tokens they are and what is kept', async () => {
  const long = 'Tom had a blue kite. '.repeat(4762);
  await page.getByLabel(/Text that the model goes on with/).fill(long);
  await expect(page.getByText(/too long for the address/)).toBeVisible();
  await runToEnd(page);
  await expect(
    page.getByText(/The prompt is [\d,]+ tokens long, the model reads 256 with what it writes\. The last \d+ are kept/),
  ).toBeVisible();
  await expect(page.getByLabel(/Text that the model goes on with/)).toHaveValue(long);
  expect(page.url().length).toBeLessThan(300);
});

test('every chart has its sentence, a table and exports', async () => {
  for (const title of ['Tokens per second', 'Time to first token', 'Time by kernel', 'Memory by kind']) {
    const chart = page.getByRole('figure', { name: title });
    await chart.scrollIntoViewIfNeeded();
    await expect(chart.locator('svg').first()).toBeVisible();
    await chart.getByRole('button', { name: `Show “${title}” as a table` }).click();
    await expect(chart.getByRole('table')).toBeVisible();
    const download = page.waitForEvent('download');
    await chart.getByRole('button', { name: `Download “${title}” as CSV` }).click();
    expect((await download).suggestedFilename()).toMatch(/\.csv$/);
    await chart.getByRole('button', { name: `Show “${title}” as a chart` }).click();
    for (const format of ['SVG', 'PNG']) {
      const picture = page.waitForEvent('download');
      await chart.getByRole('button', { name: `Download “${title}” as ${format}` }).click();
      expect((await picture).suggestedFilename()).toMatch(/\.(svg|png)$/);
    }
  }
});

test('the address restores every value on a fresh page', async ({ browser }) => {
  const values = {
    prompt: '从前',
    temperature: '0',
    'top-k': '7',
    'top-p': '0.5',
    length: '9',
    seed: '77',
    kernels: 'naive',
  };
  const fresh = await browser.newPage();
  await openPage(fresh, values);
  await expect(fresh.getByLabel(/Text that the model goes on with/)).toHaveValue('从前');
  await expect(fresh.getByLabel('Temperature')).toHaveValue('0');
  await expect(fresh.getByLabel('Top-k')).toHaveValue('7');
  await expect(fresh.getByLabel('Top-p')).toHaveValue('0.5');
  await expect(fresh.getByLabel('Seed')).toHaveValue('77');
  await expect(fresh.getByLabel('Kernels')).toHaveValue('naive');
  await fresh.getByLabel('Seed').fill('78');
  await expect.poll(() => new URLSearchParams(new URL(fresh.url()).hash.slice(1)).get('seed')).toBe('78');
  await fresh.close();
});

test('a value that is written into the address late does not overwrite where a person has gone since', async ({
  browser,
}) => {
  const fresh = await browser.newPage();
  await openPage(fresh, { seed: '77' });
  await fresh.getByLabel('Seed').fill('78');
  // As after going back: the address is another already, the event that tells of it has not arrived.
  await fresh.evaluate(() => history.pushState(null, '', '#v=1&seed=5'));
  await fresh.waitForTimeout(600);
  expect(new URLSearchParams(new URL(fresh.url()).hash.slice(1)).get('seed')).toBe('5');
  await fresh.close();
});
