/** What goes wrong while a model trains: each is said in a sentence, and nothing that was learned is lost by it. */
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import type { RunRecord } from '../src/lab/run-record';
import { button } from './panel';
import { openTrain, savedRun, small, status, stepOf } from './train-panel';

/** Longer than any test takes: it is ended by hand. */
const long = { ...small, 't.steps': '100000', 't.sampleEvery': '0', 't.evaluateEvery': '100000' };

/** The page without the recorded runs that it is shipped with. */
async function freshContext(context: BrowserContext): Promise<BrowserContext> {
  await context.route('**/runs/manifest.json', (route) => route.fulfill({ status: 404 }));
  return context;
}

async function advances(page: Page, steps = 5): Promise<void> {
  const before = await stepOf(page);
  await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBeGreaterThan(before + steps);
}

test('two tabs train at once: both go on, and a run that one of them trains is refused to the other', async ({
  browser,
}) => {
  const context = await freshContext(await browser.newContext());
  const [one, other] = [await context.newPage(), await context.newPage()];
  await openTrain(one, long);
  await button(one, 'Run').click();
  await expect(status(one)).toHaveText(/running/, { timeout: 60_000 });
  await openTrain(other, long);
  await button(other, 'Run').click();
  await expect(other.getByText(/Another tab is training too: both runs share the device/)).toBeVisible({
    timeout: 60_000,
  });
  await advances(other);
  await advances(one);
  await button(other, 'Cancel and keep').click();
  await expect(status(other)).toHaveText(/cancelled/);
  await button(one, 'Cancel and keep').click();
  await expect(status(one)).toHaveText(/cancelled/);
  const reached = await stepOf(other);

  await one.getByRole('navigation').getByRole('link', { name: 'Runs' }).click();
  // The newest is the other tab's.
  await one.locator('tr[data-run]').first().getByRole('button').click();
  await button(one, 'Go on').click();
  await expect(status(one)).toHaveText(/running/, { timeout: 60_000 });
  await expect.poll(() => stepOf(one), { timeout: 60_000 }).toBeGreaterThan(reached + 5);
  await button(other, 'Go on').click();
  await expect(other.getByRole('alert')).toContainText('Another tab is training this run: watch it there');
  await expect(status(other)).toHaveText(/cancelled/);
  await advances(one, 60);
  await button(one, 'Cancel and keep').click();
  await expect(status(one)).toHaveText(/cancelled/);

  // What the other tab still holds is older than what is kept by now: it goes on from that.
  const kept = await stepOf(one);
  await button(other, 'Go on').click();
  await expect(status(other)).toHaveText(/running/, { timeout: 60_000 });
  expect(await stepOf(other)).toBeGreaterThanOrEqual(kept);
  await advances(other);
  await context.close();
});

/** Code that runs before the page's own, in the page and, in front of the worker's script, in its workers. */
async function withCode(context: BrowserContext, code: string): Promise<BrowserContext> {
  await context.addInitScript(code);
  await context.route('**/assets/main-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code};${await response.text()}` });
  });
  return freshContext(context);
}

for (const [title, code, sentence] of [
  [
    'denied',
    "IDBFactory.prototype.open = () => { throw new DOMException('denied by the test', 'SecurityError'); }",
    /The browser denies storage, as in a private window: the run goes on, but will not survive a reload/,
  ],
  [
    'full',
    "IDBObjectStore.prototype.put = () => { throw new DOMException('full by the test', 'QuotaExceededError'); }",
    /Storage is full: the run goes on, but will not survive a reload/,
  ],
] as const) {
  test(`storage that is ${title} is said, and the run goes on to its end`, async ({ browser }) => {
    const context = await withCode(await browser.newContext(), code);
    const page = await context.newPage();
    await openTrain(page, small);
    await button(page, 'Run').click();
    await expect(page.getByText(sentence)).toBeVisible({ timeout: 60_000 });
    await expect(status(page)).toHaveText(/^Step 60 of 60 · done/, { timeout: 80_000 });
    await expect(page.getByRole('alert')).toHaveCount(0);
    expect((await savedRun(page)).curves.steps).toHaveLength(60);
    await context.close();
  });
}

