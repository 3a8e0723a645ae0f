/** What holds for the page as a whole: policy, size, origin, sub-path, accessibility, width, first token. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { button, modelReady, openPage, runToEnd, writtenTokens } from './panel';
import { serveFolder } from './static-server';
import { small, status } from './train-panel';

const dist = path.join(import.meta.dirname, '..', 'dist');

test('the first view needs at most 130 kB of script', () => {
  const html = readFileSync(path.join(dist, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="(\.\/assets\/[^"]+\.js)"/g)].map((match) => match[1] ?? '');
  expect(scripts.length).toBeGreaterThan(0);
  const bytes = scripts.reduce((sum, script) => sum + gzipSync(readFileSync(path.join(dist, script))).length, 0);
  expect(bytes).toBeLessThanOrEqual(130_000);
  const charts = readdirSync(path.join(dist, 'assets')).filter((name) => name.startsWith('recharts'));
  expect(charts).toHaveLength(1);
  expect(html).not.toContain(charts[0]);
});

test('the built page carries a strict policy, breaks it nowhere and asks no other origin', async ({
  page,
  baseURL,
}) => {
  const own = new URL(baseURL ?? '').origin;
  const foreign: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== own) foreign.push(request.url());
  });
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
  });
  await page.goto('./');
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  expect(policy).toContain("default-src 'self'");
  expect(policy?.replace("'wasm-unsafe-eval'", '')).not.toMatch(/unsafe|\*/);
  await runToEnd(page);
  await page.getByRole('link', { name: 'Device', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What can this device do?');
  expect(foreign).toEqual([]);
  expect(complaints).toEqual([]);
});

test('from opening the page to the first token takes less than 3 s', async ({ page }) => {
  const budget = 3000;
  const open = async () => {
    const begun = Date.now();
    await openPage(page, { length: '4', backend: 'auto' });
    await button(page, 'Run').click();
    await expect(writtenTokens(page).first()).toBeVisible();
    return Date.now() - begun;
  };
  // The best of three: what else the machine does says nothing about the page.
  const times: number[] = [];
  while (times.length < 3 && !times.some((time) => time < budget)) times.push(await open());
  expect(Math.min(...times)).toBeLessThan(budget);
});

test('works under a sub-path of any host', async ({ page }) => {
  const server = await serveFolder(dist, '/some/where/');
  try {
    await page.goto(server.url);
    // Without headers the page reloads itself once, see isolation.spec.ts.
    await page.waitForFunction(() => crossOriginIsolated);
    await modelReady(page);
    await runToEnd(page);
    await page.getByRole('button', { name: 'Model card' }).click();
    await expect(page.getByRole('dialog').locator('pre')).not.toBeEmpty();
  } finally {
    server.stop();
  }
});

/** A run that waits after a step: with it the Train panel shows everything that it has. */
async function trainOneStep(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await button(page, 'Single step').click();
  await expect(status(page)).toHaveText(/^Step 1 of 60 · paused/, { timeout: 60_000 });
  await expect(page.getByRole('slider', { name: 'Learning rate' })).toBeVisible();
  const loss = page.getByRole('figure', { name: 'Loss', exact: true });
  await loss.scrollIntoViewIfNeeded();
  await expect(loss.locator('svg').first()).toBeVisible();
}

async function showRuns(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await expect(page.locator('tr[data-run]').first()).toBeVisible();
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any panel in ${colorScheme}`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await openPage(page, { length: '16', ...small });
    await runToEnd(page);
    await writtenTokens(page).first().click();
    await expect(page.getByLabel('Draw over the text')).toBeVisible();
    const memory = page.getByRole('figure', { name: 'Memory by kind' });
    await memory.scrollIntoViewIfNeeded();
    await expect(memory.locator('svg').first()).toBeVisible();
    const found: string[] = [];
    const check = async (name: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      found.push(...violations.map(({ id, nodes }) => `${name}: ${id} ${nodes.map((node) => node.html).join(' ')}`));
    };
    await check('generate');
    await page.getByLabel('Draw over the text').check();
    await check('attention');
    await page.getByRole('link', { name: 'Device', exact: true }).click();
    await check('device');
    await trainOneStep(page);
    await check('train');
    await showRuns(page);
    await check('runs');
    expect(found).toEqual([]);
    await context.close();
  });
}

test('fits a width of 360 px without scrolling sideways', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  await openPage(page, { length: '16', backend: 'auto', ...small });
  await runToEnd(page);
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await page.getByRole('link', { name: 'Device', exact: true }).click();
  expect(await overflow()).toBeLessThanOrEqual(0);
  await trainOneStep(page);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await showRuns(page);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await context.close();
});

test('the text comes and the page does not jump', async ({ page }) => {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await openPage(page, { length: '32', backend: 'auto' });
  await modelReady(page);
  await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts.splice(0));
  await runToEnd(page);
  const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts);
  expect(shifts.reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.02);
});
