/**
 * `npm run bench -- matmul`: the matrix product of the CPU backend beside onnxruntime-web's, on one and two threads, in one
 * page of a real browser. The page does the work (bench/page/matmul.ts).
 */

import path from 'node:path';
import { parseArgs } from 'node:util';
import { runInBrowser, warnWhenBusy, wholeNumber } from './browser.mjs';
import { matmulTable } from './matmul-table.mjs';

export const summary = 'f32 matrix products in WebAssembly, here and in onnxruntime-web, on one and two threads';

export const help = `npm run bench -- matmul [options]
  --samples <number>   samples of each engine and shape (20)
  --json               one JSON object instead of a table`;

export async function run(parameters) {
  const { values } = parseArgs({
    args: parameters,
    options: { samples: { type: 'string', default: '20' }, json: { type: 'boolean', default: false } },
  });
  const options = { samples: wholeNumber('samples', values.samples) };
  warnWhenBusy();
  const { result, version } = await runInBrowser({
    page: 'matmul',
    entry: 'runMatmul',
    mounts: { ort: path.join(import.meta.dirname, 'node_modules', 'onnxruntime-web', 'dist') },
    adapter: 'swiftshader',
    options,
  });
  const report = { browser: version, options, ...result };
  console.log(values.json ? JSON.stringify(report, null, 2) : matmulTable(report));
}
