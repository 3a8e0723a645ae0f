/** The page as two hosts give it: with the headers that let threads share memory, and without them or a service worker. */
import path from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { type Hosting, serveFolder } from './static-server';

export interface Host {
  readonly name: 'isolated' | 'not isolated';
  /** What the badge says that the CPU has. */
  readonly threads: RegExp;
}

export interface Visit {
  readonly page: Page;
  leave(): Promise<void>;
}

export const hosts: readonly Host[] = [
  { name: 'isolated', threads: /^CPU · WASM SIMD · ([2-9]|\d\d) threads/ },
  { name: 'not isolated', threads: /^CPU · WASM SIMD · 1 thread(?!s)/ },
];

const dist = path.join(import.meta.dirname, '..', 'dist');

/** The host with headers, which answers with something else in place of some files. */
export async function visitOther(browser: Browser, instead: NonNullable<Hosting['instead']>): Promise<Visit> {
  const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
  return visitServer(browser, await serveFolder(dist, '/', { headers, instead }));
}

/** A fresh visit; relative addresses are the host's. */
export async function visit(browser: Browser, { name }: Host): Promise<Visit> {
  if (name === 'isolated') {
    const context = await browser.newContext();
    return { page: await context.newPage(), leave: () => context.close() };
  }
  return visitServer(browser, await serveFolder(dist, '/'));
}

async function visitServer(browser: Browser, server: Awaited<ReturnType<typeof serveFolder>>): Promise<Visit> {
  const context = await browser.newContext({ baseURL: server.url, serviceWorkers: 'block' });
  return {
    page: await context.newPage(),
    leave: async () => {
      await context.close();
      server.stop();
    },
  };
}
