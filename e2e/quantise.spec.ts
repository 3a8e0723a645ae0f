/** The Quantise panel: a scheme measured, a matrix looked into, both texts side by side, and the quantised model opened again. On the CPU. */
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { type Download, expect, type Locator, type Page, test } from '@playwright/test';
import { asFiles, type Contents, storyNano, withConfig } from './model-files';
import { button, modelReady, openPage, runToEnd, wholeText } from './panel';

test.describe.configure({ mode: 'serial' });

const prompt = 'On Tuesday, Paul could not find his red water gun.';
const start = { panel: 'quantise', backend: 'cpu', temperature: '0', length: '24' };
const heading = 'How few bits does a weight need?';

let page: Page;
let exported: readonly Download[] = [];
let quantisedText = '';

const card = (name: string): Locator => page.getByRole('region', { name, exact: true });
const contents = (): Locator => card('What is in it');
const results = (): Locator => card('What it costs and what it saves');
const row = (scheme: string, activations = 'f32'): Locator =>
  results().locator(`tr[data-scheme="${scheme}"][data-activations="${activations}"]`);
const scheme = (name: string): Locator => page.getByRole('radio', { name, exact: true });
const written = (name: string): Locator => page.getByRole('figure', { name, exact: true }).locator('[data-written]');
const idle = () => expect(page.locator('[data-working]')).toHaveCount(0, { timeout: 80_000 });

async function open(values: Readonly<Record<string, string>> = start): Promise<void> {
  await openPage(page, values);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
  await expect(contents()).toContainText('matrices');
}

async function downloads(many: number, action: () => Promise<void>): Promise<readonly Download[]> {
  const found: Download[] = [];
  const listen = (download: Download) => found.push(download);
  page.on('download', listen);
  await action();
  await expect.poll(() => found.length).toBe(many);
  page.off('download', listen);
  return found;
}

async function give(label: string, files: Contents): Promise<void> {
  await page.getByLabel(label).setInputFiles(asFiles(files));
}

async function exportedFiles(): Promise<Contents> {
  const read = async (name: keyof Contents) => {
    const file = exported.find((download) => download.suggestedFilename() === name);
    return [name, readFileSync((await file?.path()) ?? '')] as const;
  };
  return Object.fromEntries(
    await Promise.all([read('config.json'), read('model.safetensors'), read('tokenizer.json')]),
  );
}

test.beforeAll(async ({ browser }) => {
  page = await (await browser.newContext()).newPage();
});

test.afterAll(async () => {
  await page.context().close();
});

test('the tab stands behind Architecture, and a model, schemes and what they save are shown at once', async () => {
  await open();
  await expect(page.getByRole('navigation').getByRole('link')).toHaveText([
    'Generate',
    'Tokenizer',
    'Train',
    'Architecture',
    'Quantise',
    'Offload',
    'Runs',
    'Device',
  ]);
  await expect(contents()).toContainText(/514.k parameters, 37 matrices/);
  await expect(page.getByRole('radio')).toHaveCount(11);
  await expect(scheme('INT4 row (GLM-130B, App. B.7)')).toBeChecked();
  const saving = card('What the scheme saves');
  await expect(saving).toContainText(/Quantised weights69.%/);
  await scheme('INT4 block 32 (ours)').check();
  await expect(saving).toContainText('5.09');
  await button(page, 'all').click();
  await expect(saving).toContainText(/Quantised weights9\d.%/);
  await scheme('INT4 row (GLM-130B, App. B.7)').check();
  await button(page, 'GLM’s four').click();
});

test('f32 and INT4 write from one prompt, and the first token that differs is marked', async () => {
  await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
  await button(page, 'Write with both').click();
  await expect(page.getByRole('figure', { name: 'Quantised', exact: true })).toContainText('24 tokens');
  await expect(page.getByText(/They part at token \d+, which is marked/)).toBeVisible();
  await expect(page.locator('mark')).toHaveCount(2);
  const [before, after] = await page.locator('mark').allTextContents();
  expect(before).not.toBe(after);
  quantisedText = (await written('Quantised').textContent()) ?? '';
  expect(quantisedText).not.toBe(await written('As stored').textContent());
});

