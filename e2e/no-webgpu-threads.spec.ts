/** A thread of the CPU that dies: others take over, the page says so, and neither text nor curve shows it. */
import { readFileSync } from 'node:fs';
import { type Browser, type CDPSession, expect, type Page, test } from '@playwright/test';
import { hosts, visitOther } from './hosts';
import { badge, button, modelReady, openPage, runToEnd, wholeText } from './panel';
import { openTrain, savedRun, small, status, stepOf } from './train-panel';

interface Paused {
  readonly callFrames: readonly unknown[];
}

/** The entry of a thread's script, `serve` and `claim` of src/cpu/kernels/schedule.ts; whatever stands above computes a unit. */
const idleFrames = 3;

/**
 * Ends a thread of the page while it computes a unit: paused again and again until its stack says so, then terminated. Its
 * worker lives on, as one does whose module was taken away, and never answers.
 */
async function killInTheMiddle(browser: Browser): Promise<void> {
  const cdp: CDPSession = await browser.newBrowserCDPSession();
  let id = 0;
  const say = (sessionId: string, method: string) =>
    cdp.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id: ++id, method }) });
  const killed = new Promise<void>((resolve, reject) => {
    let done = false;
    const act = async (sessionId: string, { callFrames }: Paused) => {
      const middle = !done && callFrames.length > idleFrames;
      if (middle) await say(sessionId, 'Runtime.terminateExecution');
      await say(sessionId, 'Debugger.resume');
      if (!middle && !done) await say(sessionId, 'Debugger.pause');
      done ||= middle;
      if (done) resolve();
    };
    cdp.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      const { method, params } = JSON.parse(message);
      if (method === 'Debugger.paused') act(sessionId, params).catch(reject);
    });
  });
  const { targetInfos } = await cdp.send('Target.getTargets', { filter: [{ type: 'worker' }] });
  for (const { targetId, url } of targetInfos) {
    if (!url.includes('cpu-thread')) continue;
    const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: false });
    await say(sessionId, 'Debugger.enable');
    await say(sessionId, 'Debugger.pause');
  }
  await killed;
  await cdp.detach();
}

async function openRun(page: Page, run: unknown): Promise<void> {
  await page.getByLabel('Open recipe or run').setInputFiles({
    name: 'run.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(run)),
  });
}

test('a thread that dies in the middle of a step is replaced, and the curve is that of a run that kept its own', async ({
  page,
  browser,
}) => {
  await openTrain(page, {
    ...small,
    backend: 'auto',
    // A fast machine must not come to the end while its thread is being stopped.
    't.steps': '1500',
    't.evaluateEvery': '750',
    't.sampleEvery': '0',
  });
  await button(page, 'Run').click();
  // Snapshots are taken every 10 steps.
  await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBeGreaterThan(15);
  await killInTheMiddle(browser);
  await expect(
    page.getByText(
      'A thread of the CPU does not answer any more. New threads of the CPU took over; the run goes on from its last snapshot.',
    ),
  ).toBeVisible();
  // It died before the end.
  expect(await stepOf(page)).toBeLessThan(1500);
  await expect(status(page)).toHaveText(/^Step 1,500 of 1,500 · done/, { timeout: 60_000 });
  const download = page.waitForEvent('download');
  await button(page, 'Save run').click();
  const file = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
  expect(file.runs[0].curves.steps).toHaveLength(1500);
  expect(file.runs[0].adapter).toMatch(/^CPU · WASM SIMD · ([2-9]|\d\d) threads$/);
  await openRun(page, file);
  await button(page, 'Run again and check').click();
  await expect(page.getByText(/All [\d,]+ points .* are the same, to the last bit/)).toBeVisible({ timeout: 60_000 });
  expect((await savedRun(page)).id).not.toBe(file.runs[0].id);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a thread that fails while nobody writes is replaced when somebody does', async ({ browser }) => {
  let starts = 0;
  const dying = `onmessage = () => { postMessage('ready'); setTimeout(() => { throw new Error('out of memory') }) }`;
  const { page, leave } = await visitOther(browser, { 'cpu-thread': () => (starts++ === 0 ? dying : undefined) });
  await openPage(page, { backend: 'auto', prompt: 'Lily had a red ball.', length: '24', temperature: '0' });
  await modelReady(page);
  await runToEnd(page);
  await expect(
    page.getByText(
      /A thread of the CPU ended: .*out of memory\. New threads of the CPU took over; the text goes on where it was\./,
    ),
  ).toBeVisible();
  await expect(badge(page)).toHaveText(hosts[0]?.threads ?? '');
  await expect(page.getByRole('alert')).toHaveCount(0);
  const text = await wholeText(page);
  expect(text).toMatch(/^Lily had a red ball\..+/s);
  await button(page, 'Same seed again').click();
  await expect(button(page, 'Run')).toBeVisible();
  expect(await wholeText(page)).toBe(text);
  await leave();
});
