/** The engine's own script (graph, kernels, models, training; see vite.config.ts) stays small. No browser is needed. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

const assets = path.join(import.meta.dirname, '..', 'dist', 'assets');

test('the engine is at most 80 kB of script, compressed', () => {
  const engines = readdirSync(assets).filter((name) => /^engine-.*\.js$/.test(name));
  expect(engines).toHaveLength(1);
  const script = readFileSync(path.join(assets, engines[0] ?? ''));
  // It holds what it should: kernels of both directions, without their comments.
  expect(script.toString()).toContain('@compute');
  expect(script.toString()).toContain('linearWeightGradient');
  expect(script.toString()).not.toContain('// ');
  expect(gzipSync(script).length).toBeLessThanOrEqual(80_000);
});

test('kernels that most visits do without are files of their own', () => {
  for (const name of ['quantised', 'experts', 'optimisers', 'inspection']) {
    const files = readdirSync(assets).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.js'));
    expect(files, name).toHaveLength(1);
    expect(readFileSync(path.join(assets, files[0] ?? '')).toString(), name).toContain('@compute');
  }
});
