/** `lab sweep` as its users call it: it carries out an experiment, goes on with what a file holds, and says what is wrong. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Experiment } from '../lab/experiments/experiment';
import { readExperimentFile, writeExperimentFile } from '../lab/experiments/parse';
import { exampleRecipe } from '../lab/run-example';

const root = path.resolve(import.meta.dirname, '..', '..');
let folder = '';
const at = (name: string) => path.join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sweep-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function lab(...args: string[]): { code: number | null; out: string; error: string } {
  const command = [path.join(root, 'tools', 'lab.mjs'), 'sweep', '--backend', 'cpu', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  return { code: status, out: stdout, error: stderr };
}

const experiment: Experiment = {
  schemaVersion: 1,
  preset: null,
  kind: 'sweep',
  base: exampleRecipe({
    corpus: { kind: 'storyworld', zhShare: 0 },
    vocabulary: { kind: 'bytes' },
    context: 16,
    batch: 4,
    steps: 20,
    warmup: 2,
    heldOutTokens: 256,
    sampleEvery: 0,
  }),
  arms: { kind: 'grid', axes: [{ key: 'depth', values: [1, 2] }] },
  hold: null,
  length: { kind: 'steps' },
  search: { factors: [1], share: 1 },
  seeds: [1, 2],
};

describe('lab sweep', () => {
  it('writes a record that the page reads, and goes on where a file stops, with the same numbers', () => {
    writeFileSync(at('depth.json'), writeExperimentFile(experiment));
    const args = ['--config', at('depth.json'), '--threads', '1', '--json'];
    const first = lab(...args, '--out', at('whole.json'));
    expect(first.code, first.error).toBe(0);
    const lines = first.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ kind }) => kind)).toEqual(['experiment', 'run', 'run', 'run', 'run']);
    const whole = readExperimentFile(readFileSync(at('whole.json'), 'utf8'), 'whole.json');
    expect(whole).toMatchObject({ state: 'done', results: { length: 4 } });
    expect(whole.floor).toBeGreaterThan(0);

    const part = { ...whole, state: 'paused', results: whole.results.slice(0, 2) } as const;
    writeFileSync(at('part.json'), writeExperimentFile(part));
    const rest = lab(...args, '--out', at('part.json'));
    expect(rest.out.trim().split('\n'), rest.error).toHaveLength(3);
    const joined = readExperimentFile(readFileSync(at('part.json'), 'utf8'), 'part.json');
    const scores = (record: typeof whole) => record.results.map(({ job, heldOutLoss }) => [job, heldOutLoss]);
    expect(scores(joined)).toEqual(scores(whole));
  });

  it('says what is wrong and what to do', () => {
    expect(lab()).toMatchObject({ code: 2, error: expect.stringContaining('either --preset with its id or --config') });
    expect(lab('--preset', 'nothing')).toMatchObject({ code: 2, error: expect.stringContaining('choose depth-width') });
    const odd = { ...experiment, arms: { kind: 'grid', axes: [{ key: 'headSize', values: [7] }] } } as Experiment;
    writeFileSync(at('odd.json'), writeExperimentFile(odd));
    expect(lab('--config', at('odd.json'), '--out', at('odd.out.json'))).toMatchObject({ code: 1 });
    writeFileSync(at('other.json'), writeExperimentFile({ ...experiment, seeds: [9] }));
    expect(lab('--config', at('other.json'), '--out', at('whole.json'))).toMatchObject({
      code: 2,
      error: expect.stringContaining('holds another experiment'),
    });
  });
});
