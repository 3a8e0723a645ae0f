/**
 * `npm run bench -- <benchmark> [options]`. What the engine is measured against is large, so it is installed here, at first
 * use, and not with the project.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as decode from './decode.mjs';

const benchmarks = { decode };
const [name, ...parameters] = process.argv.slice(2);

try {
  const benchmark = Object.hasOwn(benchmarks, name ?? '') ? benchmarks[name] : null;
  if (name && !benchmark) throw new Error(`There is no benchmark ${name}: ${Object.keys(benchmarks).join(', ')}.`);
  if (!benchmark) list();
  else if (parameters.includes('--help')) console.log(benchmark.help);
  else {
    install();
    await benchmark.run(parameters);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function list() {
  console.log('npm run bench -- <benchmark> [options]\n');
  for (const [title, { summary }] of Object.entries(benchmarks)) console.log(`  ${title.padEnd(10)}${summary}`);
  console.log('\nnpm run bench -- <benchmark> --help lists its options. Close other programs first.');
}

function install() {
  const folder = import.meta.dirname;
  if (existsSync(path.join(folder, 'node_modules', 'onnxruntime-web', 'package.json'))) return;
  console.error('Installing what the benchmark compares with, about 150 MB …');
  const { status } = spawnSync('npm', ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm ci in ${folder} failed: is the network there?`);
}
