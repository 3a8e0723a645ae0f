/**
 * `npm run bench -- int4`: products with a matrix of 4 bits here and in onnxruntime-web, on WebGPU and in WebAssembly, in one
 * page of a real browser. The page does the work (bench/page/int4.ts).
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runInBrowser, usualAdapter, warnWhenBusy, wholeNumber } from './browser.mjs';
import { int4Table } from './int4-table.mjs';

export const summary = 'products with INT4 weights, here and in onnxruntime-web, on WebGPU and in WebAssembly';

export const help = `npm run bench -- int4 [options]
  --samples <number>   samples of each engine and shape (20)
  --only <text>        only shapes whose name holds the text, e.g. "1 × 512"
  --adapter <name>     WebGPU adapter: swiftshader, default, … (default; swiftshader without a GPU driver)
  --json               one JSON object instead of a table`;

export async function run(parameters) {
  const { values } = parseArgs({
    args: parameters,
    options: {
      samples: { type: 'string', default: '20' },
      only: { type: 'string', default: '' },
      adapter: { type: 'string', default: usualAdapter() },
      json: { type: 'boolean', default: false },
    },
  });
  const options = { samples: wholeNumber('samples', values.samples), only: values.only };
  warnWhenBusy();
  const { result, version } = await runInBrowser({
    page: 'int4',
    entry: 'runInt4',
    mounts: { ort: path.join(import.meta.dirname, 'node_modules', 'onnxruntime-web', 'dist') },
    adapter: values.adapter,
    options,
  });
  const report = { browser: version, options, ...result };
  console.log(values.json ? JSON.stringify(report, null, 2) : int4Table(report));
}
