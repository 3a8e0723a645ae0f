/** A machine without WebGPU: the page says so, and the CPU writes. */
import { expect, test } from '@playwright/test';
import { alternatives, button, inspector, openPage, runToEnd, writtenTokens } from './panel';
import { openTrain, savedRun, small, status } from './train-panel';

test('without WebGPU the badge says why, and the model writes and explains itself on the CPU', async ({ page }) => {
  await openPage(page, { prompt: 'Lily had a red ball.', length: '8' });
  const badge = page.getByRole('banner').getByRole('button');
  await expect(badge).toContainText('CPU');
  await expect(badge).toContainText('no WebGPU');
  await badge.click();
  await expect(page.getByText(/The CPU runs the models instead/)).toBeVisible();
  await page.keyboard.press('Escape');
  await runToEnd(page);
  await writtenTokens(page).nth(2).click();
  await expect(alternatives(page)).toHaveCount(10);
  await expect(inspector(page).getByLabel('Layer')).toBeVisible();
  await expect(page.getByRole('figure', { name: 'GPU time by kernel' })).toContainText(/runs on the CPU/);
});

test('without WebGPU the Device panel offers nothing that it cannot measure', async ({ page }) => {
  await openPage(page, { panel: 'device' });
  await expect(page.getByText(/there is no GPU to measure/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Measure ceilings' })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Lose the device' })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Export as JSON' })).toBeEnabled();
});

test('without WebGPU a small model learns on the CPU', async ({ page }) => {
  await openTrain(page, { ...small, 't.steps': '24', 't.evaluateEvery': '12', 't.sampleEvery': '24' });
  await button(page, 'Run').click();
  await expect(status(page)).toHaveText(/Step 24 of 24 · done/, { timeout: 80_000 });
  const { adapter, curves } = await savedRun(page);
  expect(adapter).toContain('CPU');
  const first = curves.evaluations[0]?.heldOutLoss ?? Number.NaN;
  expect(curves.evaluations.at(-1)?.heldOutLoss).toBeLessThan(first - 0.5);
});
