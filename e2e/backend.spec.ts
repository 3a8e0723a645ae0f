/** GPU or CPU: the faster one by itself or the one that is chosen, how many threads, and the numbers behind it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test';
import { badge, button, modelReady, openPage, runToEnd, wholeText, writtenTokens } from './panel';
import { serveFolder } from './static-server';
import { openTrain, savedRun, small, status, stepOf } from './train-panel';

test.describe.configure({ mode: 'serial' });

const values = { backend: 'auto', prompt: 'Lily had a red ball.', length: '16', temperature: '0' };
const cpu = /^CPU · WASM SIMD · \d+ threads?/;
const gpu = /^GPU · SwiftShader/;

let page: Page;

const go = (panel: string) => page.getByRole('navigation').getByRole('link', { name: panel }).click();
const details = (): Locator => page.locator('#device-details');
const choice = (name: string): Locator =>
  page.getByRole('group', { name: 'Backend' }).getByRole('button', { name, exact: true });
const threads = (): Locator => page.getByLabel('Threads');
const card = (): Locator => page.getByRole('region', { name: 'GPU and CPU' });
const row = (work: 'decode' | 'train'): Locator => card().locator(`tr[data-work="${work}"]`);
const again = (): Locator => button(page, 'Time both again');
/** What stands among the controls. */
const said = (sentence: string | RegExp): Locator => page.getByRole('complementary').getByText(sentence);
const address = () => new URLSearchParams(new URL(page.url()).hash.slice(1));

/** Milliseconds on GPU and CPU, and what runs, as the table of the Device panel says. */
async function timed(work: 'decode' | 'train'): Promise<{ gpu: number; cpu: number; runs: string }> {
  const cells = await row(work).getByRole('cell').allTextContents();
  const [gpuTime = '', cpuTime = '', , runs = ''] = cells;
  return { gpu: Number(gpuTime.replaceAll(',', '')), cpu: Number(cpuTime.replaceAll(',', '')), runs };
}

/** The first visit of a browser that asks both workers how often they were told to compare. */
async function freshPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ acceptDownloads: true });
  const fresh = await context.newPage();
  await fresh.addInitScript(() => {
    const sent: string[] = [];
    Object.assign(window, { sent });
    window.Worker = class extends Worker {
      override postMessage(message: unknown): void {
        sent.push((message as { type: string }).type);
        super.postMessage(message);
      }
    };
  });
  return fresh;
}

const comparisons = (): Promise<number> =>
  page.evaluate(() => (window as unknown as { sent: string[] }).sent.filter((type) => type === 'compare').length);

test.beforeAll(async ({ browser }) => {
  page = await freshPage(browser);
});

test.afterAll(async () => {
  await page.context().close();
});

test('Fastest times both on the first visit and takes the faster; badge and Device panel tell both numbers', async () => {
  await openPage(page, values);
  await modelReady(page);
  await expect(choice('Fastest')).toHaveAttribute('aria-pressed', 'true');
  await badge(page).click();
  await expect(details()).toContainText(/[\d.]+\s[mµ]s a token on the CPU, [\d.]+\s[mµ]s on SwiftShader: /u);
  await page.keyboard.press('Escape');
  await go('Device');
  const { gpu: gpuTime, cpu: cpuTime, runs } = await timed('decode');
  expect(gpuTime).toBeGreaterThan(0);
  expect(cpuTime).toBeGreaterThan(0);
  expect(runs).toBe(cpuTime < gpuTime ? 'CPU' : 'GPU');
  await expect(badge(page)).toHaveText(runs === 'CPU' ? cpu : gpu);
  await expect(row('decode')).toContainText(/story-nano.*(CPU|GPU) [\d.]+ ×.*\d{4}-\d\d-\d\d \d\d:\d\d/);
  await expect(row('train')).toContainText('when a run starts');
  await expect(card()).toContainText(/CPU: WASM SIMD, \d+ threads? on \d+ cores?; the page is cross-origin isolated/);
});

test('the badge keeps its place from the first moment on', async ({ browser }) => {
  const fresh = await freshPage(browser);
  await fresh.addInitScript(() => {
    const places = new Set<string>();
    const look = () => {
      const shown = document.querySelector('header [class*="badge"]')?.getBoundingClientRect();
      if (shown) places.add([shown.x, shown.y, shown.width, shown.height].join(' '));
      requestAnimationFrame(look);
    };
    look();
    Object.assign(window, { places });
  });
  await openPage(fresh, values);
  await modelReady(fresh);
  const places = () => fresh.evaluate(() => [...(window as unknown as { places: Set<string> }).places]);
  expect(await places()).toHaveLength(1);
  await fresh.context().close();
});

const written: Record<string, string[]> = {};

