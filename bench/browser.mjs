/** One page of `bench/page`, built, served and opened in a real browser; what its function returns comes back. */
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { build } from 'vite';
import { findChromium } from '../tools/environment.mjs';
import { buildKernels } from '../tools/kernels.mjs';
import { serveFolders } from './serve.mjs';

const flags = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Builds go here, one folder each. */
export const buildFolder = path.join(path.dirname(import.meta.dirname), '.cache', 'bench');

/**
 * `page` is the name of an HTML file, which sets the global function `entry`; `mounts` are folders to serve beside it;
 * `adapter` is what --use-webgpu-adapter gets, or default. Resolves with what `entry(options)` returns.
 */
export async function runInBrowser({ page: name, entry, mounts, adapter, options }) {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chrome or Chromium was found: install one, or set CHROMIUM_PATH to it.');
  const server = await serveFolders({ '': await buildPage(name), ...mounts });
  const chosen = adapter === 'default' ? [] : [`--use-webgpu-adapter=${adapter}`];
  const browser = await chromium.launch({ executablePath, args: [...flags, ...chosen] });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    page.on('console', (message) => console.error(message.text()));
    page.on('pageerror', (error) => console.error(String(error)));
    await page.goto(`${server.address}${name}.html`);
    await page.waitForFunction((global) => global in globalThis, entry, { timeout: 60_000 });
    const result = await page.evaluate(([global, given]) => globalThis[global](given), [entry, options]);
    return { result, version: browser.version() };
  } finally {
    await browser.close();
    server.close();
  }
}

/** What --use-webgpu-adapter gets unless the user says otherwise. */
export function usualAdapter() {
  return softwareOnly() ? 'swiftshader' : 'default';
}

/** Linux without a device node has no GPU driver that Chromium could use. */
function softwareOnly() {
  return process.platform === 'linux' && !existsSync('/dev/dri') && !existsSync('/dev/nvidia0');
}

/** Times on a busy machine compare nothing; Windows reports no load and is not warned. */
export function warnWhenBusy() {
  const load = loadavg()[0] ?? 0;
  if (load > 0.7) console.error(`The machine is busy (load ${load.toFixed(1)}): times will be too long and unfair.`);
}

/** The number of an option, or a sentence why it is none. */
export function wholeNumber(name, text, least = 1) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`--${name} is ${text}: give a whole number of at least ${least}.`);
}

async function buildPage(name) {
  await buildKernels();
  const root = path.join(import.meta.dirname, 'page');
  const outDir = path.join(buildFolder, name);
  await build({
    root,
    base: './',
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: false,
      rollupOptions: { input: path.join(root, `${name}.html`) },
    },
  });
  return outDir;
}
