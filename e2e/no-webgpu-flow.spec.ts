/**
 * Writing and training from the first visit to the last bit on a machine without WebGPU: once where threads share memory,
 * once on a host that does not let them. The tests of a host share a page and follow each other.
 */
import { readFileSync } from 'node:fs';
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test';
import { hosts, visit } from './hosts';
import {
  alternatives,
  badge,
  button,
  ended,
  inspector,
  modelReady,
  openPage,
  runToEnd,
  tokens,
  wholeText,
  writtenTokens,
} from './panel';
import { openTrain, small, status, stepOf } from './train-panel';

const prompt = 'Lily had a red ball.';

let page: Page;
let leave: () => Promise<void>;

const go = (panel: string) => page.getByRole('navigation').getByRole('link', { name: panel }).click();
const advances = async (steps: number) => {
  const before = await stepOf(page);
  await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBeGreaterThan(before + steps);
};
const loss = (): Locator => page.getByRole('figure', { name: 'Loss', exact: true });

/** Stops as soon as some tokens are there: a hand may be slower than the model. */
async function stopEarly(): Promise<void> {
  await page.evaluate(() => {
    const observer = new MutationObserver(() => {
      const written = document.querySelectorAll('[data-prompt="false"]').length;
      const stop = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Stop');
      if (written < 2 || !stop) return;
      observer.disconnect();
      stop.click();
    });
    observer.observe(document.body, { childList: true, subtree: true });
  });
  await button(page, 'Run').click();
  await expect(page.getByText(/tokens? written: stopped/)).toBeVisible();
}