for (const [name, expected, weights] of [
  ['GPU', gpu, 'as the file holds them: nothing is lost'],
  ['CPU', cpu, 'for the GPU: the CPU, which runs now, takes float32'],
] as const) {
  test(`${name} chosen by hand runs the model, says so, and writes`, async () => {
    await go('Generate');
    await choice(name).click();
    await expect(badge(page)).toHaveText(expected);
    await expect(choice(name)).toHaveAttribute('aria-pressed', 'true');
    await expect(said(new RegExp(`The ${name} was chosen\\. [\\d.]+`))).toBeVisible();
    await expect(said(weights)).toBeVisible();
    await runToEnd(page);
    written[name] = await writtenTokens(page).allTextContents();
    expect(await wholeText(page)).toMatch(/^Lily had a red ball\./);
    const kernels = page.getByRole('figure', { name: 'Time by kernel' });
    await expect(kernels).toContainText(new RegExp(`of the ${name};`));
    await expect(page.getByRole('region', { name: 'You measured' })).toContainText(
      name === 'GPU' ? 'as stored · auto · SwiftShader' : 'CPU · WASM SIMD',
    );
  });
}

test('both write the same first tokens from the same prompt', () => {
  expect(written.GPU?.length).toBeGreaterThanOrEqual(8);
  expect(written.CPU?.slice(0, 8)).toEqual(written.GPU?.slice(0, 8));
});

test('the choice is in the address, and a reload and going back keep to it', async () => {
  await expect.poll(() => address().get('backend')).toBe('cpu');
  await page.reload();
  await modelReady(page);
  await expect(badge(page)).toHaveText(cpu);
  await expect(choice('CPU')).toHaveAttribute('aria-pressed', 'true');
  await page.evaluate(() => {
    location.hash = location.hash.replace('backend=cpu', 'backend=gpu');
  });
  await expect(badge(page)).toHaveText(gpu);
  await page.goBack();
  await expect(badge(page)).toHaveText(cpu);
});

test('threads are kept on this machine and not in the address', async () => {
  await threads().selectOption('1');
  await expect(badge(page)).toHaveText(/CPU · WASM SIMD · 1 thread(?!s)/);
  await runToEnd(page);
  expect((await writtenTokens(page).allTextContents()).slice(0, 8)).toEqual(written.CPU?.slice(0, 8));
  expect(page.url()).not.toContain('threads');
  await page.reload();
  await modelReady(page);
  await expect(threads()).toHaveValue('1');
  await expect(badge(page)).toHaveText(/1 thread(?!s)/);
  await threads().selectOption('as suits');
  await expect(badge(page)).not.toHaveText(/1 thread(?!s)/);
});

test('both are timed again by keyboard, a second press changes nothing, and the text stays', async () => {
  await choice('Fastest').focus();
  await page.keyboard.press('Enter');
  await expect(choice('Fastest')).toHaveAttribute('aria-pressed', 'true');
  await runToEnd(page);
  const text = await wholeText(page);
  await go('Device');
  await again().focus();
  await page.keyboard.press('Enter');
  await expect.poll(comparisons).toBe(1);
  await expect(again()).toBeFocused({ timeout: 60_000 });
  await again().evaluate((element: HTMLElement) => {
    for (let press = 0; press < 3; press++) element.click();
  });
  await expect(again()).toBeFocused({ timeout: 60_000 });
  expect(await comparisons()).toBe(2);
  const { gpu: gpuTime, cpu: cpuTime, runs } = await timed('decode');
  expect(runs).toBe(cpuTime < gpuTime ? 'CPU' : 'GPU');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await go('Generate');
  expect(await wholeText(page)).toBe(text);
  await button(page, 'Continue').click();
  await expect.poll(async () => (await wholeText(page)).length, { timeout: 30_000 }).toBeGreaterThan(text.length);
});

test('the switch stands beside the numbers, and the file of the Device panel has them', async () => {
  await go('Device');
  await choice('GPU').click();
  await expect(badge(page)).toHaveText(gpu);
  await expect.poll(async () => (await timed('decode')).runs).toBe('GPU');
  await expect(button(page, 'Calibrate kernels')).toBeEnabled();
  await choice('CPU').click();
  await expect(badge(page)).toHaveText(cpu);
  await expect(button(page, 'Calibrate kernels')).toBeDisabled();
  await expect(button(page, 'Measure ceilings')).toBeEnabled();
  const download = page.waitForEvent('download');
  await button(page, 'Export as JSON').click();
  const file = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
  expect(file).toMatchObject({
    device: { backend: 'cpu', setting: 'cpu', cpu: { kind: 'wasm', reason: null } },
    choices: { decode: { work: 'decode', gpu: 'SwiftShader' }, train: null },
  });
  expect(file.choices.decode.cpuMilliseconds).toBeGreaterThan(0);
});