test('the table says what INT8 and INT4 cost, row by row, with intervals and paired differences', async () => {
  await button(page, 'Measure').click();
  await expect(row('stored')).toBeVisible({ timeout: 60_000 });
  await idle();
  await expect(results()).toContainText('Measured here, on CPU');
  await expect(results().locator('tbody tr')).toHaveCount(3);
  await expect(row('stored')).toContainText(/0\.\d{3}\s*0\.\d{3} to 0\.\d{3}/);
  await expect(row('int8-row').getByText('not distinguishable').first()).toBeVisible();
  // Bits a character and questions right, each with its interval; then bytes in memory and in the file, and tokens a second.
  await expect(row('int4-row')).toContainText(/\+0\.\d{3}/);
  await expect(row('int4-row')).toContainText(/\d+.% to \d+.%/);
  await expect(row('int4-row')).toContainText(/\d+.KiB\s*505.KiB\s*[\d,]+$/);
});

test('int8 activations stand in rows of their own beside those with f32', async () => {
  await button(page, 'int8').click();
  await expect(page.getByText('Something was changed since: write again')).toBeVisible();
  await button(page, 'Measure').click();
  await expect(row('int8-row', 'int8')).toBeVisible({ timeout: 60_000 });
  await idle();
  await expect(row('int4-row', 'int8')).toContainText('int8 activations');
  await expect(results().locator('tbody tr')).toHaveCount(5);
  await button(page, 'f32').click();
});

test('a measurement is cancelled, and the rows that were there stay', async () => {
  await button(page, 'Measure all schemes').click();
  await expect(page.getByText(/Scoring held-out text · [1-9]/)).toBeVisible({ timeout: 60_000 });
  await button(page, 'Cancel').click();
  await idle();
  await expect(button(page, 'Measure')).toBeEnabled();
  await expect(row('int4-row')).toBeVisible();
});

test('a matrix is drawn with the levels of a row, and its integers are counted', async () => {
  const chart = page.getByRole('figure', { name: 'Weights and levels' });
  await chart.scrollIntoViewIfNeeded();
  await page.getByLabel('Matrix', { exact: true }).selectOption('model.layers.1.mlp.down_proj.weight');
  await expect(chart).toContainText(/the 15 values that a weight of this row can become under INT4 row/);
  await page.getByLabel('Row', { exact: true }).fill('5');
  await expect(chart).toContainText('those of row 5');
  await page.getByLabel('Row', { exact: true }).fill('96');
  await expect(page.getByText('Give a whole number from 0 to 95.')).toBeVisible();
  await button(page, 'The farthest').click();
  await expect(chart).not.toContainText('those of row 5,');
  const integers = card('What the integers are used for');
  await expect(integers.getByRole('row')).toHaveCount(16);
  await button(page, 'Show “Weights and levels” as a table').click();
  expect(await chart.getByRole('row').count()).toBe(65);
  await button(page, 'Show “Weights and levels” as a chart').click();
  await scheme('INT8 row (GLM-130B, App. B.7)').check();
  await expect(chart).toContainText('the 255 values');
  await expect(integers.getByRole('row')).toHaveCount(256);
  const error = card('One matrix, weight by weight').locator('[data-figure="relative"]');
  await expect(error).toContainText(/0\.\d\d.%/);
  await scheme('INT4 row, zero point (GLM-130B, App. B.7)').check();
  await expect(integers.getByRole('row')).toHaveCount(17);
  await scheme('INT4 row (GLM-130B, App. B.7)').check();
  await expect(error).toContainText(/1\d\.\d.%/);
});

