/** The Device panel: measure, calibrate, export; and a device lost while a model writes. */
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { button, modelReady, openPage, wholeText } from './panel';

test.describe.configure({ mode: 'serial' });

let page: Page;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await page.addInitScript(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    window.Worker = class extends Worker {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(address, options);
        this.addEventListener('message', (message) => heard.push(message.data.type));
      }
    };
  });
  await openPage(page, { prompt: 'Nora', length: '200', temperature: '1.2' });
  await modelReady(page);
});

test.afterAll(async () => {
  await page.close();
});

const go = (panel: string) => page.getByRole('navigation').getByRole('link', { name: panel }).click();

test('limits and the verdict of every check are shown', async () => {
  await go('Device');
  await expect(page.getByRole('table', { name: 'Limits' }).getByRole('row')).toHaveCount(8);
  const checks = page.getByRole('table', { name: 'Feature checks' });
  await expect(checks.getByRole('row', { name: /subgroups (passed|absent|failed)/ })).toBeVisible();
});

test('bandwidth and arithmetic are measured', async () => {
  await button(page, 'Measure ceilings').click();
  const ceilings = page.getByRole('region', { name: 'Ceilings' });
  await expect(ceilings).toContainText(/[\d.]+\s[MGT]B\/s/u);
  await expect(ceilings).toContainText(/[\d.]+\s[MGT]FLOP\/s/u);
});

test('calibration times several kernels a product and marks one winner each', async () => {
  await button(page, 'Calibrate kernels').click();
  const table = page.getByRole('region', { name: 'Calibration' }).first().getByRole('table');
  await expect(table).toBeVisible({ timeout: 60_000 });
  const winners = await table.locator('tr[data-winner="true"]').count();
  expect(winners).toBeGreaterThan(1);
  expect(await table.locator('tbody tr').count()).toBeGreaterThan(winners);
});

test('everything is exported as JSON', async () => {
  const download = page.waitForEvent('download');
  await button(page, 'Export as JSON').click();
  const file = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
  expect(file).toMatchObject({ version: 1, device: { backend: 'gpu' }, model: { id: 'story-nano' } });
  expect(file.ceilings.copyBytesPerSecond).toBeGreaterThan(0);
  expect(file.calibration.length).toBeGreaterThan(0);
});

test('a device lost while the model writes is replaced, and the text goes on', async () => {
  test.setTimeout(240_000);
  await go('Generate');
  // The largest model: slow enough that its text is still being written when the button is pressed.
  await page.getByRole('radio', { name: /Text mini/ }).check();
  await expect(page.getByText(/Text mini is ready|text-mini is ready/)).toBeVisible({ timeout: 60_000 });
  await page.getByLabel('Length').fill('140');
  const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard.length);
  await button(page, 'Run').click();
  const hears = (): Promise<string[]> =>
    page.evaluate((from) => (window as unknown as { heard: string[] }).heard.slice(from), heard);
  await expect.poll(async () => (await hears()).includes('token')).toBe(true);
  await go('Device');
  await button(page, 'Lose the device').click();
  await expect(page.getByText(/The GPU device was lost .* A new one took over/)).toBeVisible();
  await go('Generate');
  await expect(page.getByText(/written: (the length|the model closed|the context)/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('alert')).toHaveCount(0);
  // It was lost in the middle: tokens came before the loss and after it.
  const events = await hears();
  expect(events.indexOf('notice')).toBeGreaterThan(events.indexOf('token'));
  expect(events.indexOf('notice')).toBeLessThan(events.lastIndexOf('token'));
  const lost = await wholeText(page);
  await button(page, 'Same seed again').click();
  await expect(page.getByText(/^Writing/)).toBeVisible();
  await expect(page.getByText(/written:/)).toBeVisible({ timeout: 60_000 });
  expect(await wholeText(page)).toBe(lost);
});