test('with the CPU in the address no adapter is opened until both are timed', async () => {
  await openPage(page, { ...values, backend: 'cpu', panel: 'device' });
  await expect(badge(page)).toHaveText(cpu);
  await expect(said(/The CPU was chosen, so no GPU was opened/)).toBeVisible();
  await again().click();
  await expect(again()).toBeEnabled({ timeout: 60_000 });
  await expect.poll(async () => (await timed('decode')).gpu, { timeout: 60_000 }).toBeGreaterThan(0);
  await expect(badge(page)).toHaveText(cpu);
});

test('a run trains on the faster one, its step is in the table, and a change waits for the next run', async () => {
  test.setTimeout(180_000);
  await openTrain(page, { ...small, backend: 'auto', 't.steps': '100000', 't.sampleEvery': '0' });
  const fold = page.getByText('GPU or CPU', { exact: true });
  await fold.focus();
  await page.keyboard.press('Enter');
  await expect(said(/GPU and CPU are timed on a recipe when its run starts/)).toBeVisible();
  await button(page, 'Run').click();
  await expect.poll(() => stepOf(page), { timeout: 90_000 }).toBeGreaterThan(2);
  await expect(said(/[\d.]+\s[mµ]?s a step on the CPU, [\d.]+\s[mµ]?s on SwiftShader/u)).toBeVisible();
  await expect(said(/holds from the next run or resume on/)).toBeVisible();
  await choice('GPU').click();
  await expect(said(/The GPU was chosen/)).toBeVisible();
  await threads().selectOption('1');
  const before = await stepOf(page);
  await expect.poll(() => stepOf(page)).toBeGreaterThan(before + 3);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await go('Device');
  const { gpu: gpuTime, cpu: cpuTime, runs } = await timed('train');
  expect(gpuTime).toBeGreaterThan(0);
  expect(runs).toBe(cpuTime < gpuTime ? 'CPU' : 'GPU');
  await go('Train');
  await button(page, 'Cancel and keep').click();
  await expect(status(page)).toHaveText(/cancelled/);
  const first = await savedRun(page);
  expect(first.curves.carriers).toHaveLength(1);
  expect(first.adapter).toMatch(runs === 'CPU' ? /^CPU · WASM SIMD · \d+ threads?$/ : /^SwiftShader$/);
  await button(page, 'Go on').click();
  await expect(status(page)).toHaveText(/running/, { timeout: 60_000 });
  await button(page, 'Cancel and keep').click();
  await expect(status(page)).toHaveText(/cancelled/);
  expect((await savedRun(page)).curves.carriers.at(-1)?.adapter).toBe('SwiftShader');
  await page.getByRole('textbox', { name: 'Steps', exact: true }).fill('10');
  await button(page, 'Run').click();
  await expect(status(page)).toHaveText(/Step 10 of 10 · done/, { timeout: 90_000 });
  expect((await savedRun(page)).adapter).toBe('SwiftShader');
  await page.evaluate(() => localStorage.removeItem('threads'));
});

test('a page that is not isolated has one thread, and says what that means', async ({ browser }) => {
  const server = await serveFolder(path.join(import.meta.dirname, '..', 'dist'), '/');
  const context = await browser.newContext({ serviceWorkers: 'block' });
  try {
    const alone = await context.newPage();
    await alone.goto(`${server.url}#v=1&backend=cpu&length=4`);
    await runToEnd(alone);
    await expect(badge(alone)).toHaveText(/CPU · WASM SIMD · 1 thread(?!s)/);
    await expect(alone.getByLabel('Threads')).toBeDisabled();
    await expect(alone.getByRole('complementary')).toContainText(
      /not cross-origin isolated\. Browsers let threads share/,
    );
  } finally {
    await context.close();
    server.stop();
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await openPage(page, values);
    await modelReady(page);
    const found: string[] = [];
    const check = async (name: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      found.push(...violations.map(({ id, nodes }) => `${name}: ${id} ${nodes.map((node) => node.html).join(' ')}`));
    };
    await badge(page).click();
    await expect(details()).toBeVisible();
    await check('badge');
    await page.keyboard.press('Escape');
    await go('Device');
    await check('device');
    await again().click();
    await check('timing');
    await expect(again()).toBeVisible({ timeout: 60_000 });
    await go('Train');
    await page.getByText('GPU or CPU', { exact: true }).click();
    await check('train');
    expect(found).toEqual([]);
  });
}

test('at 390 px nothing scrolls sideways and the badge still names what runs', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openPage(page, { ...values, backend: 'cpu', panel: 'device' });
  await modelReadyOn(page);
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await expect(badge(page)).toContainText(/CPU.*threads?/);
  await go('Train');
  await page.getByText('GPU or CPU', { exact: true }).click();
  expect(await overflow()).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1440, height: 900 });
});

/** The Device panel has no line that says so: the row of the loaded model does. */
async function modelReadyOn(device: Page): Promise<void> {
  await expect(device.getByRole('rowheader', { name: 'decode a token of story-nano' })).toBeVisible();
}
