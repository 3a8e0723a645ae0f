/** The Architecture panel: an experiment from its question to its verdict, the queue, files, and what it refuses. On the CPU. */
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import type { ExperimentRecord } from '../src/lab/experiments/experiment';
import { button, openPage } from './panel';
import { small } from './train-panel';

test.describe.configure({ mode: 'serial' });

/** Depths at the parameters of a model that learns within seconds. */
const sweep = {
  panel: 'architecture',
  backend: 'cpu',
  ...small,
  't.steps': '30',
  // A snapshot every few steps of so fast a run would keep the storage busy.
  't.snapshotEvery': '1000',
  'e.preset': 'own',
  'e.kind': 'sweep',
  'e.axis': 'depth',
  'e.values': '1, 2',
  'e.hold': 'parameters',
  'e.search': 'off',
};

let page: Page;

const experiments = (): Locator => page.getByRole('region', { name: 'Experiments', exact: true });
const rows = (): Locator => experiments().locator('[data-experiment]');
const row = (name: string): Locator => rows().filter({ hasText: name });
const results = (): Locator => page.getByRole('region', { name: 'Results', exact: true });
const jobs = (): Locator => page.getByRole('region', { name: 'The runs behind it' }).locator('tr[data-job]');
const cost = (): Locator => page.getByRole('region', { name: 'Cost before it runs' });

async function open(values: Readonly<Record<string, string>>): Promise<void> {
  await openPage(page, values);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Where should a small budget of parameters go?');
}

async function downloaded(action: () => Promise<void>): Promise<string> {
  const download = page.waitForEvent('download');
  await action();
  return readFileSync(await (await download).path(), 'utf8');
}

test.beforeAll(async ({ browser }) => {
  page = await (await browser.newContext()).newPage();
});

test.afterAll(async () => {
  await page.context().close();
});

test('before it runs the panel says what an experiment comes to, and takes a prediction', async () => {
  await open(sweep);
  await expect(cost()).toContainText('Runs6');
  await button(page, 'show the arms').click();
  const arms = page.getByRole('region', { name: 'What will run' });
  await expect(arms.getByRole('columnheader', { name: 'off budget' })).toBeVisible();
  await expect(arms.getByRole('row')).toHaveCount(3);
  await page.getByRole('radio', { name: '2 layers' }).check();
});

test('a sweep of two depths with three seeds ends with means, intervals and the prediction beside them', async () => {
  await button(page, 'Run the sweep').click();
  await expect(rows()).toHaveAttribute('data-state', 'done', { timeout: 80_000 });
  await expect(results()).toContainText(/Best: [12] layers?, at [\d.]+ bits per character \(n = 3\)/);
  await expect(results()).toContainText('You said 2 layers');
  await expect(jobs()).toHaveCount(6);
  const bars = page.getByRole('figure', { name: 'Score of every arm' });
  await bars.scrollIntoViewIfNeeded();
  await expect(bars.locator('svg rect')).toHaveCount(2);
  await button(page, 'Show “Score of every arm” as a table').click();
  await expect(bars.getByRole('row').nth(1)).toContainText('3');
  await button(page, 'Show “Score of every arm” as a chart').click();
  const speed = page.getByRole('figure', { name: 'Score against speed' });
  await speed.scrollIntoViewIfNeeded();
  await expect(speed).toContainText(/no arm is both faster and better|both the fastest and the best/);
});

test('the experiment and its runs come out as files, and the charts as pictures', async () => {
  const record: ExperimentRecord = JSON.parse(await downloaded(() => button(page, 'Experiment (JSON)').click()));
  expect(record.results).toHaveLength(6);
  expect(record.prediction).toBe('depth=2');
  const lines = (await downloaded(() => button(page, 'Runs (CSV)').click())).trim().split('\r\n');
  expect(lines).toHaveLength(7);
  const picture = await downloaded(() => button(page, 'Download “Score of every arm” as SVG').click());
  expect(picture).toContain('2 layers');
});