test('errors stand by layer and kind, on weights and on the activations of a text', async () => {
  await button(page, 'Measure the errors').click();
  const heat = card('Errors by layer and kind');
  await expect(heat.getByRole('row')).toHaveCount(5);
  await expect(page.getByText(/Measured here: INT4 row\. The largest error is [\d.]+.%, in .* of layer/)).toBeVisible();
  await expect(heat).toContainText('together');
  await button(page, 'on activations').click();
  await expect(heat).not.toContainText('together');
  await page.getByText('All 32 matrices').click();
  await expect(card('Table of errors by matrix').getByRole('row')).toHaveCount(33);
  await scheme('INT4 block 32 (ours)').check();
  await expect(card('Where the error is')).toContainText('Scheme or matrices were changed since');
  await scheme('INT4 row (GLM-130B, App. B.7)').check();
});

test('each layer alone is measured beside all of them, and comes out as CSV', async () => {
  const chart = page.getByRole('figure', { name: 'If only one layer is quantised' });
  await chart.scrollIntoViewIfNeeded();
  await button(page, 'Measure layers').click();
  await expect(chart).toContainText(/layer \d costs the most/, { timeout: 60_000 });
  await idle();
  await expect(chart).toContainText(/add up to .*, all together cost/);
  const [file] = await downloads(1, () => button(page, 'Download “If only one layer is quantised” as CSV').click());
  const rows = readFileSync((await file?.path()) ?? '', 'utf8')
    .trim()
    .split('\r\n');
  expect(rows).toHaveLength(6);
});

test('the shipped models are held against GLM’s explanation', async () => {
  await button(page, 'Measure the shipped models').click();
  const chart = page.getByRole('figure', { name: 'Do far-reaching weights explain the loss?' });
  await expect(chart.getByRole('region', { name: 'Table of shipped models' }).getByRole('row')).toHaveCount(4, {
    timeout: 85_000,
  });
  await expect(chart).toContainText(/Seen here|Not seen here|Not decided here|Not clear here/);
});

test('the quantised model is exported, and opened on the Generate panel it writes the same text', async () => {
  exported = await downloads(4, () => button(page, 'Export model').click());
  expect(exported.map((file) => file.suggestedFilename()).sort()).toEqual([
    'card.md',
    'config.json',
    'model.safetensors',
    'tokenizer.json',
  ]);
  const files = await exportedFiles();
  expect(JSON.parse(files['config.json']?.toString() ?? '')).toHaveProperty('quantization_config');
  expect(files['model.safetensors']?.length).toBeLessThan(storyNano()['model.safetensors'].length / 1.9);
  await openPage(page, { ...start, panel: 'generate', prompt });
  await modelReady(page);
  await give('Choose files', files);
  await expect(page.getByRole('radio', { name: /own model/i })).toBeChecked();
  await modelReady(page);
  await runToEnd(page);
  expect(await wholeText(page)).toBe(prompt + quantisedText);
});

test('a model of integers is refused by every scheme, with one sentence', async () => {
  await open();
  await give('Choose a model of your own', await exportedFiles());
  await expect(contents()).toContainText('matrices');
  await expect(page.getByText(/matrices of own model are integers already/).first()).toBeVisible();
  for (const radio of await page.getByRole('radio').all()) await expect(radio).toBeDisabled();
  await expect(button(page, 'Measure')).toBeDisabled();
  await expect(button(page, 'Write with both')).toBeDisabled();
  await expect(results()).toContainText('This scheme cannot be used on the model');
});

test('files that are no model are a sentence, and the model before them stays', async () => {
  await open();
  await give('Choose a model of your own', withConfig({ norm: 'batch' }));
  await expect(page.getByRole('alert')).toContainText(/norm is "batch"/);
  await expect(contents()).toContainText(/514.k parameters/);
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('story-nano');
  await button(page, 'Dismiss').click();
  await give('Choose a model of your own', storyNano());
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('file own model');
});

