/** The Runs panel: import, sort, filter, select, overlay, compare, rename, delete and undo, files out. No model is trained. */
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import { exampleCurves, exampleRecipe, exampleRun } from '../src/lab/run-example';
import { writeRunFile } from '../src/lab/run-file';
import { button, openPage } from './panel';

test.describe.configure({ mode: 'serial' });

let page: Page;

const { model } = exampleRecipe();
const slow = exampleRun({
  id: 'run-slow',
  created: '2026-01-30T12:00:00.000Z',
  recipe: exampleRecipe({ learningRate: 0.001 }),
  curves: exampleCurves(20, (step) => 2 + 2 / step),
});
const fast = exampleRun({
  id: 'run-fast',
  created: '2026-01-31T12:00:00.000Z',
  recipe: exampleRecipe({ learningRate: 0.003, model: { ...model, norm: 'layer' } }),
  curves: exampleCurves(20, (step) => 1 + 3 / step),
  facts: { ...slow.facts, parameters: 6000 },
});

const file = (name: string, content: string) => ({ name, mimeType: 'application/json', buffer: Buffer.from(content) });
const table = () => page.getByRole('region', { name: 'Runs', exact: true }).getByRole('table');
const row = (id: string): Locator => page.locator(`tr[data-run="${id}"]`);
const ids = () =>
  table()
    .locator('tr[data-run]')
    .evaluateAll((rows) => rows.map((entry) => entry.dataset.run));
const cell = (id: string, key: string) => row(id).locator(`[data-cell="${key}"]`);
const box = (id: string) => row(id).getByRole('checkbox');
const comparison = () => page.getByRole('region', { name: 'What differs', exact: true });

async function importFile(content: string, name = 'runs.json'): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles(file(name, content));
}

async function downloaded(action: () => Promise<void>): Promise<string> {
  const download = page.waitForEvent('download');
  await action();
  return readFileSync(await (await download).path(), 'utf8');
}

/** The page without the recorded runs that it is shipped with, so that names and counts are those of this test. */
async function withoutRecorded(context: BrowserContext): Promise<BrowserContext> {
  await context.route('**/runs/manifest.json', (route) => route.fulfill({ status: 404 }));
  return context;
}

test.beforeAll(async ({ browser }) => {
  page = await (await withoutRecorded(await browser.newContext())).newPage();
  await openPage(page, { panel: 'runs' });
});

test.afterAll(async () => {
  await page.context().close();
});

test('without any run the panel says what to do', async () => {
  await expect(page.getByRole('region', { name: 'No runs yet' })).toContainText('Train a model first');
});

test('two runs come from a file, named by what differs', async () => {
  await importFile(writeRunFile([slow, fast]));
  await expect(page.getByText('2 runs imported.')).toBeVisible();
  await expect(row('run-slow').getByRole('button')).toHaveText(/learningRate 0\.001/);
  await expect(row('run-fast').getByRole('button')).toHaveText(/norm layer · learningRate 0\.003/);
  await expect(cell('run-slow', 'best')).toHaveText('2.100');
  await expect(cell('run-fast', 'best')).toHaveText('1.150');
  await expect(cell('run-fast', 'bits')).toHaveText('0.575');
  await expect(cell('run-fast', 'probes')).toHaveText(/38\s%\s\(14–69\)/u);
  await expect(cell('run-fast', 'speed')).toHaveText('1,000');
  await importFile(writeRunFile([slow]));
  await expect(page.getByText('Nothing new. 1 run known already.')).toBeVisible();
});

test('a file that holds no runs is refused with a sentence', async () => {
  await importFile('{"kind": "holiday"', 'photo.json');
  await expect(page.getByRole('alert')).toContainText('photo.json is not JSON');
  await importFile('{"kind": "pangu-pi-runs", "schemaVersion": 9, "runs": []}', 'newer.json');
  await expect(page.getByRole('alert')).toContainText('made by a newer page');
  await page.getByRole('alert').getByRole('button', { name: 'Dismiss' }).click();
});

test('a file that is dropped on the page is imported', async () => {
  const other = exampleRun({ id: 'run-dropped', name: 'Dropped', created: '2026-01-29T12:00:00.000Z' });
  await page.evaluate(
    (content) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], 'dropped.json', { type: 'application/json' }));
      dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
    },
    writeRunFile([other]),
  );
  await expect(row('run-dropped')).toBeVisible();
  await box('run-dropped').uncheck();
});

