/**
 * One recipe, the same file of weights everywhere: here in Node on one, two and four threads, in a browser in
 * e2e/no-webgpu-bits.spec.ts.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..', '..');
/** As `sha256sum` writes it. When a kernel changes a bit on purpose, this file changes: the test says to what. */
const expected = readFileSync(path.join(root, 'e2e', 'same-bits.sha256'), 'utf8');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lab-same-bits-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

it.each(['1', '2', '4'])('the weights of e2e/same-bits.json have the known bits on %s threads', (threads) => {
  const config = path.join(root, 'e2e', 'same-bits.json');
  const out = path.join(folder, threads);
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      path.join(root, 'tools', 'lab.mjs'),
      ...['train', '--backend', 'cpu', '--threads', threads, '--config', config, '--out', out],
    ],
    { cwd: root, encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
  const hash = createHash('sha256')
    .update(readFileSync(path.join(out, 'model.safetensors')))
    .digest('hex');
  expect(`${hash}  model.safetensors\n`).toBe(expected);
});
