/** SharedArrayBuffer on every host: by headers, by the service worker where there are none, and the page without either. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page, test, type Worker } from '@playwright/test';
import { modelReady, runToEnd } from './panel';
import { serveFolder } from './static-server';

const dist = path.join(import.meta.dirname, '..', 'dist');
const hash = '#v=1&length=4&prompt=Lily+had+a+red+ball.';

/** Opens the address, and keeps what the page loads and complains about. */
async function visit(page: Page, address: string): Promise<{ loads: string[]; errors: string[] }> {
  const loads: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    if (request.isNavigationRequest()) loads.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(address);
  return { loads, errors };
}

async function writes(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await modelReady(page);
  await runToEnd(page);
}

const engines = (page: Page): Worker[] => page.workers().filter((worker) => !worker.url().includes('cpu-thread'));
const isolated = (page: Page): Promise<boolean> => page.evaluate(() => crossOriginIsolated);
/**
 * What threads of WebAssembly need, asked of the engine's worker: isolation, a policy that lets modules compile, shared memory.
 * The threads themselves wait for work without ever answering.
 */
const threads = (page: Page): Promise<boolean[]> =>
  Promise.all(
    engines(page).map((worker) =>
      worker.evaluate(async () => {
        const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
        await WebAssembly.compile(empty);
        const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
        return crossOriginIsolated && buffer instanceof SharedArrayBuffer;
      }),
    ),
  );
const registrations = (page: Page): Promise<number> =>
  page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);

test('a host that sends the headers has an isolated page and worker, and no service worker', async ({ page }) => {
  const { loads, errors } = await visit(page, `./${hash}`);
  expect(await isolated(page)).toBe(true);
  await writes(page);
  expect(await threads(page)).toEqual([true]);
  expect(await registrations(page)).toBe(0);
  expect(loads).toHaveLength(1);
  expect(errors).toEqual([]);
});

test('without headers the page isolates itself by one reload and keeps its address', async ({ page }) => {
  const server = await serveFolder(dist, '/some/where/');
  try {
    const { loads, errors } = await visit(page, `${server.url}${hash}`);
    await page.waitForFunction(() => crossOriginIsolated);
    await writes(page);
    expect(await threads(page)).toEqual([true]);
    expect(page.url()).toBe(`${server.url}${hash}`);
    expect(loads).toHaveLength(2);
    // The next visit is isolated from the start.
    await page.goto('about:blank');
    await page.goto(`${server.url}${hash}`);
    expect(await isolated(page)).toBe(true);
    await writes(page);
    expect(loads.filter((address) => address !== 'about:blank')).toHaveLength(3);
    expect(errors).toEqual([]);
  } finally {
    server.stop();
  }
});

test('the service worker adds what the build tells hosts to send, and leaves everything else alone', async ({
  page,
}) => {
  const lines = readFileSync(path.join(dist, '_headers'), 'utf8').matchAll(/^ {2}(Cross-Origin-[\w-]+): (.+)$/gm);
  const wanted = [...lines].map(([, name = '', value = '']) => [name.toLowerCase(), value]);
  expect(wanted).toHaveLength(3);
  const server = await serveFolder(dist, '/some/where/');
  try {
    await page.goto(server.url);
    await page.waitForFunction(() => crossOriginIsolated);
    const headers = (init: RequestInit, file = './models/manifest.json') =>
      page.evaluate(
        async ({ init, file }) => {
          const response = await fetch(file, init);
          const added = [...response.headers].filter(([name]) => name.startsWith('cross-origin'));
          return { status: response.status, added: added.sort() };
        },
        { init, file },
      );
    expect(await headers({})).toEqual({ status: 200, added: [...wanted].sort() });
    expect(await headers({ headers: { range: 'bytes=0-9' } })).toEqual({ status: 200, added: [] });
    expect(await headers({ method: 'HEAD' })).toEqual({ status: 200, added: [] });
    expect(await headers({}, './no-such-file')).toEqual({ status: 404, added: [] });
    // The browser answers it from its own cache or not at all; a service worker that fetched it would make an error.
    const cached = await headers({ cache: 'only-if-cached', mode: 'same-origin' }).catch(() => ({ added: [] }));
    expect(cached.added).toEqual([]);
    expect(await page.evaluate(() => caches.keys())).toEqual([]);
  } finally {
    server.stop();
  }
});

test('a page that a person has touched is not reloaded under their hands', async ({ page }) => {
  const server = await serveFolder(dist, '/some/where/');
  try {
    // Holds the service worker back until the person has pressed a key.
    let release = (): void => {};
    const pressed = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.context().route('**/isolation.js', async (route) => {
      await pressed;
      await route.continue();
    });
    const { loads } = await visit(page, `${server.url}${hash}`);
    await page.keyboard.press('Tab');
    release();
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await writes(page);
    expect(await isolated(page)).toBe(false);
    expect(loads).toHaveLength(1);
    await page.reload();
    expect(await isolated(page)).toBe(true);
  } finally {
    server.stop();
  }
});

test('with neither headers nor service workers the page works, not isolated', async ({ browser }) => {
  const server = await serveFolder(dist, '/some/where/');
  const context = await browser.newContext({ serviceWorkers: 'block' });
  try {
    const page = await context.newPage();
    const { loads, errors } = await visit(page, `${server.url}${hash}`);
    await writes(page);
    expect(await isolated(page)).toBe(false);
    expect(loads).toHaveLength(1);
    expect(errors).toEqual([]);
  } finally {
    await context.close();
    server.stop();
  }
});
