/** A browser whose WebAssembly has no vectors: TypeScript writes and trains, and the page says so. */
import { expect, test } from '@playwright/test';
import { badge, button, modelReady, openPage, runToEnd, wholeText } from './panel';
import { openTrain, savedRun, small, status } from './train-panel';

test('without SIMD TypeScript writes the text, and the badge says so and why', async ({ page }) => {
  await openPage(page, { backend: 'auto', prompt: 'Lily had a red ball.', length: '8', temperature: '0' });
  const vectors = () => WebAssembly.validate(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123));
  expect(await page.evaluate(vectors)).toBe(false);
  await modelReady(page);
  await expect(badge(page)).toHaveText(/^CPU · TypeScript/);
  await badge(page).click();
  await expect(page.locator('#device-details')).toContainText(/no SIMD in WebAssembly, so TypeScript computes/);
  await page.keyboard.press('Escape');
  await runToEnd(page);
  expect(await wholeText(page)).toMatch(/^Lily had a red ball\..+/s);
});

test('without SIMD a small model learns', async ({ page }) => {
  await openTrain(page, { ...small, backend: 'auto', 't.steps': '8', 't.warmup': '2', 't.sampleEvery': '8' });
  await button(page, 'Run').click();
  await expect(status(page)).toHaveText(/^Step 8 of 8 · done/, { timeout: 60_000 });
  const { adapter, curves } = await savedRun(page);
  expect(adapter).toBe('CPU · TypeScript');
  const [fresh] = curves.evaluations;
  expect(curves.evaluations.at(-1)?.heldOutLoss).toBeLessThan((fresh?.heldOutLoss ?? Number.NaN) - 0.1);
});
