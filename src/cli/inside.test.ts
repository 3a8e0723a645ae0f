/** `lab inside` and `lab shapes` as their users call them. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..', '..');

function lab(...args: string[]): { code: number | null; out: string; error: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'tools', 'lab.mjs'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, error: stderr };
}

function lines(...args: string[]) {
  const { out, error, code } = lab(...args, '--json');
  expect(code, error).toBe(0);
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

describe('lab inside', () => {
  const args = [
    'inside',
    '--model',
    'story-nano',
    '--prompt',
    'Tom had a red ball. Tom gave the ball to Ann. Tom ran.',
  ];

  it('measures every layer of a shipped model, and says that a part was switched off', () => {
    const [whole] = lines(...args);
    expect(whole).toMatchObject({ model: 'story-nano', without: 'nothing', ablation: null, left: 0, first: 1 });
    expect(whole.layers).toHaveLength(5);
    for (const { layer, collapse, effectiveDimension, attention, plane } of whole.layers) {
      expect(collapse).toBeGreaterThan(0);
      expect(collapse).toBeLessThan(1);
      expect(effectiveDimension).toBeGreaterThan(1);
      expect(effectiveDimension).toBeLessThan(whole.tokens);
      if (layer === 0) expect(attention).toBeNull();
      else expect(attention.heads).toHaveLength(3);
      expect(plane.shares[0]).toBeGreaterThanOrEqual(plane.shares[1]);
    }
    const [without] = lines(...args, '--without', 'both');
    expect(without).toMatchObject({ without: 'both', ablation: expect.stringContaining('switched off') });
    expect(without.layers[0]).toEqual(whole.layers[0]);
    expect(without.layers[1].collapse).not.toBe(whole.layers[1].collapse);
  });

  it('measures the same on the twin', () => {
    const [cpu] = lines(...args);
    const [twin] = lines(...args, '--backend', 'twin64');
    twin.layers.forEach((layer: { collapse: number; effectiveDimension: number }, index: number) => {
      expect(cpu.layers[index].collapse).toBeCloseTo(layer.collapse, 5);
      expect(cpu.layers[index].effectiveDimension).toBe(layer.effectiveDimension);
    });
  });

  it('asks for a text, and for one that is long enough', () => {
    expect(lab('inside')).toMatchObject({ code: 2, error: expect.stringContaining('Give a text') });
    expect(lab('inside', '--prompt', 'a', '--first', '40').error).toContain('give a longer text');
  });
});

describe('lab shapes', () => {
  it('decodes a copy of a shape that fits, beside the paper’s own row', () => {
    const [row, ...more] = lines('shapes', '--shape', '9x2560', '--limit', '12MiB', '--tokens', '4', '--runs', '2');
    expect(more).toEqual([]);
    expect(row).toMatchObject({ shape: '9×2560', weights: 'f32', paper: { tokensPerSecond: 57.53 } });
    expect(row.factor).toBeLessThan(1);
    expect(row.totalBytes).toBeLessThanOrEqual(12 * 2 ** 20);
    expect(row.measured.runs).toHaveLength(2);
    expect(row.measured.tokensPerSecond.median).toBeGreaterThan(0);
  });

  it('plans all five at one factor without running them, and any config', () => {
    const rows = lines('shapes', '--plan', '--limit', '2GiB');
    expect(rows.map(({ shape }) => shape)).toEqual(['40×1280', '30×1536', '20×1792', '15×2048', '9×2560']);
    expect(new Set(rows.map(({ factor }) => factor)).size).toBe(1);
    for (const { measured } of rows) expect(measured).toBeNull();
    const [own] = lines('shapes', '--plan', '--config', 'public/models/story-nano/config.json');
    expect(own).toMatchObject({ factor: 1, paper: null });
  });

  it('says what a size looks like', () => {
    expect(lab('shapes', '--limit', '1GB').error).toContain('--limit is "1GB": give a number and KiB, MiB, GiB or TiB');
    expect(lab('shapes', '--limit', '1MiB', '--plan').error).toContain('Even the smallest copy needs');
  });
});
