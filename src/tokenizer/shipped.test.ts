import { readdirSync, readFileSync } from 'node:fs';
import { Tokenizer as Oracle } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { sampleLines } from './sampleText';
import { Tokenizer } from './tokenizer';

const models = new URL('../../public/models/', import.meta.url);
const names = readdirSync(models, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe('the shipped tokenizers', () => {
  it('are there', () => {
    expect(names).toContain('text-mini');
  });

  it.each(names)('%s reads text as @huggingface/tokenizers does, and back', (name) => {
    const path = `${name}/tokenizer.json`;
    const json = JSON.parse(readFileSync(new URL(path, models), 'utf8'));
    const tokenizer = Tokenizer.parse(json, path);
    const oracle = new Oracle(json, {});
    for (const line of sampleLines(500, 11)) {
      const ids = [...tokenizer.encode(line)];
      expect(ids, JSON.stringify(line)).toEqual(oracle.encode(line, { add_special_tokens: false }).ids);
      expect(tokenizer.decode(ids)).toBe(line);
    }
  });
});
