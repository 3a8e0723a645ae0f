/** `lab offload run` and `lab offload measure` as their users call them: one JSON object, and sentences for what cannot be. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesWithExperts } from '../lab/offload/test-files';

const root = path.resolve(import.meta.dirname, '..', '..');
let folder = '';
let model = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'offload-run-'));
  model = path.join(folder, path.basename(folder));
  mkdirSync(model);
  for (const [name, bytes] of Object.entries(filesWithExperts('story-nano', 4))) {
    writeFileSync(path.join(model, name), bytes);
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(path.join(root, '.cache', 'experts', path.basename(folder)), { recursive: true, force: true });
});

function lab(...args: string[]): { code: number | null; out: string; error: string } {
  const command = [path.join(root, 'tools', 'lab.mjs'), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  return { code: status, out: stdout, error: stderr };
}

const run = (...args: string[]) =>
  lab('offload', 'run', '--model', model, '--prompt', 'One day', '--tokens', '6', ...args);

describe('lab offload run', () => {
  it.each(['cpu', 'gpu'])(
    'writes greedily what all experts write, and says what moved (%s)',
    { timeout: 120_000 },
    (backend) => {
      const { out, error } = run('--backend', backend, '--slots', '3', '--policy', 'infmoe', '--compare', '--json');
      expect(error).toBe('');
      const result = JSON.parse(out);
      expect(result).toMatchObject({ policy: 'infmoe', backend, slots: 3, tier: 'memory', equal: true, hitRate: 0 });
      expect(result.resident.text).toBe(result.text);
      expect(result.ids).toHaveLength(6);
      expect(result.tokensPerSecond).toBeGreaterThan(0);
      expect(result.peakResidency).toBeGreaterThan(0);
      expect(result.peakResidency).toBeLessThanOrEqual(3);
      expect(result.bytesMoved).toBe(result.loads * result.bytesPerExpert);
      expect(result.timeline.flatMap(({ visits }: { visits: unknown[] }) => visits)).toHaveLength(result.requests);
      expect(result.alpha[0]).toMatchObject({ rows: 1 });
      expect(result.beta).toBeGreaterThan(0);
      expect(result.overlap).toBeGreaterThanOrEqual(0);
      expect(result.overlap).toBeLessThanOrEqual(1);
    },
  );

  it('takes K from a budget, experts from files, and a cache that must know the text', { timeout: 120_000 }, () => {
    const { out, error } = run(
      '--backend',
      'cpu',
      '--budget',
      '0.7',
      '--tier',
      'files',
      '--policy',
      'belady',
      '--json',
    );
    expect(error).toBe('');
    const result = JSON.parse(out);
    expect(result.slots).toBe(Math.floor((0.7 * 2 ** 20) / result.bytesPerExpert));
    expect(result).toMatchObject({ tier: 'files', notes: [] });
    expect(result.hitRate).toBeGreaterThan(0);
    expect(result.gamma).toBeGreaterThan(0);
    const text = run('--backend', 'cpu', '--slots', '2', '--policy', 'lru', '--compare').out;
    expect(text).toContain('K = 2, experts in memory');
    expect(text).toContain('the same text as with all experts');
  });

  it.each([
    [['--slots', '0'], 'There are 0 slots: give a whole number of at least 1'],
    [['--budget', '0.05'], 'An expert of this model takes 0.0967 MiB, the budget is 0.05 MiB'],
    [['--slots', '2', '--policy', 'fifo'], 'There is no policy "fifo": choose resident, on-demand'],
    [['--slots', '15', '--policy', 'resident'], 'All resident needs 16 slots'],
    [[], 'Give --slots, --budget, or both.'],
  ])('refuses %j with a sentence', (args, sentence) => {
    const { code, error } = run('--backend', 'cpu', ...args);
    expect(code).toBe(2);
    expect(error).toContain(sentence);
  });

  it('refuses a model without experts', () => {
    const { code, error } = lab('offload', 'run', '--model', 'story-nano', '--slots', '2', '--backend', 'cpu');
    expect(code).toBe(2);
    expect(error).toContain('This model has no experts to move');
  });
});

describe('lab offload measure', () => {
  const measure = (...args: string[]) =>
    lab('offload', 'measure', '--width', '32', '--ffn', '48', '--repeats', '2', ...args);

  it.each(['cpu', 'gpu'])('runs one layer beside its simulation (%s)', { timeout: 120_000 }, (backend) => {
    const { out, error } = measure('--backend', backend, '--experts', '5', '--rows', '40', '--json');
    expect(error).toBe('');
    const { measured, counts, rows } = JSON.parse(out);
    expect(measured.backend).toBe(backend);
    expect(counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(40);
    expect(rows).toHaveLength(6);
    for (const row of rows) {
      expect(row.makespans).toHaveLength(2);
      expect(row.error).toBeGreaterThan(-1);
      expect(row.measured.order).toEqual(row.simulated.order);
    }
  });

  it('names what it refuses, and what cannot be', () => {
    const { out } = measure('--backend', 'cpu', '--experts', '12', '--policy', 'optimum');
    expect(out).toContain('optimum: The optimum is searched for up to');
    const none = measure('--backend', 'cpu', '--slots', '0');
    expect(none.code).toBe(2);
    expect(none.error).toContain('There are 0 slots');
  });
});
