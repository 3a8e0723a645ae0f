/** `lab offload simulate` as its users call it: JSON lines, a table, and a sentence for what is wrong. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..', '..');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'offload-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function simulate(...args: string[]): { code: number | null; out: string; error: string } {
  const command = [path.join(root, 'tools', 'lab.mjs'), 'offload', 'simulate', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  return { code: status, out: stdout, error: stderr };
}

function config(name: string, content: unknown): string {
  const file = path.join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const jsonLines = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('lab offload simulate', () => {
  it('gives Figure 4’s times under all policies, a JSON line each', () => {
    const results = jsonLines(simulate('--preset', 'figure-4', '--policy', 'all', '--json').out);
    const makespans = Object.fromEntries(results.map(({ policy, makespan }) => [policy, makespan.toFixed(2)]));
    expect(makespans).toEqual({
      resident: '3.64',
      'on-demand': '7.64',
      ring: '5.94',
      infmoe: '4.64',
      johnson: '4.64',
      optimum: '4.64',
    });
    const greedy = results.find(({ policy }) => policy === 'infmoe');
    expect(greedy).toMatchObject({ order: [3, 0, 2, 1], rule: 'paper', slots: 2, constraints: { mends: [] } });
    expect(greedy.bound).toBeCloseTo(4.64, 9);
    expect(greedy.timeline.loads.map(({ start }: { start: number }) => start)).toEqual([0, 1, 2, 3]);
    expect(greedy.waits).toHaveLength(1);
    const text = simulate('--preset', 'figure-4', '--policy', 'infmoe').out;
    expect(text).toContain('infmoe (CPM-2 paper, reconstruction): 4.64 β, at best 4.64\n  order 4-1-3-2');
  });

  it('reads a config, lets options override it, and says which constraints break and what mends them', () => {
    const machine = { computeTimes: [0.5, 0.25], loadTime: 1, slots: 1, policy: 'ring' };
    const file = config('machine.json', machine);
    const [ring] = jsonLines(simulate('--config', file, '--json').out);
    expect(ring).toMatchObject({ policy: 'ring', rule: 'strict', slots: 1, makespan: 2.75, order: [0, 1] });
    expect(ring.constraints.uncovered).toEqual([2]);
    expect(ring.constraints.mends).toContainEqual({ kind: 'faster link', factor: 2, slots: 1 });
    const args = ['--slots', '2', '--rule', 'paper', '--policy', 'johnson'];
    const [other] = jsonLines(simulate('--config', file, ...args, '--json').out);
    expect(other).toMatchObject({ policy: 'johnson', rule: 'paper', slots: 2, makespan: 2.25 });
    expect(simulate('--config', file).out).toContain('would mend it: larger batch by 2, with 1 slot\n');
  });

  it('among all policies says that the search refuses 32 experts, and fails when only that was asked for', () => {
    const results = jsonLines(simulate('--preset', 'figure-5', '--json').out);
    const johnson = simulate('--preset', 'figure-5', '--policy', 'johnson').out;
    expect(johnson).toContain('(i) broken at t = 32\n  (ii) broken at t = 3–25\n');
    expect(results.at(-1).refused).toContain('searched for up to 10 experts, here 32');
    expect(simulate('--preset', 'figure-5', '--policy', 'optimum')).toMatchObject({
      code: 1,
      error: expect.stringContaining('here 32 have tokens'),
    });
  });

  it('says what is wrong', () => {
    expect(simulate()).toMatchObject({
      code: 2,
      error: expect.stringContaining('Give either --config FILE or --preset'),
    });
    expect(simulate('--preset', 'figure-6').error).toContain('There is no preset "figure-6": choose figure-4');
    expect(simulate('--preset', 'figure-4', '--policy', 'fifo').error).toContain('choose resident, on-demand, ring');
    expect(simulate('--preset', 'figure-4', '--slots', '0').error).toContain('--slots is "0": give a number from 1');
    expect(simulate('--preset', 'figure-4', '--rule', 'loose').error).toContain(
      'rule is "loose": choose paper or strict',
    );
    const negative = config('negative.json', { computeTimes: [1, -2], loadTime: 1, slots: 1 });
    expect(simulate('--config', negative).error).toContain('computeTimes[1] is -2: give a time of at least 0');
    expect(simulate('--config', config('broken.json', '{')).error).toContain('broken.json is no JSON');
    expect(simulate('--config', config('list.json', [])).error).toContain('list.json holds no JSON object');
    expect(simulate('--config', path.join(folder, 'none.json')).error).toContain('none.json cannot be read');
  });
});
