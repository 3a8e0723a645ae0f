/**
 * A run with known bits in the browser: the recipe is dropped on the Train panel and its model saved. src/cli/same-bits.test.ts
 * holds Node to the same hash.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Download, expect, type Page, test } from '@playwright/test';
import { hosts, visit } from './hosts';
import { button } from './panel';
import { openTrain, savedRun, status } from './train-panel';

const here = (name: string) => readFileSync(path.join(import.meta.dirname, name), 'utf8');
/** As `sha256sum` writes it. When a kernel changes a bit on purpose, this file changes: the test says to what. */
const expected = here('same-bits.sha256');

async function drop(page: Page, name: string, content: string): Promise<void> {
  await page.evaluate(
    ([name, content]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], name));
      dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
    },
    [name, content] as const,
  );
}

/** The three files of the model that was trained. */
async function savedModel(page: Page): Promise<Map<string, Buffer>> {
  const downloads: Download[] = [];
  page.on('download', (download) => downloads.push(download));
  await button(page, 'Save model').click();
  await expect.poll(() => downloads.length).toBe(3);
  const files = downloads.map(async (file) => [file.suggestedFilename(), readFileSync(await file.path())] as const);
  return new Map(await Promise.all(files));
}

for (const [index, host] of hosts.entries()) {
  const threads = index === 0 ? 2 : 1;
  test(`${host.name}, with ${threads} of the CPU's threads, the weights have the known bits`, async ({ browser }) => {
    const { page, leave } = await visit(browser, host);
    await page.addInitScript((count) => localStorage.setItem('threads', String(count)), threads);
    await openTrain(page, { backend: 'auto' });
    await drop(page, 'same-bits.json', here('same-bits.json'));
    await expect(page.getByRole('textbox', { name: 'Steps', exact: true })).toHaveValue('200');
    await button(page, 'Run').click();
    await expect(status(page)).toHaveText(/^Step 200 of 200 · done/, { timeout: 60_000 });
    expect((await savedRun(page)).adapter).toBe(`CPU · WASM SIMD · ${threads === 1 ? '1 thread' : '2 threads'}`);
    const weights = (await savedModel(page)).get('model.safetensors');
    const hash = createHash('sha256')
      .update(weights ?? '')
      .digest('hex');
    expect(`${hash}  model.safetensors\n`).toBe(expected);
    await leave();
  });
}