test('the calculator knows GLM-130B and follows what is typed', async () => {
  const memory = card('What would a large model need?');
  const total = memory.locator('tr[data-row="weights"]');
  await expect(total).toContainText(/257.GB\s*131.GB\s*67.GB/);
  const machines = card('Table of machines');
  await expect(machines.getByRole('row', { name: /^4 × RTX 3090/ })).toContainText(
    /short\s*\d+.GB short\s*fits\s*INT4/,
  );
  await memory.getByLabel('Layers').fill('35');
  await expect(total).toContainText(/13\d.GB/);
  await memory.getByLabel('KV heads').fill('7');
  await expect(memory).toContainText('These sizes cannot be counted');
  await button(page, 'Back to the preset').click();
  await expect(total).toContainText(/257.GB/);
  await memory.getByLabel('Sizes of').selectOption('story-nano');
  await expect(memory.getByLabel('Width', { exact: true })).toHaveValue('96');
});

test('a link restores everything that was chosen', async () => {
  await open({
    ...start,
    'q.model': 'story-micro',
    'q.scheme': 'int4-64',
    'q.matrices': 'all',
    'q.activations': 'int8',
    'q.matrix': 'model.layers.2.mlp.up_proj.weight',
    'q.row': '3',
    'q.errors': 'activations',
    'q.text': 'restored 文',
    'q.preset': 'pangu-pi-1b-pro',
    'q.layers': '40',
    'q.batch': '8',
    'q.cache': '32',
    'q.limit': '256',
  });
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('story-micro');
  await expect(scheme('INT4 block 64 (ours)')).toBeChecked();
  for (const name of ['all', 'int8', 'on activations', '32']) {
    await expect(button(page, name)).toHaveAttribute('aria-pressed', 'true');
  }
  await expect(page.getByLabel('Matrix', { exact: true })).toHaveValue('model.layers.2.mlp.up_proj.weight');
  await expect(page.getByLabel('Row', { exact: true })).toHaveValue('3');
  await expect(page.getByRole('figure', { name: 'Weights and levels' })).toContainText('those of row 3');
  await expect(page.getByLabel(/Text whose activations are taken/)).toHaveValue('restored 文');
  await expect(page.getByLabel('Sizes of')).toHaveValue('pangu-pi-1b-pro');
  await expect(page.getByLabel('Layers')).toHaveValue('40');
  await expect(page.getByLabel('Texts at a time')).toHaveValue('8');
  await expect(page.getByLabel('Memory it may take')).toHaveValue('256');
  await scheme('INT4 row (GLM-130B, App. B.7)').check();
  await expect.poll(() => page.url()).not.toContain('q.scheme');
  await expect.poll(() => page.url()).toContain('q.matrices=all');
});

test('a model that only another visit had is asked for again', async () => {
  await openPage(page, { ...start, 'q.model': 'file mine' });
  await expect(page.getByText('mine must be given again')).toBeVisible();
  await expect(button(page, 'Measure')).toBeDisabled();
  await give('Choose a model of your own', storyNano());
  await expect(contents()).toContainText(/514.k parameters/);
  await expect(page.getByText('mine must be given again')).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await open({ ...start, length: '8', 'q.kvHeads': '7' });
    await button(page, 'Write with both').click();
    await expect(page.getByRole('figure', { name: 'Quantised', exact: true })).toContainText('8 tokens');
    await button(page, 'Measure the errors').click();
    await expect(card('Errors by layer and kind')).toBeVisible();
    await button(page, 'Measure').click();
    await expect(row('stored')).toBeVisible({ timeout: 60_000 });
    await page.getByRole('figure', { name: 'Weights and levels' }).scrollIntoViewIfNeeded();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
}

test('nothing is wider than a phone', async () => {
  await idle();
  await page.setViewportSize({ width: 360, height: 780 });
  await expect(row('int4-row')).toBeAttached();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.setViewportSize({ width: 1440, height: 900 });
});
