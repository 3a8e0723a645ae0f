/**
 * `npm run bench -- <benchmark> [options]`. What the engine is measured against is large, so it is installed here, at first
 * use, and not with the project.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as decode from './decode.mjs';
import * as int4 from './int4.mjs';
import * as matmul from './matmul.mjs';
import * as tokenizer from './tokenizer.mjs';
import * as train from './train.mjs';

const benchmarks = { decode, train, matmul, int4, tokenizer };
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
  const { dependencies } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (Object.entries(dependencies).every(([name, version]) => installedVersion(folder, name) === version)) return;
  console.error('Installing what the benchmark compares with, about 220 MB …');
  const { status } = spawnSync('npm', ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm ci in ${folder} failed: is the network there?`);
}

/** Null when it is not installed. */
function installedVersion(folder, name) {
  const file = path.join(folder, 'node_modules', name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : null;
}