test('a question has its recorded answer at first sight, and says how it was made', async ({ browser }) => {
  const record: ExperimentRecord = JSON.parse(await downloaded(() => button(page, 'Experiment (JSON)').click()));
  const recorded = {
    ...record,
    experiment: { ...record.experiment, preset: 'depth-width' },
    created: '2026-01-31T12:00:00Z',
  };
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.route('**/runs/experiments/depth-width.json', (route) => route.fulfill({ json: recorded }));
  await openPage(other, { panel: 'architecture', backend: 'cpu' });
  const shown = other.getByRole('region', { name: 'Results', exact: true });
  await expect(shown).toContainText('recorded');
  await expect(shown).toContainText(/Comes with the page: 6 runs on CPU · WASM SIMD.*, 2026-01-31/);
  const paper = other.getByRole('region', { name: 'The paper says' });
  await expect(paper).toContainText('arXiv 2402.02791');
  await expect(paper).toContainText(/Of 1 pair of arms/);
  await context.close();
});

test('a pair refuses a second change and offers it as a pair of its own', async () => {
  await open({
    ...sweep,
    'e.kind': 'pair',
    'e.axis': 'norm',
    'e.values': 'rms, layer',
    'e.hold': 'none',
    'e.seeds': '2',
  });
  await page.getByLabel('Second', { exact: true }).selectOption('seriesBranches');
  await expect(page.getByText('A pair differs in exactly one thing: with two')).toBeVisible();
  await expect(button(page, 'Run the pair')).toBeDisabled();
  await button(page, 'Start a new pair about Series activation (branches)').click();
  await expect(page.getByLabel('What changes')).toHaveValue('seriesBranches');
  await expect(page.getByLabel('Values', { exact: true })).toHaveValue('1, 2');
  await expect(cost()).toContainText('Runs4');
});

test('the two runs of a pair are drawn together, with their difference and its interval', async () => {
  await button(page, 'Run the pair').click();
  await expect(row('Series activation')).toHaveAttribute('data-state', 'done', { timeout: 80_000 });
  const difference = page.getByRole('figure', { name: 'Difference along the run' });
  await difference.scrollIntoViewIfNeeded();
  await expect(difference).toContainText('series n = 2 minus series n = 1, seed by seed');
  await expect(difference).toContainText('n = 2');
  const curves = page.getByRole('figure', { name: 'Learning curves' });
  await curves.scrollIntoViewIfNeeded();
  await expect(curves.locator('[data-key] li')).toHaveCount(2);
});

