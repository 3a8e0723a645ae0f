/**
 * `npm run bench -- decode`: decoding speed of one model here and in onnxruntime-web, in one page of a real browser.
 * The page does the work (bench/page/decode.ts); this file builds it, opens it and prints what it found.
 */
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { build } from 'vite';
import { findChromium } from '../tools/environment.mjs';
import { serveFolders } from './serve.mjs';
import { decodeTable } from './table.mjs';

const root = path.dirname(import.meta.dirname);
const flags = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const summary = 'milliseconds a token, here and in onnxruntime-web (WebGPU and WASM), on the same weights';

export const help = `npm run bench -- decode [options]
  --model <id|folder>  a model of public/models, or a folder with config.json and model.safetensors (story-micro)
  --random             random weights of a fixed shape instead (C=192, L=6, V=2048)
  --tokens <number>    tokens a sample decodes (32)
  --prompt <number>    tokens of the prompt (8)
  --samples <number>   samples of each engine after the first, which stands apart (20)
  --calibrate          time this engine's kernels first and take the fastest, as its Device panel does on request
  --adapter <name>     what --use-webgpu-adapter gets: swiftshader, or default for the machine's own (swiftshader on Linux without /dev/dri)
  --json               one JSON object instead of a table`;

export async function run(parameters) {
  const { values } = parseArgs({
    args: parameters,
    options: {
      model: { type: 'string', default: 'story-micro' },
      random: { type: 'boolean', default: false },
      tokens: { type: 'string', default: '32' },
      prompt: { type: 'string', default: '8' },
      samples: { type: 'string', default: '20' },
      calibrate: { type: 'boolean', default: false },
      adapter: { type: 'string', default: softwareOnly() ? 'swiftshader' : 'default' },
      json: { type: 'boolean', default: false },
    },
  });
  const options = {
    random: values.random,
    promptTokens: wholeNumber('prompt', values.prompt),
    tokens: wholeNumber('tokens', values.tokens),
    samples: wholeNumber('samples', values.samples),
    calibrated: values.calibrate,
  };
  warnWhenBusy();
  const folder = values.random ? null : modelFolder(values.model);
  const { result, version } = await inBrowser(folder, values.adapter, options);
  const model = values.random ? 'random weights' : values.model;
  const report = { model, browser: version, options, ...result };
  console.log(values.json ? JSON.stringify(report, null, 2) : decodeTable(report));
}

async function inBrowser(folder, adapter, options) {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chrome or Chromium was found: install one, or set CHROMIUM_PATH to it.');
  const server = await serveFolders({
    '': await buildPage(),
    ort: path.join(import.meta.dirname, 'node_modules', 'onnxruntime-web', 'dist'),
    ...(folder && { model: folder }),
  });
  const chosen = adapter === 'default' ? [] : [`--use-webgpu-adapter=${adapter}`];
  const browser = await chromium.launch({ executablePath, args: [...flags, ...chosen] });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    page.on('console', (message) => console.error(message.text()));
    page.on('pageerror', (error) => console.error(String(error)));
    await page.goto(server.address);
    await page.waitForFunction(() => 'runDecode' in globalThis, undefined, { timeout: 60_000 });
    const result = await page.evaluate((given) => globalThis.runDecode(given), options);
    return { result, version: browser.version() };
  } finally {
    await browser.close();
    server.close();
  }
}

async function buildPage() {
  const folder = path.join(root, '.cache', 'bench', 'decode');
  await build({
    root: path.join(import.meta.dirname, 'page'),
    base: './',
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true, target: 'es2023', modulePreload: false },
  });
  return folder;
}

function modelFolder(name) {
  const folders = [path.join(root, 'public', 'models', name), path.resolve(name)];
  const folder = folders.find((candidate) => existsSync(path.join(candidate, 'model.safetensors')));
  if (folder) return folder;
  throw new Error(`Model ${name} was not found: ${folders.join(' and ')} hold no model.safetensors. Try --random.`);
}

/** Linux without a device node has no GPU driver that Chromium could use. */
function softwareOnly() {
  return process.platform === 'linux' && !existsSync('/dev/dri') && !existsSync('/dev/nvidia0');
}

/** Times on a busy machine compare nothing; Windows reports no load and is not warned. */
function warnWhenBusy() {
  const load = loadavg()[0] ?? 0;
  if (load > 0.7) console.error(`The machine is busy (load ${load.toFixed(1)}): times will be too long and unfair.`);
}

function wholeNumber(name, text) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Error(`--${name} is ${text}: give a whole number of at least 1.`);
}
