/** `lab upcycle` as its users call it: the model says what its dense one says, the other commands take it, and `train --from` trains it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCheckpoint } from '../model/checkpoint';
import { parseConfig } from '../model/config-file';

const root = path.resolve(import.meta.dirname, '..', '..');
const folder = mkdtempSync(path.join(tmpdir(), 'upcycled-'));
const at = (name: string) => path.join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

function lab(...args: string[]): { code: number | null; out: string; error: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'tools', 'lab.mjs'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, error: stderr };
}

function json(...args: string[]) {
  const { out, error } = lab(...args, '--json');
  return JSON.parse(out.trimEnd().split('\n').at(-1) || `{"error": ${JSON.stringify(error)}}`);
}

function weightsAt(name: string) {
  const config = parseConfig(JSON.parse(readFileSync(at(`${name}/config.json`), 'utf8')), name);
  return readCheckpoint(config, new Uint8Array(readFileSync(at(`${name}/model.safetensors`))), name);
}

const recipe = {
  context: 32,
  batch: 4,
  warmup: 0,
  schedule: 'constant',
  learningRate: 1e-4,
  heldOutTokens: 512,
  sampleEvery: 0,
};
writeFileSync(at('recipe.json'), JSON.stringify({ ...recipe, corpus: { kind: 'storyworld', zhShare: 0 } }));

describe('lab upcycle', () => {
  const upcycled = json('upcycle', '--model', 'story-nano', '--experts', '4', '--seed', '3', '--out', at('story-moe'));
  const write = (model: string, backend: string) =>
    json(
      'generate',
      '--model',
      model,
      '--backend',
      backend,
      '--prompt',
      'One day, Lily',
      '--tokens',
      '24',
      '--temperature',
      '0',
    );

  it('says how large the model is, and what of it a token meets', () => {
    const ffns = 4 * 3 * 96 * 176;
    const gates = 4 * 4 * 96;
    expect(upcycled).toEqual({
      model: 'story-nano',
      experts: 4,
      seed: 3,
      parameters: 513_632 + 3 * ffns + gates,
      activeParameters: 513_632 + gates,
      out: at('story-moe'),
    });
    expect(readFileSync(at('story-moe/card.md'), 'utf8')).toContain('4 copies of each feed-forward network');
  });

  it.each(['cpu', 'gpu'])('writes the text of the dense model (%s)', (backend) => {
    const [moe, dense] = [write(at('story-moe'), backend), write('story-nano', backend)];
    expect(moe.text.length).toBeGreaterThan(20);
    expect(moe.text).toBe(dense.text);
  });

  it('makes a model that can be quantised, its experts aside, and pruned', () => {
    const quantised = ['--model', at('story-moe'), '--scheme', 'int4-row', '--out', at('int4'), '--backend', 'cpu'];
    expect(lab('quantise', ...quantised, '--documents', '2', '--probes', '1').error).toBe('');
    const { quantization_config } = JSON.parse(readFileSync(at('int4/config.json'), 'utf8'));
    expect(quantization_config.modules).toContain('model.layers.0.self_attn.q_proj');
    expect(quantization_config.modules.join()).not.toContain('experts');
    expect(readFileSync(at('int4/card.md'), 'utf8')).toContain('no kernel reads experts as integers');
    const pruning = ['--keep', '701', '--method', 'closed', '--characters', '20000', '--out', at('pruned')];
    const exam = ['--probes', '1', '--documents', '2', '--backend', 'cpu'];
    expect(json('prune-model', '--model', at('story-moe'), ...pruning, ...exam).after.vocabularySize).toBe(701);
    for (const model of ['int4', 'pruned']) expect(write(at(model), 'cpu').text.length).toBeGreaterThan(10);
  });

  it('is refused a model that has experts', () => {
    const { code, error } = lab('upcycle', '--model', at('story-moe'), '--experts', '4');
    expect(code).toBe(1);
    expect(error).toContain('num_experts is 4 in the model that is given: give a model without experts.');
  });
});

describe('lab train --from', () => {
  const start = ['train', '--backend', 'cpu', '--config', at('recipe.json')];

  it('starts from the weights, shape and tokenizer of the model, and leaves its gates as they are', () => {
    const { out, error } = lab(...start, '--from', at('story-moe'), '--steps', '3', '--out', at('run'), '--json');
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line || `{"error": ${JSON.stringify(error)}}`));
    // A fresh model stands at ln 1536 = 7.3.
    expect(lines[0].loss).toBeLessThan(2.5);
    const [before, after] = [weightsAt('story-moe'), weightsAt('run')];
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [name, values] of before) {
      if (name.endsWith('mlp.gate.weight')) expect(after.get(name)).toEqual(values);
      else expect(after.get(name), name).not.toEqual(values);
    }
    const [one, other] = [0, 1].map((expert) => after.get(`model.layers.0.mlp.experts.${expert}.up_proj.weight`));
    expect(one).not.toEqual(other);
    const { name, recipe } = JSON.parse(readFileSync(at('run/run.json'), 'utf8')).runs[0];
    expect(name).toBe('from story-moe');
    expect(recipe.model).toMatchObject({ num_experts: 4, hidden_size: 96 });
  });

  it('goes on with --resume, which takes no --from', () => {
    const resumed = lab(
      'train',
      '--backend',
      'cpu',
      '--resume',
      at('run'),
      '--steps',
      '5',
      '--out',
      at('longer'),
      '--json',
    );
    expect(resumed.error).toBe('');
    const whole = lab(...start, '--from', at('story-moe'), '--steps', '5', '--out', at('whole'), '--json');
    expect(whole.error).toBe('');
    expect(weightsAt('longer')).toEqual(weightsAt('whole'));
    const both = lab('train', '--resume', at('run'), '--from', at('story-moe'));
    expect(both.code).toBe(2);
    expect(both.error).toContain('--from starts a new run: leave it out with --resume.');
  });

  it('says which batches the experts can share', () => {
    writeFileSync(
      at('odd.json'),
      JSON.stringify({ ...recipe, context: 30, batch: 5, corpus: { kind: 'storyworld', zhShare: 0 } }),
    );
    const { code, error } = lab(
      'train',
      '--backend',
      'cpu',
      '--config',
      at('odd.json'),
      '--from',
      at('story-moe'),
      '--out',
      at('odd'),
    );
    expect(code).toBe(1);
    expect(error).toContain(
      'batch is 5: 5 rows of 30 tokens cannot be shared equally by 4 experts: choose a batch of 4 or 6.',
    );
  });
});
