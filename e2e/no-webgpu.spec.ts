/** A machine without WebGPU: the page says so, and the CPU writes. */
import { expect, test } from '@playwright/test';
import { alternatives, badge, button, inspector, openPage, runToEnd, writtenTokens } from './panel';
import { openTrain, savedRun, small, status } from './train-panel';

test('without WebGPU the badge says why, and the model writes and explains itself on the CPU', async ({ page }) => {
  await openPage(page, { prompt: 'Lily had a red ball.', length: '8', backend: 'auto' });
  await expect(badge(page)).toContainText(/CPU · WASM SIMD · \d+ threads?/);
  await badge(page).click();
  await expect(page.locator('#device-details')).toContainText(/WebGPU.*The CPU runs the models instead/);
  await page.keyboard.press('Escape');
  await runToEnd(page);
  await writtenTokens(page).nth(2).click();
  await expect(alternatives(page)).toHaveCount(10);
  await expect(inspector(page).getByLabel('Layer')).toBeVisible();
  const kernels = page.getByRole('figure', { name: 'Time by kernel' });
  await expect(kernels).toContainText(/A token takes [\d.]+\s[mµ]s of the CPU; \w+\/(wasm|twin) takes/u);
  await kernels.getByRole('button', { name: 'Show “Time by kernel” as a table' }).click();
  await expect(kernels.getByRole('row', { name: /^linear\/wasm/ })).toBeVisible();
});

test('without WebGPU a wish for the GPU is answered with the reason, and the CPU writes', async ({ page }) => {
  await openPage(page, { prompt: 'Lily had a red ball.', length: '4', backend: 'gpu' });
  await runToEnd(page);
  await expect(badge(page)).toContainText('CPU · WASM SIMD');
  await expect(page.getByRole('complementary')).toContainText(/WebGPU.*The CPU runs the models instead/);
});

test('without WebGPU the Device panel offers nothing that it cannot measure', async ({ page }) => {
  await openPage(page, { panel: 'device', backend: 'auto' });
  await expect(page.getByText(/there is no GPU to measure/)).toBeVisible();
  const both = page.getByRole('region', { name: 'GPU and CPU' });
  await expect(both).toContainText(/CPU: WASM SIMD, \d+ threads? on \d+ cores?; the page is cross-origin isolated/);
  await expect(both).toContainText('There is no GPU to time.');
  await expect(button(page, 'Time both again')).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Measure ceilings' })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Lose the device' })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Export as JSON' })).toBeEnabled();
});

test('without WebGPU a small model learns on the CPU', async ({ page }) => {
  await openTrain(page, {
    ...small,
    ...{ backend: 'auto', 't.steps': '24', 't.evaluateEvery': '12', 't.sampleEvery': '24' },
  });
  await button(page, 'Run').click();
  await expect(status(page)).toHaveText(/Step 24 of 24 · done/, { timeout: 80_000 });
  const { adapter, curves } = await savedRun(page);
  expect(adapter).toMatch(/^CPU · WASM SIMD · \d+ threads?$/);
  const first = curves.evaluations[0]?.heldOutLoss ?? Number.NaN;
  expect(curves.evaluations.at(-1)?.heldOutLoss).toBeLessThan(first - 0.5);
});