test('a click on a column sorts, a second one turns it around', async () => {
  const best = table().getByRole('columnheader', { name: 'best loss' });
  await best.getByRole('button').click();
  await expect(best).toHaveAttribute('aria-sort', 'ascending');
  expect((await ids()).indexOf('run-fast')).toBeLessThan((await ids()).indexOf('run-slow'));
  await best.getByRole('button').press('Enter');
  await expect(best).toHaveAttribute('aria-sort', 'descending');
  expect((await ids()).indexOf('run-fast')).toBeGreaterThan((await ids()).indexOf('run-slow'));
  await expect(table().locator('[aria-sort]')).toHaveCount(1);
});

test('the filter keeps the runs in which every word stands', async () => {
  await page.getByLabel('Filter by words').fill('learningRate 0.003');
  await expect(table().locator('tr[data-run]')).toHaveCount(1);
  await expect(row('run-fast')).toBeVisible();
  await page.getByLabel('Filter by words').fill('nothing like it');
  await expect(page.getByText('No run matches the filter.')).toBeVisible();
  await button(page, 'Clear').click();
  await expect(row('run-slow')).toBeVisible();
});

test('the box of a run is reached and turned by keyboard', async () => {
  await box('run-slow').focus();
  await page.keyboard.press('Space');
  await expect(box('run-slow')).not.toBeChecked();
  await page.keyboard.press('Space');
  await expect(box('run-slow')).toBeChecked();
});

test('only the selected runs are drawn, and only what differs is compared', async () => {
  await button(page, 'Select none').click();
  await expect(page.getByText('Select two or more runs')).toBeVisible();
  await box('run-slow').check();
  await box('run-fast').check();
  const chart = page.getByRole('figure', { name: 'Held-out loss' });
  await chart.scrollIntoViewIfNeeded();
  await expect(chart.locator('g[stroke^="var(--run"]')).toHaveCount(2);
  await expect(chart).toContainText('floor 0.5');
  await expect(comparison().locator('tr[data-field]')).toHaveCount(2);
  const rate = comparison().locator('tr[data-field="learningRate"]').getByRole('cell');
  await expect(rate).toHaveText(['0.001', '0.003']);
  await expect(comparison()).toContainText('One run each: no interval.');
});

test('differences are run − baseline, for the baseline that was chosen', async () => {
  const heldOut = comparison().getByRole('row', { name: /^Held-out loss/ });
  await expect(heldOut).toContainText('−0.950');
  await expect(comparison().getByRole('row', { name: /^Bits per character/ })).toContainText('−0.475');
  await expect(comparison().getByRole('row', { name: /^Parameters/ })).toContainText('+1,000');
  await comparison().getByLabel('Baseline').selectOption('run-fast');
  await expect(heldOut).toContainText('+0.950');
  await expect(row('run-fast')).toContainText('baseline');
});

test('one readout tells every run at the step that is pointed at or chosen', async () => {
  const readout = page.getByRole('region', { name: 'Values at one step' });
  await readout.getByRole('slider', { name: 'Step' }).fill('10');
  await expect(readout.getByRole('row', { name: /0\.001/ })).toContainText('2.200');
  await expect(readout.getByRole('row', { name: /0\.003/ })).toContainText('1.300');
  const chart = page.getByRole('figure', { name: 'Training loss' });
  await chart.scrollIntoViewIfNeeded();
  const plot = await chart.locator('svg').first().boundingBox();
  if (!plot) throw new Error('There is no chart to point at.');
  await page.mouse.move(plot.x + plot.width / 2, plot.y + 60);
  await expect(readout.locator('output')).toHaveText(/^(9|10|11|12)$/);
  await expect(page.getByRole('figure', { name: 'Held-out loss' }).locator('i[class*="cursor"]')).toBeVisible();
  await page.mouse.move(5, 5);
});

test('the curves come out as CSV, the charts as pictures with their key', async () => {
  const content = await downloaded(() => button(page, 'Curves as CSV').click());
  const lines = content.trim().split('\r\n');
  expect(lines).toHaveLength(1 + 2 * 21);
  expect(lines.find((line) => line.startsWith('run-fast') && line.includes(',20,'))).toContain(
    ',20,1.15,1.15,0.575,0.001,1,1000',
  );
  const chart = page.getByRole('figure', { name: 'Training loss' });
  const picture = await downloaded(() =>
    chart.getByRole('button', { name: 'Download “Training loss” as SVG' }).click(),
  );
  expect(picture).toContain('learningRate 0.003');
  const png = page.waitForEvent('download');
  await chart.getByRole('button', { name: 'Download “Training loss” as PNG' }).click();
  expect((await png).suggestedFilename()).toBe('training-loss.png');
});

