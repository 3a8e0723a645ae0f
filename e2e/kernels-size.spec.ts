/** The CPU's kernels are small, and are loaded only where the CPU may run something. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { badge, modelReady, openPage, runToEnd } from './panel';
import { openTrain, small, status } from './train-panel';

const assets = path.join(import.meta.dirname, '..', 'dist', 'assets');
const values = { prompt: 'Lily had a red ball.', length: '4' };

/** Collects the kernels that the page and its workers fetch from now on. */
function fetchedKernels(page: Page): string[] {
  const kernels: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith('.wasm')) kernels.push(path.basename(pathname).replace(/-[\w-]+\.wasm$/, ''));
  });
  return kernels;
}

test('the kernels of the CPU are two files of at most 60 kB, compressed', () => {
  const files = readdirSync(assets).filter((name) => name.endsWith('.wasm'));
  expect(files.map((name) => name.replace(/-[\w-]+\.wasm$/, '')).toSorted()).toEqual(['shared', 'single']);
  for (const name of files) {
    expect(gzipSync(readFileSync(path.join(assets, name))).length, name).toBeLessThanOrEqual(60_000);
  }
});

test('where the GPU is chosen no kernels of the CPU are fetched, for writing or training', async ({ page }) => {
  const kernels = fetchedKernels(page);
  await openPage(page, { ...values, backend: 'gpu' });
  await runToEnd(page);
  await openTrain(page, { ...small, backend: 'gpu', 't.steps': '2', 't.warmup': '1', 't.sampleEvery': '0' });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toHaveText(/^Step 2 of 2 · done/, { timeout: 60_000 });
  expect(kernels).toEqual([]);
});

test('where the CPU is chosen, or both are timed, the kernels that its threads share are fetched', async ({ page }) => {
  const kernels = fetchedKernels(page);
  await openPage(page, { ...values, backend: 'cpu' });
  await modelReady(page);
  expect(kernels).toEqual(['shared']);
  await openPage(page, { ...values, backend: 'auto' });
  await modelReady(page);
  expect(kernels).toEqual(['shared', 'shared']);
});

test('where the kernels of the CPU cannot be had, the GPU runs the model', async ({ page }) => {
  await page.route('**/assets/*.wasm', (route) => route.fulfill({ status: 404 }));
  await openPage(page, { ...values, backend: 'auto' });
  await modelReady(page);
  await expect(badge(page)).toHaveText(/^GPU · SwiftShader/);
  await runToEnd(page);
  await expect(page.getByRole('alert')).toHaveCount(0);
});
