/** What can go wrong with the CPU's WebAssembly: each is said in a sentence, nothing hangs, and what can go on does. */
import { expect, test } from '@playwright/test';
import { visitOther } from './hosts';
import { badge, button, modelReady, openPage, runToEnd, wholeText, writtenTokens } from './panel';
import { openTrain, savedRun, small, status } from './train-panel';

const values = { backend: 'auto', prompt: 'Lily had a red ball.', length: '8', temperature: '0' };
const oneThread = /^CPU · WASM SIMD · 1 thread(?!s)/;

for (const [name, script] of [
  ['whose script is missing', null],
  ['that fails', 'throw new Error("refused by the test")'],
] as const) {
  test(`a thread ${name} leaves one, the page says so, and it writes and trains`, async ({ browser }) => {
    const { page, leave } = await visitOther(browser, { 'cpu-thread': () => script });
    await openPage(page, values);
    await modelReady(page);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await expect(badge(page)).toHaveText(oneThread);
    await badge(page).click();
    await expect(page.locator('#device-details')).toContainText('One thread: the browser refused to start more.');
    await page.keyboard.press('Escape');
    await runToEnd(page);
    expect(await writtenTokens(page).count()).toBeGreaterThan(0);
    await openTrain(page, { ...small, backend: 'auto', 't.steps': '4', 't.warmup': '2', 't.sampleEvery': '0' });
    await button(page, 'Run').click();
    await expect(status(page)).toHaveText(/^Step 4 of 4 · done/, { timeout: 60_000 });
    expect((await savedRun(page)).adapter).toBe('CPU · WASM SIMD · 1 thread');
    await expect(page.getByRole('alert')).toHaveCount(0);
    await leave();
  });
}

for (const [name, fail, cause] of [
  ['are missing', { status: 404 }, 'the host answered 404'],
  ['meet an error of the host', { status: 500 }, 'the host answered 500'],
  ['are cut off', { status: 200, contentType: 'application/wasm', body: '\0asm' }, 'WebAssembly'],
] as const) {
  test(`kernels that ${name} are named with their address, and a reload has them`, async ({ page }) => {
    await page.route('**/assets/*.wasm', (route) => route.fulfill(fail));
    await openPage(page, values);
    const alert = page.getByRole('alert');
    await expect(alert).toContainText(
      /The CPU’s kernels could not be loaded from http:\/\/localhost:\d+\/assets\/shared-[\w-]+\.wasm \(.*\): reload the page/,
    );
    await expect(alert).toContainText(cause);
    await page.unroute('**/assets/*.wasm');
    await openPage(page, values);
    await modelReady(page);
    await runToEnd(page);
    expect(await wholeText(page)).toMatch(/^Lily had a red ball\..+/s);
    await expect(alert).toHaveCount(0);
  });
}

test('a run that finds no kernels says so, and goes when they are there', async ({ page }) => {
  await page.route('**/assets/*.wasm', (route) => route.abort());
  await openTrain(page, { ...small, backend: 'auto', 't.steps': '4', 't.warmup': '2', 't.sampleEvery': '0' });
  await button(page, 'Run').click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText(/could not be loaded from .*\.wasm \(.+\): reload/, { timeout: 60_000 });
  await page.unroute('**/assets/*.wasm');
  await button(page, 'Run').click();
  await expect(status(page)).toHaveText(/^Step 4 of 4 · done/, { timeout: 60_000 });
  await expect(alert).toHaveCount(0);
});

test('a recipe that needs more memory than WebAssembly has is refused with numbers, and the form stays', async ({
  page,
}) => {
  await openTrain(page, {
    ...small,
    backend: 'auto',
    't.vocabulary': 'bytes',
    't.context': '1024',
    't.model.max_position_embeddings': '1024',
    't.batch': '1000',
    't.steps': '2',
    't.warmup': '1',
  });
  const batch = page.getByRole('textbox', { name: 'Batch (B)', exact: true });
  await button(page, 'Run').click();
  const alert = page.getByRole('alert');
  await expect(alert).toHaveText(
    /The run needs [\d.]+ GiB, WebAssembly has 4 GiB: lower the batch to \d+, or the context/,
    { timeout: 60_000 },
  );
  await expect(batch).toHaveValue('1000');
  // The form's own estimate says the same from now on.
  await batch.fill('999');
  await expect(page.getByRole('region', { name: 'Cost before it runs' })).toContainText(/WebAssembly has 4 GiB/);
  await batch.fill('2');
  await button(page, 'Run').click();
  await expect(status(page)).toHaveText(/^Step 2 of 2 · done/, { timeout: 60_000 });
  await expect(alert).toHaveCount(0);
});