test('a run is renamed in its place, and Escape leaves the name as it was', async () => {
  const name = row('run-slow').locator('button[aria-expanded]');
  await name.click();
  await button(page, 'Rename').click();
  await page.keyboard.type('Cautious');
  await page.keyboard.press('Enter');
  await expect(name).toHaveText('Cautious');
  await expect(name).toBeFocused();
  await button(page, 'Rename').click();
  await page.keyboard.type('Never');
  await page.keyboard.press('Escape');
  await expect(name).toHaveText('Cautious');
  await name.click();
});

test('a deleted run can be had back, and a reload keeps what is there', async () => {
  await row('run-fast').getByRole('button').click();
  await page.locator('tr:has(dl)').getByRole('button', { name: 'Delete' }).click();
  await expect(row('run-fast')).toHaveCount(0);
  await expect(button(page, 'Undo')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(row('run-fast')).toBeVisible();
  await row('run-dropped').getByRole('button').click();
  await page.locator('tr:has(dl)').getByRole('button', { name: 'Delete' }).click();
  await expect(row('run-dropped')).toHaveCount(0);
  await page.reload();
  await expect(row('run-slow').getByRole('button')).toHaveText('Cautious');
  await expect(row('run-fast')).toBeVisible();
  await expect(row('run-dropped')).toHaveCount(0);
});

test('all runs come out as one file, and go back into another browser', async ({ browser }) => {
  const content = await downloaded(() => button(page, 'Export all runs').click());
  const written = JSON.parse(content);
  expect(written.runs.map((run: { id: string }) => run.id)).toEqual(expect.arrayContaining(['run-slow', 'run-fast']));
  const context = await withoutRecorded(await browser.newContext());
  const other = await context.newPage();
  await openPage(other, { panel: 'runs' });
  await other.locator('input[type="file"]').setInputFiles(file('runs.json', content));
  await expect(other.locator('tr[data-run="run-slow"]').getByRole('button')).toHaveText('Cautious');
  await context.close();
});

test('the recipe of a run goes into the form of Train', async () => {
  await row('run-fast').getByRole('button').click();
  await expect(page.getByText('It has no snapshot here')).toBeVisible();
  await expect(button(page, 'Open model in Generate')).toBeDisabled();
  await button(page, 'Open in Train').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How does a tiny language model learn?');
  await expect(page.getByLabel('Learning rate').first()).toHaveValue('0.003');
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await expect(row('run-fast')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.getByRole('figure', { name: 'Training loss' }).scrollIntoViewIfNeeded();
    await expect(page.getByRole('figure', { name: 'Training loss' }).locator('svg').first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
}

test('fits a width of 360 px: the tables scroll in frames of their own', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await box('run-slow').scrollIntoViewIfNeeded();
  await expect(box('run-slow')).toBeInViewport();
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('without storage the page says so, and still takes the runs of a file for this visit', async ({ browser }) => {
  const context = await withoutRecorded(await browser.newContext());
  await context.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('denied by the test', 'SecurityError');
    };
  });
  const denied = await context.newPage();
  await openPage(denied, { panel: 'runs' });
  await expect(denied.getByRole('alert')).toContainText('The browser denies storage');
  await denied.locator('input[type="file"]').setInputFiles(file('runs.json', writeRunFile([slow, fast])));
  await expect(denied.locator('tr[data-run="run-slow"]')).toContainText('only in this visit');
  await denied.locator('tr[data-run="run-slow"]').getByRole('button').click();
  await denied.locator('tr:has(dl)').getByRole('button', { name: 'Delete' }).click();
  await expect(denied.locator('tr[data-run="run-slow"]')).toHaveCount(0);
  await denied.getByRole('button', { name: 'Undo' }).click();
  await expect(denied.locator('tr[data-run="run-slow"]')).toBeVisible();
  await context.close();
});

test('recorded runs come with the page, are labelled and stay', async ({ browser }) => {
  const context = await browser.newContext();
  await context.route('**/runs/manifest.json', (route) => route.fulfill({ json: { runs: [{ id: 'shipped' }] } }));
  const shipped = exampleRun({ id: 'run-shipped', name: 'Shipped' });
  await context.route('**/runs/shipped.json', (route) => route.fulfill({ body: writeRunFile([shipped]) }));
  const first = await context.newPage();
  await openPage(first, { panel: 'runs' });
  const shown = first.locator('tr[data-run="run-shipped"]');
  await expect(shown).toContainText('recorded');
  await expect(first.getByText('Recorded runs come with the page and stay.')).toBeVisible();
  await expect(button(first, 'Delete')).toBeDisabled();
  await shown.getByRole('button').click();
  await expect(first.getByText('Its recipe can be run again')).toBeVisible();
  await context.close();
});
