/** `lab tokenizer` as its users call it: one JSON line, a file that other readers take, and a sentence for what is wrong. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Tokenizer as Oracle } from '@huggingface/tokenizers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTokenizerRecord } from '../lab/tokenizers/record';

const root = path.resolve(import.meta.dirname, '..', '..');
let folder = '';
const at = (name: string) => path.join(folder, name);
const text = 'The old whale swam north. 小猫在花园里找到三个红苹果。\n'.repeat(50);

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tokenizer-'));
  writeFileSync(at('text.txt'), text);
  // 天天 in GB18030.
  writeFileSync(at('gb.txt'), Uint8Array.of(0xcc, 0xec, 0xcc, 0xec));
});
afterAll(() => rmSync(folder, { recursive: true }));

function lab(...args: string[]): { code: number | null; out: string; error: string } {
  const command = [path.join(root, 'tools', 'lab.mjs'), 'tokenizer', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  return { code: status, out: stdout, error: stderr };
}

describe('lab tokenizer prune', () => {
  it('counts a file, prunes InternLM2 and writes a tokenizer.json that @huggingface/tokenizers loads and that is pruned again', () => {
    const { out, error } = lab(
      'prune',
      '--keep',
      '600',
      '--text',
      at('text.txt'),
      '--out',
      at('pruned.json'),
      '--json',
    );
    const { tokenizer, vocabulary, count, report, other } = JSON.parse(out || error);
    expect(tokenizer).toBe('internlm2');
    expect(vocabulary).toMatchObject({ size: 92_544, alwaysKept: 410, pieces: { zh: 31_148 }, dead: 0 });
    expect(count.characters.all).toBe(text.length);
    expect(report).toMatchObject({ method: 'frequency', kept: 600, nominal: { all: 1 } });
    expect(other).toMatchObject({ method: 'closed', kept: 600, dead: 0, growth: { all: 1 } });
    expect(report.growth.all).toBeGreaterThan(1);
    const oracle = new Oracle(JSON.parse(readFileSync(at('pruned.json'), 'utf8')), {});
    const ids = oracle.encode(text, { add_special_tokens: false }).ids;
    expect(ids).toHaveLength(Math.round(count.tokens.all * report.growth.all));
    expect(oracle.decode(ids, { clean_up_tokenization_spaces: false })).toBe(text);
    const again = lab('prune', '--keep', '500', '--tokenizer', at('pruned.json'), '--text', at('text.txt'), '--json');
    expect(JSON.parse(again.out).vocabulary.size).toBe(600);
  });

  it('keeps what occurs often enough, and reads a file in another encoding', () => {
    const often = lab('prune', '--minimum-count', '50', '--text', at('text.txt'), '--json');
    expect(JSON.parse(often.out).report.kept).toBeGreaterThan(410);
    const gb = lab('prune', '--keep', '500', '--text', at('gb.txt'), '--encoding', 'gb18030', '--json');
    expect(JSON.parse(gb.out).count.characters.all).toBe(2);
  });

  it('says what is wrong', () => {
    expect(lab('prune').error).toContain('--keep is missing.');
    expect(lab('prune', '--keep', '0').error).toContain('--keep is "0": give a number from 1');
    expect(lab('prune', '--keep', '500', '--tokenizer', 'bert').error).toContain(
      'There is no vocabulary "bert": choose one of internlm2, cl100k.',
    );
    expect(lab('prune', '--keep', '500', '--text', at('gb.txt')).error).toContain('byte 1 is 0xEC');
    expect(lab('prune', '--keep', '500', '--minimum-count', '5').error).toContain('not both');
    expect(lab('sing').error).toContain('There is no command tokenizer.');
  });
});

describe('lab tokenizer coverage', () => {
  it('writes a line a size, from what always stays to all, and the record of the page', () => {
    const args = ['--tokenizer', 'story-nano', '--text', at('text.txt'), '--points', '4'];
    const { out } = lab('coverage', ...args, '--json', '--record', at('record.json'), '--date', '2026-01-31');
    const points = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(points.map(({ keep }) => keep)).toHaveLength(4);
    expect(points[0].frequency.growth.all).toBeGreaterThan(1);
    expect(points.at(-1).frequency).toMatchObject({ cut: 0, reEncoded: { all: 1 }, growth: { all: 1 } });
    const record = readTokenizerRecord(JSON.parse(readFileSync(at('record.json'), 'utf8')), 'record.json');
    expect(record.points.map(({ keep }) => keep)).toEqual(points.map(({ keep }) => keep));
    expect(record.made.date).toBe('2026-01-31');
    expect(lab('coverage', ...args, '--record', at('x.json')).error).toContain('--record needs --date');
  });

  it('is recorded for InternLM2 on both languages', () => {
    const file = path.join(root, 'public', 'runs', 'tokenizer.json');
    const { tokenizer, count, points } = readTokenizerRecord(JSON.parse(readFileSync(file, 'utf8')), file);
    expect(tokenizer).toMatchObject({ id: 'internlm2', size: 92_544 });
    expect(count.characters.en).toBeGreaterThan(1e6);
    expect(count.characters.zh).toBeGreaterThan(1e6);
    for (const { keep, frequency, closed } of points) {
      expect(frequency.kept).toBe(keep);
      if (keep > 500) expect(closed.dead).toBe(0);
      expect(closed.growth.en).toBeLessThanOrEqual(frequency.growth.en ?? 0);
    }
    expect(() => readTokenizerRecord({ version: 2 }, 'x')).toThrow('x is no record of version 1');
  });
});
