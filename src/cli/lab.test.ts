/** The command line as its users call it: one JSON object, the same for the same seed, and a sentence for what is wrong. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFixture } from '../model/fixture-folder';

const root = path.resolve(import.meta.dirname, '..', '..');

function lab(...args: string[]): { code: number | null; out: string; error: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'tools', 'lab.mjs'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, error: stderr };
}

function json(...args: string[]) {
  const { out, error } = lab(...args, '--json');
  const lines = out.split('\n').filter((line) => line !== '');
  expect(lines, error).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}

describe('lab generate', () => {
  const args = ['generate', '--model', 'story-nano', '--prompt', 'One', '--tokens', '24', '--seed', '7'];

  it('writes the same text for the same seed, on the GPU and on the CPU', () => {
    const first = json(...args, '--backend', 'gpu');
    expect(first).toMatchObject({ model: 'story-nano', backend: 'gpu', seed: 7, submitsPerToken: 1, weights: 'f16' });
    expect(first.ids.length).toBeGreaterThan(0);
    expect(first.ids.length).toBeLessThanOrEqual(24);
    expect(first.text.length).toBeGreaterThan(0);
    expect(first.firstTokenMs).toBeGreaterThan(0);
    expect(first.tokensPerSecond).toBeGreaterThan(0);
    expect(first.adapter).toEqual(expect.any(String));
    expect(json(...args, '--backend', 'gpu').ids).toEqual(first.ids);
    expect(json(...args, '--backend', 'twin')).toMatchObject({ backend: 'cpu', ids: first.ids, text: first.text });
    expect(json(...args, '--backend', 'cpu')).toMatchObject({ backend: 'cpu', ids: first.ids, text: first.text });
  });

  it('cuts a prompt that is longer than the context and says how much', () => {
    const { promptTokensDropped, promptIds, context } = json(
      'generate',
      '--prompt',
      'story '.repeat(400),
      '--tokens',
      '4',
      '--backend',
      'cpu',
    );
    expect(promptTokensDropped).toBeGreaterThan(0);
    expect(promptIds.length).toBe(context - 4);
  });
});

describe('lab logits', () => {
  it('prints every logit of the last position, as PyTorch computes them', () => {
    const fixture = readFixture('llama');
    const ids = fixture.ids[0] ?? [];
    const expected = fixture.logits.subarray(
      (ids.length - 1) * fixture.config.vocab_size,
      ids.length * fixture.config.vocab_size,
    );
    const folder = 'src/model/fixtures/llama';
    // The fixture has no tokenizer, and ids need none.
    const { logits } = json('logits', '--model', folder, '--ids', ids.join(','));
    expect(logits).toHaveLength(fixture.config.vocab_size);
    for (const [id, logit] of logits.entries()) expect(logit).toBeCloseTo(expected[id] ?? Number.NaN, 4);
  });

  it('refuses an id that the model does not have', () => {
    const { code, error } = lab('logits', '--model', 'story-nano', '--ids', '1,99999');
    expect(code).toBe(2);
    expect(error).toContain('--ids holds "99999": give whole numbers from 0 to 1535');
  });
});

it('says what it does not know', () => {
  expect(lab('sing')).toMatchObject({ code: 2, error: expect.stringContaining('There is no command sing.') });
  expect(lab('generate', '--model', 'nowhere').error).toContain('--model is "nowhere": there is no such folder');
  expect(lab('generate', '--seed', 'x').error).toContain('--seed is "x": give a number');
  expect(lab('generate', '--colour', 'red').error).toContain("'--colour'");
});

describe('lab quantise', () => {
  const few = ['--model', 'story-nano', '--probes', '2', '--documents', '4', '--backend', 'cpu'];

  it('measures a model before and after, and writes one that runs', () => {
    const out = mkdtempSync(path.join(tmpdir(), 'quantised-'));
    const result = json('quantise', ...few, '--scheme', 'int8-row', '--out', out);
    expect(result).toMatchObject({ model: 'story-nano', scheme: 'int8-row', matrices: 'glm', activations: 'f32', out });
    expect(result.after.bytes).toBeLessThan(result.before.bytes);
    expect(result.memory.after).toBeLessThan(result.memory.before);
    expect(result.difference.bitsPerCharacter.all.n).toBe(4);
    expect(Math.abs(result.difference.bitsPerCharacter.all.value)).toBeLessThan(0.01);
    expect(result.errors).toHaveLength(32);
    expect(result.errors[0].onActivations).toBeGreaterThan(0);
    expect(result.layers).toHaveLength(4);
    const written = json('generate', '--model', out, '--prompt', 'One', '--tokens', '8', '--backend', 'cpu');
    expect(written.ids.length).toBeGreaterThan(0);
    expect(written.weights).toBe('int8');
    rmSync(out, { recursive: true });
  });

  it('prints a line a scheme', () => {
    const { out } = lab(
      'quantise',
      ...few,
      '--scheme',
      'int4-row,int4-32',
      '--matrices',
      'all',
      '--activations',
      'int8',
      '--json',
    );
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ scheme, activations }) => [scheme, activations])).toEqual([
      ['int4-row', 'int8'],
      ['int4-32', 'int8'],
    ]);
  });

  it.each([
    [['--scheme', 'int3'], '--scheme has "int3": choose int8-row, int4-row'],
    [['--scheme', 'int4-row,int4-32', '--out', 'somewhere'], '--out takes a single scheme'],
    [['--matrices', 'some'], '--matrices is "some": choose glm, all.'],
    [['--backend', 'twin', '--activations', 'int8'], 'The twin knows no integer activations'],
  ])('refuses %j with a sentence', (args, sentence) => {
    const { code, error } = lab('quantise', ...few, ...args);
    expect(code).not.toBe(0);
    expect(error).toContain(sentence);
  });
});
