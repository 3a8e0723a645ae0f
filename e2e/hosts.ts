/** The page as two hosts give it: with the headers that let threads share memory, and without them or a service worker. */
import path from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { serveFolder } from './static-server';

export interface Host {
  readonly name: 'isolated' | 'not isolated';
  /** What the badge says that the CPU has. */
  readonly threads: RegExp;
}

export const hosts: readonly Host[] = [
  { name: 'isolated', threads: /^CPU · WASM SIMD · ([2-9]|\d\d) threads/ },
  { name: 'not isolated', threads: /^CPU · WASM SIMD · 1 thread(?!s)/ },
];

/** A fresh visit; relative addresses are the host's. */
export async function visit(browser: Browser, { name }: Host): Promise<{ page: Page; leave(): Promise<void> }> {
  if (name === 'isolated') {
    const context = await browser.newContext();
    return { page: await context.newPage(), leave: () => context.close() };
  }
  const server = await serveFolder(path.join(import.meta.dirname, '..', 'dist'), '/');
  const context = await browser.newContext({ baseURL: server.url, serviceWorkers: 'block' });
  return {
    page: await context.newPage(),
    leave: async () => {
      await context.close();
      server.stop();
    },
  };
}