for (const host of hosts) {
  test.describe(host.name, () => {
    test.describe.configure({ mode: 'serial' });

    test.beforeAll(async ({ browser }: { browser: Browser }) => {
      ({ page, leave } = await visit(browser, host));
    });

    test.afterAll(() => leave());

    test('the model loads, the badge tells its threads, and it writes', async () => {
      await openPage(page, { backend: 'auto', prompt, length: '40', temperature: '0' });
      await modelReady(page);
      await expect(badge(page)).toHaveText(host.threads);
      await runToEnd(page);
      expect(await writtenTokens(page).count()).toBeGreaterThan(8);
    });

    test('a text is stopped in the middle and goes on where it was', async () => {
      // The small models have written it all before a message can tell them to stop.
      await openPage(page, {
        backend: 'auto',
        model: 'text-mini',
        prompt: 'In the beginning',
        length: '200',
        seed: '6',
      });
      await modelReady(page);
      await stopEarly();
      const before = await wholeText(page);
      expect(await writtenTokens(page).count()).toBeLessThan(200);
      await page.getByLabel('Length').fill('6');
      await button(page, 'Continue').click();
      await expect(page.getByText(/^[1-6] tokens? written: (the length|the model closed)/)).toBeVisible();
      const after = await wholeText(page);
      expect(after.startsWith(before)).toBe(true);
      expect(after.length).toBeGreaterThan(before.length);
    });

    test('a token shows its alternatives, where it looked and what each layer would have said', async () => {
      await writtenTokens(page).nth(3).click();
      await expect(alternatives(page)).toHaveCount(10);
      await expect(inspector(page).getByRole('list', { name: 'Most attention' }).getByRole('listitem')).toHaveCount(8);
      const layers = inspector(page).getByLabel('Layer');
      await expect(inspector(page).getByRole('table').locator('tbody tr')).toHaveCount(
        await layers.locator('option').count(),
      );
      await layers.selectOption('2');
      await inspector(page).getByLabel('Head').selectOption('1');
      await inspector(page).getByLabel('Draw over the text').check();
      await expect(tokens(page).first()).toHaveAccessibleName(/attention/);
      await inspector(page).getByLabel('Draw over the text').uncheck();
    });

    test('another alternative takes the place of a token, and the text goes on from there', async () => {
      const before = await wholeText(page);
      await alternatives(page).filter({ hasNotText: 'chosen' }).first().click();
      await ended(page);
      const after = await wholeText(page);
      expect(after).not.toBe(before);
      expect(after.startsWith('In the beginning')).toBe(true);
    });

    test('the kernels of a token are timed, each in WebAssembly', async () => {
      const kernels = page.getByRole('figure', { name: 'Time by kernel' });
      await kernels.getByRole('button', { name: 'Show “Time by kernel” as a table' }).click();
      await expect(kernels.getByRole('row', { name: /^linear\/wasm/ })).toBeVisible();
      const names = await kernels.locator('tbody th').allTextContents();
      expect(names.length).toBeGreaterThan(2);
      for (const name of names) expect(name).toMatch(/\/wasm$/);
    });

    test('a run waits, takes a single step, goes on, and learns at another rate from where it is told', async () => {
      await openTrain(page, { ...small, backend: 'auto', 't.steps': '100000', 't.sampleEvery': '0' });
      await button(page, 'Run').click();
      await advances(3);
      await button(page, 'Pause').click();
      await expect(status(page)).toHaveText(/paused/);
      const before = await stepOf(page);
      await button(page, 'Single step').click();
      await expect.poll(() => stepOf(page)).toBe(before + 1);
      await expect(status(page)).toHaveText(/paused/);
      await button(page, 'Continue').click();
      await advances(5);
      await page.getByRole('slider', { name: 'Learning rate' }).press('ArrowLeft');
      await expect(loss().getByText(/^lr 0\.0/)).toBeVisible();
      await advances(5);
    });

    test('it is cancelled, goes on from there, and goes on after a reload in the middle', async () => {
      await button(page, 'Cancel and keep').click();
      await expect(status(page)).toHaveText(/cancelled/);
      await button(page, 'Go on').click();
      await expect(status(page)).toHaveText(/running/);
      await advances(12);
      const before = await stepOf(page);
      await page.reload();
      await page.getByRole('region', { name: 'A run that was cut off' }).getByRole('button', { name: 'Go on' }).click();
      await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBeGreaterThan(before);
      await expect(loss().getByText(/^lr 0\.0/)).toBeVisible();
      await button(page, 'Cancel and keep').click();
      await expect(status(page)).toHaveText(/cancelled/);
    });

    test('its model is saved, and tried in the Generate panel', async () => {
      const downloads: string[] = [];
      page.on('download', (download) => downloads.push(download.suggestedFilename()));
      await button(page, 'Save model').click();
      await expect.poll(() => downloads.toSorted()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
      await button(page, 'Try it').click();
      await expect(page.getByRole('radio', { name: /trained here, step/ })).toBeChecked({ timeout: 60_000 });
      await page.getByLabel('Text that the model goes on with').fill('Tom');
      await runToEnd(page);
      expect(await wholeText(page)).toMatch(/^Tom./s);
      await expect(badge(page)).toHaveText(host.threads);
      await go('Train');
      await expect(status(page)).toHaveText(/cancelled/);
    });

    test('a run that is saved comes out the same when it runs again, to the last bit', async () => {
      await openTrain(page, { ...small, backend: 'auto' });
      await button(page, 'Run').click();
      await expect(status(page)).toHaveText(/^Step 60 of 60 · done/, { timeout: 60_000 });
      const download = page.waitForEvent('download');
      await button(page, 'Save run').click();
      const buffer = readFileSync(await (await download).path());
      await page
        .getByLabel('Open recipe or run')
        .setInputFiles({ name: 'run.json', mimeType: 'application/json', buffer });
      await button(page, 'Run again and check').click();
      await expect(page.getByText(/All \d+ points .* are the same, to the last bit/)).toBeVisible({ timeout: 60_000 });
    });
  });
}

test('both hosts write the same text', async ({ browser }) => {
  const texts: string[] = [];
  for (const host of hosts) {
    const { page, leave } = await visit(browser, host);
    await openPage(page, { backend: 'auto', prompt, length: '40', temperature: '0' });
    await runToEnd(page);
    texts.push(await wholeText(page));
    await leave();
  }
  expect(texts[0]?.length).toBeGreaterThan(prompt.length);
  expect(texts[1]).toBe(texts[0]);
});