test('the queue is paused, reordered, renamed, cancelled and undone by its buttons', async () => {
  await open({ ...sweep, 't.steps': '200000', 'e.axis': 'width', 'e.values': '16, 32', 'e.hold': 'none' });
  await expect(cost()).toContainText('Runs6');
  await button(page, 'Run the sweep').click();
  const first = row('Width 16, 32');
  await expect(first).toHaveAttribute('data-state', 'running', { timeout: 30_000 });
  await expect(first).toContainText(/step [\d,]+ of 200,000/);
  await page.getByLabel('Values', { exact: true }).fill('16, 48');
  await expect(page.getByRole('radio', { name: 'width 48' })).toBeVisible();
  await button(page, 'Run the sweep').click();
  const second = row('Width 16, 48');
  await expect(second).toHaveAttribute('data-state', 'waiting');
  await button(page, 'Pause: Width 16, 48').click();
  await expect(second).toHaveAttribute('data-state', 'paused');
  await button(page, 'Earlier: Width 16, 48').press('Enter');
  await expect(rows().nth(2)).toContainText('Width 16, 48');
  await button(page, 'Rename: Width 16, 48').click();
  await expect(page.getByLabel('New name of Width 16, 48')).toBeFocused();
  await page.keyboard.type('Wide');
  await page.keyboard.press('Enter');
  await expect(row('Wide')).toBeVisible();
  await button(page, 'Remove: Wide').click();
  await expect(row('Wide')).toHaveCount(0);
  await expect(button(page, 'Undo')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(row('Wide')).toBeVisible();
  await button(page, 'Pause: Width 16, 32').click();
  await expect(first).toHaveAttribute('data-state', 'paused');
});

test('a reload finds the queue as it was, and what was paused goes on', async () => {
  await page.reload();
  await expect(rows()).toHaveCount(4);
  await expect(row('Width 16, 32')).toHaveAttribute('data-state', 'paused');
  await row('Depth (layers) 1, 2')
    .getByRole('button', { name: /^Depth/ })
    .click();
  await expect(jobs()).toHaveCount(6);
  await button(page, 'Go on: Width 16, 32').click();
  await expect(row('Width 16, 32')).toHaveAttribute('data-state', 'running');
  await button(page, 'Cancel all').click();
  await expect(row('Width 16, 32')).toHaveAttribute('data-state', 'cancelled');
  await expect(row('Wide')).toHaveAttribute('data-state', 'cancelled');
});

test('an experiment goes into another browser by its file; a file that is none is refused', async ({ browser }) => {
  await row('Depth (layers) 1, 2')
    .getByRole('button', { name: /^Depth/ })
    .click();
  const content = await downloaded(() => button(page, 'Experiment (JSON)').click());
  const context = await browser.newContext();
  const other = await context.newPage();
  await openPage(other, sweep);
  await expect(other.getByText('None yet.')).toBeVisible();
  const drop = (text: string, name: string) =>
    other.evaluate(
      ([file, called]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([file], called, { type: 'application/json' }));
        dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
      },
      [text, name] as const,
    );
  await drop('{"kind": "holiday"}', 'photo.json');
  await expect(other.getByRole('alert')).toContainText('photo.json');
  await drop(content, 'experiment.json');
  await expect(other.locator('[data-experiment]')).toHaveAttribute('data-state', 'done');
  await expect(other.locator('tr[data-job]')).toHaveCount(6);
  await context.close();
});

test('a budget that no arm can keep is a sentence, and nothing typed is lost', async () => {
  await open({ ...sweep, 'e.target': '500' });
  await expect(cost()).toContainText(/over the 500 parameters/);
  await expect(button(page, 'Run the sweep')).toBeDisabled();
  await page.getByLabel('Values', { exact: true }).fill('1, two');
  await expect(page.getByText(/is "two": choose a whole number/)).toBeVisible();
  await expect(page.getByLabel('Values', { exact: true })).toHaveValue('1, two');
});

test('an experiment of thousands of runs says how long it takes and asks once more', async () => {
  await open({
    ...sweep,
    'e.kind': 'random',
    'e.hold': 'none',
    'e.ranges': 'depth:1:8;width:8:256',
    'e.count': '200',
    'e.seeds': '10',
  });
  await expect(cost()).toContainText('2,000');
  await button(page, 'Run the search').click();
  await expect(page.getByText(/This is 2000 runs/)).toBeVisible();
  await button(page, 'Not now').click();
  await expect(button(page, 'Run the search')).toBeEnabled();
});

test('a look inside a shipped model draws its layers with and without the parts', async () => {
  await open(sweep);
  await button(page, 'Look inside').click();
  const collapse = page.getByRole('figure', { name: 'How alike tokens are' });
  await collapse.scrollIntoViewIfNeeded();
  await expect(collapse.locator('[data-key] li')).toHaveText(['as trained', 'without both']);
  const plane = page.getByRole('figure', { name: 'Where frequent tokens stand' });
  await plane.scrollIntoViewIfNeeded();
  await expect(plane.locator('svg').first()).toBeVisible();
  await page.getByRole('slider', { name: 'Layer' }).fill('0');
  await expect(plane).toContainText('behind layer 0');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await row('Depth (layers) 1, 2')
      .getByRole('button', { name: /^Depth/ })
      .click();
    await expect(jobs()).toHaveCount(6);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
}

test('nothing is wider than a phone', async () => {
  await page.setViewportSize({ width: 360, height: 780 });
  await expect(page.getByRole('figure', { name: 'Learning curves' })).toBeAttached();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.setViewportSize({ width: 1440, height: 900 });
});
