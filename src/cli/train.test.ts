/** `lab train` as its users call it: lines while it goes, a folder that the other commands open, and going on from it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRunFile } from '../lab/run-file';

const root = path.resolve(import.meta.dirname, '..', '..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lab-train-'));
  const model = {
    hidden_size: 16,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 32,
    max_position_embeddings: 16,
  };
  const recipe = {
    model,
    vocabulary: { kind: 'characters' },
    split: 'tail',
    context: 8,
    batch: 2,
    schedule: 'constant',
    warmup: 0,
    evaluateEvery: 2,
    heldOutTokens: 64,
    sampleEvery: 0,
  };
  writeFileSync(path.join(folder, 'recipe.json'), JSON.stringify(recipe));
  writeFileSync(path.join(folder, 'text.md'), 'A cat sat. The hen ran to the cat. '.repeat(60));
});

afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string) => path.join(folder, name);

function lab(...args: string[]): { code: number | null; out: string; error: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'tools', 'lab.mjs'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, error: stderr };
}

function train(...args: string[]) {
  const { out, error, code } = lab('train', '--backend', 'cpu', '--json', ...args);
  expect(code, error).toBe(0);
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const given = () => ['--config', at('recipe.json'), '--text', at('text.md')];

describe('lab train', () => {
  it('streams the first step, every evaluation and the end, and writes a model that writes text', () => {
    const lines = train(...given(), '--steps', '5', '--seed', '3', '--out', at('run'));
    expect(lines.map(({ kind, step }) => [kind, step])).toEqual([
      ['first', 1],
      ['evaluation', 2],
      ['evaluation', 4],
      ['end', 5],
    ]);
    for (const line of lines) {
      for (const key of [
        'loss',
        'heldOutLoss',
        'bitsPerCharacter',
        'tokensPerSecond',
        'learningRate',
        'gradientNorm',
      ]) {
        expect(line[key], key).toEqual(expect.any(Number));
      }
    }
    const [first, end] = [lines[0], lines.at(-1)];
    expect(Math.abs(first.loss / first.freshLoss - 1)).toBeLessThan(0.02);
    expect(end).toMatchObject({ state: 'done', folder: at('run'), problem: null });
    expect(readdirSync(at('run')).sort()).toEqual(
      ['config.json', 'model.safetensors', 'run.json', 'snapshot.safetensors', 'text.txt', 'tokenizer.json'].sort(),
    );
    const [record] = readRunFile(readFileSync(path.join(at('run'), 'run.json'), 'utf8'), 'run.json');
    expect(record).toMatchObject({ state: 'done', recipe: { steps: 5, seed: 3 }, curves: { steps: { length: 5 } } });
    const written = lab(
      'generate',
      '--model',
      at('run'),
      '--backend',
      'cpu',
      '--prompt',
      'A',
      '--tokens',
      '4',
      '--json',
    );
    expect(JSON.parse(written.out).ids.length, written.error).toBeGreaterThan(0);
  });

  it('goes on from its folder as if it had never stopped', () => {
    const whole = train(...given(), '--steps', '6', '--out', at('whole')).at(-1);
    train(...given(), '--steps', '3', '--out', at('part'));
    const rest = train('--resume', at('part'), '--steps', '6');
    expect(rest[0]).toMatchObject({ kind: 'first', step: 4 });
    const { loss, heldOutLoss, gradientNorm } = whole;
    expect(rest.at(-1)).toMatchObject({ step: 6, loss, heldOutLoss, gradientNorm });
    const weights = (name: string) => readFileSync(path.join(at(name), 'model.safetensors')).subarray(-4000);
    expect(weights('part').equals(weights('whole'))).toBe(true);
  });

  it('says what is wrong and what to do', () => {
    const wrong = (...args: string[]) => lab('train', '--backend', 'cpu', ...args);
    expect(wrong()).toMatchObject({ code: 2, error: expect.stringContaining('--config is missing: name a recipe') });
    expect(wrong('--config', 'nowhere.json')).toMatchObject({
      code: 2,
      error: expect.stringContaining('no such file'),
    });
    expect(wrong('--resume', folder)).toMatchObject({
      code: 2,
      error: expect.stringContaining('there is no run.json'),
    });
    writeFileSync(at('binary.txt'), Uint8Array.of(65, 0, 66));
    writeFileSync(at('short.txt'), 'Too short.');
    writeFileSync(at('newer.json'), '{"schemaVersion": 9}');
    const cases = [
      [['--config', at('recipe.json'), '--text', at('binary.txt')], 'is no text: byte 1 is 0'],
      [['--config', at('recipe.json'), '--text', at('short.txt')], 'lower the batch or the context'],
      [['--config', at('recipe.json')], 'choose a kind of storyworld, texts or file'],
      [['--config', at('newer.json'), '--text', at('text.md')], 'of version 9, made by a newer page'],
      [['--config', at('text.md')], 'is not JSON'],
    ] as const;
    for (const [args, sentence] of cases) {
      expect(wrong(...args)).toMatchObject({ code: 1, error: expect.stringContaining(sentence) });
    }
  });

  it('keeps a run that diverged at its last good snapshot', () => {
    const recipe = JSON.parse(readFileSync(at('recipe.json'), 'utf8'));
    const hot = { ...recipe, optimizer: 'sgd', learningRate: 100, clip: 0, snapshotEvery: 1 };
    writeFileSync(at('hot.json'), JSON.stringify(hot));
    const { code, error } = lab(
      'train',
      '--backend',
      'cpu',
      '--config',
      at('hot.json'),
      '--text',
      at('text.md'),
      '--out',
      at('hot'),
    );
    expect(code).toBe(1);
    expect(error).toMatch(/is not finite: the run went back to step \d+\. Lower the learning rate \(it was 100\)/);
    expect(error).toContain(`--resume ${at('hot')}`);
  });
});