test('a run that diverges names step and tensor, keeps its results, and goes on with a lower learning rate', async ({
  browser,
}) => {
  const context = await freshContext(await browser.newContext());
  const page = await context.newPage();
  // Decay times learning rate passes 2 at step 4: from there on each step makes the weights larger, until they overflow.
  await openTrain(page, {
    ...small,
    't.optimizer': 'sgd',
    't.clip': '0',
    't.learningRate': '6',
    't.warmup': '120',
    't.weightDecay': '10',
    't.steps': '120',
  });
  await button(page, 'Run').click();
  await expect(status(page)).toHaveText(/diverged/, { timeout: 60_000 });
  const alert = page.getByRole('alert');
  await expect(alert).toHaveText(
    /^Step \d+ had a loss of .+, and the gradient of model\.[\w.]+ is not finite: the run went back to step \d+\. Lower the learning rate/,
  );
  const [, failed, kept] = /Step (\d+) .* step (\d+)\./.exec((await alert.textContent()) ?? '') ?? [];
  const before = await savedRun(page);
  expect(before.state).toBe('diverged');
  expect(before.curves.steps.length).toBeGreaterThanOrEqual(Number(failed) - 1);

  const offer = page.getByRole('region', { name: 'Go on with a lower learning rate' });
  const rate = offer.getByRole('slider', { name: 'Learning rate' });
  await expect(rate).toHaveAttribute('aria-valuetext', '0.6');
  await rate.press('Home');
  await expect(rate).toHaveAttribute('aria-valuetext', '0.000001');
  await expect(button(page, 'Go on')).toHaveCount(1);
  await offer.getByRole('button', { name: 'Go on' }).click();
  await expect(status(page)).toHaveText(/^Step 120 of 120 · done/, { timeout: 80_000 });
  await expect(alert).toHaveCount(0);
  const after = await savedRun(page);
  expect(after.curves.changes).toEqual([{ step: Number(kept), key: 'learningRate', from: 6, to: 1e-6 }]);
  expect(after.curves.steps.slice(0, Number(kept))).toEqual(before.curves.steps.slice(0, Number(kept)));
  await context.close();
});

test('a device lost while a model learns is replaced, and the curves are those of a run that kept its own', async ({
  browser,
}) => {
  const context = await freshContext(await browser.newContext());
  const page = await context.newPage();
  await openTrain(page, { ...small, 't.steps': '100' });
  const go = (panel: string) => page.getByRole('navigation').getByRole('link', { name: panel }).click();
  await button(page, 'Run').click();
  // Snapshots are taken every 10 steps.
  await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBeGreaterThan(15);
  await go('Device');
  await button(page, 'Lose the device').click();
  await go('Train');
  await expect(
    page.getByText(/The GPU device was lost .* A new one took over; the run goes on from its last snapshot\./),
  ).toBeVisible();
  // It was lost in the middle.
  await expect(status(page)).toHaveText(/running/);
  await expect(status(page)).toHaveText(/^Step 100 of 100 · done/, { timeout: 80_000 });
  await expect(page.getByRole('alert')).toHaveCount(0);
  const disturbed = await savedRun(page);
  await button(page, 'Run').click();
  await expect(status(page)).toHaveText(/running/, { timeout: 60_000 });
  await expect(status(page)).toHaveText(/^Step 100 of 100 · done/, { timeout: 80_000 });
  const undisturbed = await savedRun(page);
  expect(undisturbed.id).not.toBe(disturbed.id);
  expect(undisturbed.facts.dataHash).toBe(disturbed.facts.dataHash);
  expect(disturbed.curves.steps).toHaveLength(100);
  expect(withoutTimes(disturbed)).toEqual(withoutTimes(undisturbed));
  await context.close();
});

/** Every number of the curves but those that a clock gave. */
function withoutTimes({ curves }: RunRecord) {
  return {
    steps: curves.steps.map(({ tokensPerSecond, ...point }) => point),
    evaluations: curves.evaluations,
    samples: curves.samples,
  };
}

test('a text too short for one batch is refused in a sentence, and a smaller batch takes it', async ({ browser }) => {
  const context = await freshContext(await browser.newContext());
  const page = await context.newPage();
  await openTrain(page, { ...small, 't.batch': '64', 't.split': 'tail', 't.steps': '10', 't.heldOutTokens': '64' });
  await button(page, 'your file').click();
  const text = 'A short text, said again. '.repeat(50);
  await page
    .getByLabel('Choose a text')
    .last()
    .setInputFiles({ name: 'short.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });
  await button(page, 'Run').click();
  await expect(page.getByRole('alert')).toHaveText(
    /The text has [\d]+ tokens to train on; one batch of 64 rows of 32 needs 2049: lower the batch or the context/,
    { timeout: 60_000 },
  );
  await page.getByRole('textbox', { name: 'Batch (B)', exact: true }).fill('8');
  await button(page, 'Run').click();
  await expect(status(page)).toHaveText(/^Step 10 of 10 · done/, { timeout: 60_000 });
  await context.close();
});
