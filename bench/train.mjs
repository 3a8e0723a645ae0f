/**
 * `npm run bench -- train`: the time of one training step here, in jax-js and in TensorFlow.js, in one page of a real
 * browser. The page does the work (bench/page/train.ts); this file builds it, opens it and prints what it found.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildFolder, runInBrowser, usualAdapter, warnWhenBusy, wholeNumber } from './browser.mjs';
import { buildTfjs } from './tfjs.mjs';
import { trainTable } from './train-table.mjs';

export const summary =
  'milliseconds a training step, here, in jax-js and in TensorFlow.js, on the same weights and batches';

export const help = `npm run bench -- train [options]
  --samples <number>        steps of each engine after the first, which stands apart (20); 10 or more compare the loss after ten updates
  --tfjs-samples <number>   the same for TensorFlow.js, whose steps are several times as long (10); 0 leaves it out
  --adapter <name>          what --use-webgpu-adapter gets: swiftshader, or default for the machine's own (swiftshader on Linux without /dev/dri)
  --json                    one JSON object instead of a table`;

export async function run(parameters) {
  const { values } = parseArgs({
    args: parameters,
    options: {
      samples: { type: 'string', default: '20' },
      'tfjs-samples': { type: 'string', default: '10' },
      adapter: { type: 'string', default: usualAdapter() },
      json: { type: 'boolean', default: false },
    },
  });
  const samples = wholeNumber('samples', values.samples);
  const options = {
    samples,
    tfjsSamples: Math.min(samples, wholeNumber('tfjs-samples', values['tfjs-samples'], 0)),
  };
  warnWhenBusy();
  const tfjs = path.join(buildFolder, 'tfjs');
  await buildTfjs(tfjs);
  const { result, version } = await runInBrowser({
    page: 'train',
    entry: 'runTrain',
    mounts: { jax: path.join(import.meta.dirname, 'node_modules', '@jax-js', 'jax', 'dist'), tfjs },
    adapter: values.adapter,
    options,
  });
  const report = { browser: version, versions: peerVersions(), options, ...result };
  console.log(values.json ? JSON.stringify(report, null, 2) : trainTable(report));
}

function peerVersions() {
  const { dependencies } = JSON.parse(readFileSync(path.join(import.meta.dirname, 'package.json'), 'utf8'));
  return Object.fromEntries(
    ['@jax-js/jax', '@tensorflow/tfjs-backend-webgpu'].map((name) => [name, dependencies[name]]),
  );
}
