/** A pruned model as its users make it: a folder that this command line, its sizes and another reader of tokenizers agree on. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Tokenizer as Oracle } from '@huggingface/tokenizers';
import { afterAll, describe, expect, it } from 'vitest';
import { sampleLines } from '../tokenizer/sampleText';
import { Tokenizer } from '../tokenizer/tokenizer';

const root = path.resolve(import.meta.dirname, '..', '..');
const folder = path.join(mkdtempSync(path.join(tmpdir(), 'pruned-')), 'story-nano-701');
afterAll(() => rmSync(path.dirname(folder), { recursive: true }));

function lab(...args: string[]): { code: number | null; out: string; error: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'tools', 'lab.mjs'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, error: stderr };
}

describe('lab prune-model', () => {
  // An odd number of pieces: rows of f16 then end in the middle of a word of the GPU's memory.
  const pruning = ['--keep', '701', '--method', 'closed', '--characters', '100000'];
  const exam = ['--probes', '2', '--documents', '4', '--backend', 'cpu'];
  const { out, error } = lab('prune-model', '--model', 'story-nano', ...pruning, ...exam, '--out', folder, '--json');

  it('prints the model before and after', () => {
    const result = JSON.parse(out || `{"error": ${JSON.stringify(error)}}`);
    expect(result).toMatchObject({
      model: 'story-nano',
      method: 'closed',
      kept: 701,
      adapter: expect.stringContaining('CPU'),
      before: { vocabularySize: 1536, parameters: 513_632, bytes: 1_027_264 },
      after: { vocabularySize: 701, parameters: 513_632 - 835 * 96, bytes: 1_027_264 - 835 * 96 * 2 },
    });
    expect(result.before.bitsPerCharacter.all.n).toBe(4);
    expect(result.after.bitsPerCharacter.all.value).toBeGreaterThan(result.before.bitsPerCharacter.all.value);
    expect(result.after.probes.all.n).toBe(10);
  });

  it('writes a folder that generates the same text on every backend', () => {
    expect(readdirSync(folder).sort()).toEqual(['card.md', 'config.json', 'model.safetensors', 'tokenizer.json']);
    const texts = ['cpu', 'gpu', 'twin'].map((backend) => {
      const asked = ['--model', folder, '--prompt', 'One', '--tokens', '16', '--backend', backend, '--json'];
      const { ids, text } = JSON.parse(lab('generate', ...asked).out);
      expect(ids.length).toBeGreaterThan(0);
      for (const id of ids) expect(id).toBeLessThan(701);
      return text;
    });
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).toBe(texts[0]);
  });

  it('writes a tokenizer.json that @huggingface/tokenizers reads with the same ids', () => {
    const json = JSON.parse(readFileSync(path.join(folder, 'tokenizer.json'), 'utf8'));
    const tokenizer = Tokenizer.parse(json, folder);
    const oracle = new Oracle(json, {});
    expect(tokenizer.vocabularySize).toBe(701);
    for (const line of sampleLines(300, 5)) {
      const ids = [...tokenizer.encode(line)];
      expect(ids, JSON.stringify(line)).toEqual(oracle.encode(line, { add_special_tokens: false }).ids);
      expect(tokenizer.decode(ids)).toBe(line);
    }
  });

  it('says what it needs', () => {
    expect(lab('prune-model', '--model', 'story-nano')).toMatchObject({
      code: 2,
      error: expect.stringContaining('--keep is missing.'),
    });
  });
});
